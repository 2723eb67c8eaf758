// etcd and the API server alone, for tests that need the real API and no kubelet: about five seconds to start.
// No controller runs: nothing is garbage collected, and a deleted namespace stays Terminating.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPorts } from '../../coordinator/up/ports.ts';
import type { Identity } from '../../protos/procfs.ts';
import { apiServerCommand, auditLogOf, etcdCommand, untilReady } from './apiServer.ts';
import { newCertificates } from './certificates.ts';
import { end, launch, signal } from './daemon.ts';

export type ControlPlane = AsyncDisposable & {
  /** Where the API server listens. */
  readonly server: string;
  /** Path of the kubeconfig of an administrator. */
  readonly kubeconfig: string;
  /** Path of the audit log: one JSON object in a line for each request that has been answered. */
  readonly auditLog: string;
  /** Path of the key with which tokens of ServiceAccounts are signed. */
  readonly serviceAccountKey: string;
  /** Writes the kubeconfig of somebody who may do only what RBAC grants, and gives its path. */
  kubeconfigOf(name: string, group?: string): string;
  /** The API server answers nothing and keeps its connections, until `resume`. */
  pause(): void;
  resume(): void;
  /** kill -9 of the API server; resolves once it is gone. */
  kill(): Promise<void>;
  /** Starts the API server again, at the same address over the same data; resolves once it is ready. */
  start(): Promise<void>;
};

const READY_LIMIT_MS = 60_000;

/** For its goodbye to etcd; nothing here is worth more, in milliseconds. */
const END_MS = 2_000;

const LOOPBACK = '127.0.0.1';

/** Starts both on free ports of loopback in a folder that goes with them; throws when they do not come up. */
export async function startControlPlane(): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-api-'));
  const ports = openPorts(Math.random);
  const etcd = { folder, address: LOOPBACK, port: await ports.take(0), peerPort: await ports.take(0) };
  const port = await ports.take(0);
  const server = `https://${LOOPBACK}:${port}`;
  const certificates = newCertificates(join(folder, 'certificates'));
  const admin = certificates.issue('admin', { commonName: 'admin', organization: 'system:masters' });
  const apiServer = apiServerCommand({
    folder,
    address: LOOPBACK,
    port,
    etcd,
    certificates,
    // Nobody makes the ServiceAccount `default` here, and pods are to be created all the same.
    extra: ['--disable-admission-plugins=ServiceAccount', '--allow-privileged=true'],
  });
  const alive: Identity[] = [await launch({ ...etcdCommand(etcd), diesWithUs: true })];
  let api: Identity | undefined;
  const kill = async () => {
    if (api === undefined) return;
    signal(api, 'SIGKILL');
    await end(api, 0);
    api = undefined;
  };
  const start = async () => {
    await kill();
    api = await launch({ ...apiServer, diesWithUs: true });
    const asked = { server, admin, authority: certificates.authority, log: apiServer.log };
    await untilReady({ ...asked, who: api, limitMs: READY_LIMIT_MS });
  };
  const stop = async () => {
    await kill();
    for (const who of alive) await end(who, END_MS);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    server,
    kubeconfig: certificates.kubeconfig({
      file: 'admin.conf',
      server,
      name: 'admin',
      group: 'system:masters',
    }),
    auditLog: auditLogOf(folder),
    serviceAccountKey: certificates.serviceAccountKey,
    kubeconfigOf: (name, group) =>
      certificates.kubeconfig({
        file: `${name}.conf`,
        server,
        name,
        ...(group === undefined ? {} : { group }),
      }),
    pause: () => api !== undefined && signal(api, 'SIGSTOP'),
    resume: () => api !== undefined && signal(api, 'SIGCONT'),
    kill,
    start,
    [Symbol.asyncDispose]: stop,
  };
}
