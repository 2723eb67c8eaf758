// How etcd and the API server are started, alone or in the whole cluster.

import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Identity, lives } from '../../protos/procfs.ts';
import { pathOf } from './binaries.ts';
import type { Certificates, Files } from './certificates.ts';
import { type Command, lastLines } from './daemon.ts';

/** Addresses of Services; the first is the API server's own. */
const SERVICE_RANGE = '10.96.0.0/16';
const SERVICE_ADDRESS = '10.96.0.1';

/** All requests but reading of what changes all the time: tests compare verbs with rights. */
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

/** Size at which an audit log is begun anew, in megabytes, and how many are kept. */
const AUDIT_SIZE_MB = 200;
const AUDIT_FILES = 2;

/** How often readiness is asked, in milliseconds. */
const ASK_MS = 100;

export type EtcdAt = {
  readonly folder: string;
  readonly address: string;
  readonly port: number;
  readonly peerPort: number;
};

/** etcd, without waiting for the disk: what is in it may be lost with the machine. */
export function etcdCommand({ folder, address, port, peerPort }: EtcdAt): Command {
  const client = `http://${address}:${port}`;
  const peer = `http://${address}:${peerPort}`;
  return {
    program: pathOf('etcd'),
    args: [
      `--data-dir=${join(folder, 'etcd')}`,
      '--unsafe-no-fsync',
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
    ],
    log: join(folder, 'log', 'etcd.log'),
  };
}

export type ApiServerAt = {
  readonly folder: string;
  readonly address: string;
  readonly port: number;
  readonly etcd: Pick<EtcdAt, 'address' | 'port'>;
  readonly certificates: Certificates;
  /** Arguments that only this one has. */
  readonly extra: readonly string[];
};

/** The file in which the API server of that folder notes each request, one JSON object in a line. */
export function auditLogOf(folder: string): string {
  return join(folder, 'log', 'audit.log');
}

/** The API server with its audit log; its certificate is made here. */
export function apiServerCommand(at: ApiServerAt): Command {
  const { folder, certificates: made } = at;
  const policy = join(folder, 'audit-policy.json');
  writeFileSync(policy, JSON.stringify(AUDIT_POLICY));
  const own = made.issue('kube-apiserver', {
    commonName: 'kube-apiserver',
    names: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
    addresses: [...new Set(['127.0.0.1', at.address, SERVICE_ADDRESS])],
  });
  return {
    program: pathOf('kube-apiserver'),
    args: [
      `--etcd-servers=http://${at.etcd.address}:${at.etcd.port}`,
      `--bind-address=${at.address}`,
      `--advertise-address=${at.address}`,
      `--secure-port=${at.port}`,
      `--tls-cert-file=${own.certificateFile}`,
      `--tls-private-key-file=${own.keyFile}`,
      `--client-ca-file=${made.authorityFile}`,
      '--authorization-mode=Node,RBAC',
      `--service-cluster-ip-range=${SERVICE_RANGE}`,
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-key-file=${made.serviceAccountKey}`,
      `--service-account-signing-key-file=${made.serviceAccountKey}`,
      `--audit-policy-file=${policy}`,
      `--audit-log-path=${auditLogOf(folder)}`,
      `--audit-log-maxsize=${AUDIT_SIZE_MB}`,
      `--audit-log-maxbackup=${AUDIT_FILES}`,
      ...at.extra,
    ],
    log: join(folder, 'log', 'kube-apiserver.log'),
  };
}

export type Asked = {
  readonly server: string;
  /** An administrator's certificate. */
  readonly admin: Pick<Files, 'certificate' | 'key'>;
  readonly authority: string;
  readonly limitMs: number;
  /** Whose ending ends the waiting, and its log. */
  readonly who: Identity;
  readonly log: string;
};

/** Resolves once the API server says that it is ready; throws when it ends or takes too long. */
export async function untilReady({ limitMs, who, log, ...asked }: Asked): Promise<void> {
  const until = performance.now() + limitMs;
  while (!(await isReady(asked))) {
    if (!lives(who)) throw new Error(`kube-apiserver ended; the last of ${log}:\n${lastLines(log)}`);
    if (performance.now() > until) {
      throw new Error(`kube-apiserver is not ready after ${limitMs / 1_000} s; ${log} tells more`);
    }
    await wait(ASK_MS);
  }
}

type Asking = Pick<Asked, 'server' | 'admin' | 'authority'>;

/** True when `/readyz` answers 200; false for any other answer and for none. */
async function isReady({ server, admin, authority }: Asking): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const asking = request(
    `${server}/readyz`,
    { ca: authority, cert: admin.certificate, key: admin.key, agent: false, timeout: 2_000 },
    (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    },
  );
  asking.on('timeout', () => asking.destroy());
  asking.on('error', () => resolve(false));
  asking.end();
  return promise;
}
