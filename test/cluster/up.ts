// `up`: from nothing, or from what a crash has left, to two nodes that are Ready.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { bootId } from '../../protos/procfs.ts';
import { apiServerCommand, etcdCommand, untilReady } from './apiServer.ts';
import { pauseImage } from './baseImages.ts';
import { buildPrograms, pathOf } from './binaries.ts';
import type { Image } from './buildah.ts';
import { type Certificates, newCertificates } from './certificates.ts';
import { controllerParts } from './controllers.ts';
import { DNS_READY, dnsPart } from './dns.ts';
import { contentHash } from './hash.ts';
import { importImages } from './images.ts';
import { kubeletPart } from './kubelet.ts';
import { prepareMachine } from './machine.ts';
import { DNS, KUBERNETES_VERSION, PAUSE } from './modules.ts';
import { FIRST_NODE, NODES } from './nodes.ts';
import { installPackages } from './packages.ts';
import { type Part, partOf, readParts, startPart, writeParts } from './parts.ts';
import { KUBECONFIG, STATE } from './places.ts';
import type { Progress } from './progress.ts';
import { run, succeeds } from './run.ts';
import { containerdPart } from './runtime.ts';
import { remains, sweep } from './sweep.ts';
import { inTurn } from './turns.ts';

/** Port of the API server, on the address of the first node: only this machine reaches it. */
const PORT = 6_443;
const SERVER = `https://${FIRST_NODE.address}:${PORT}`;

/** etcd's address is of this machine and of no other program. */
const ETCD = { folder: STATE, address: '127.0.77.1', port: 2_379, peerPort: 2_380 };

/** Of which version and which boot the state is; written when all of it has been. */
const MARK = join(STATE, 'mark.json');

/** Of which sources the state is. */
const DEFINITION = join(STATE, 'definition');

const READY_LIMIT_MS = 90_000;
const LOOK_MS = 200;

/** Brings the machine everything that a cluster needs, and the cluster up; throws when it cannot. */
export async function upWithAll(tell: Progress): Promise<void> {
  await inTurn('cluster', tell, async () => {
    await installPackages(tell);
    await buildPrograms(tell);
    await up(tell);
  });
}

/** Ends all of the cluster and leaves nothing of it; throws with what is left. */
export async function down(tell: Progress): Promise<void> {
  await inTurn('cluster', tell, () => inTurn('images', tell, sweep));
}

/** Starts what does not live; throws when the cluster does not come up, even from nothing. */
async function up(tell: Progress): Promise<void> {
  const pause = await pauseImage(tell);
  if (isOurs()) {
    try {
      await start(pause, tell);
      if (!existsSync(DEFINITION) || readFileSync(DEFINITION, 'utf8') !== definition()) {
        tell('it was made by other files of test/cluster than these: "down" and "up" renew it');
      }
      return;
    } catch (error) {
      tell(`what is there does not come up: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (remains().length > 0 || existsSync(STATE)) {
    tell('removing what is left of an earlier cluster');
    await inTurn('images', tell, sweep);
  }
  writeCluster(pause.reference);
  await start(pause, tell);
}

/** True when the state is whole, of this boot and of this version. */
function isOurs(): boolean {
  return existsSync(MARK) && readFileSync(MARK, 'utf8') === markText();
}

function markText(): string {
  return JSON.stringify({ boot: bootId(), version: KUBERNETES_VERSION });
}

/** Writes everything that the parts read. */
function writeCluster(pause: string): void {
  mkdirSync(STATE, { recursive: true, mode: 0o700 });
  const certificates = newCertificates(join(STATE, 'certificates'));
  certificates.issue('admin', ADMIN);
  const nodes = NODES.map((node) => {
    mkdirSync(node.folder, { recursive: true });
    return node;
  });
  writeParts([
    { name: 'etcd', ...etcdCommand(ETCD) },
    { name: 'kube-apiserver', ...apiServer(certificates) },
    ...nodes.map((node) => containerdPart(node, pause)),
    ...controllerParts(SERVER, certificates),
    dnsPart(SERVER, certificates),
    ...nodes.map((node) => kubeletPart(node, SERVER, certificates)),
  ]);
  const kubeconfig = certificates.kubeconfig({
    file: 'admin.conf',
    server: SERVER,
    name: 'admin',
    group: 'system:masters',
  });
  writeFileSync(KUBECONFIG, readFileSync(kubeconfig), { mode: 0o600 });
  writeFileSync(DEFINITION, definition());
  writeFileSync(MARK, markText());
}

/** Of all sources that say what the parts are and how they are started. */
function definition(): string {
  return contentHash(import.meta.dirname, SOURCES, DNS.output, PAUSE.output);
}

const SOURCES = [
  'apiServer.ts',
  'controllers.ts',
  'dns.ts',
  'kubelet.ts',
  'machine.ts',
  'nodes.ts',
  'runtime.ts',
  'up.ts',
] as const;

const ADMIN = { commonName: 'admin', organization: 'system:masters' };

function apiServer(certificates: Certificates) {
  const client = certificates.issue('kubelet-client', {
    commonName: 'kube-apiserver',
    organization: 'system:masters',
    uses: ['clientAuth'],
  });
  return apiServerCommand({
    folder: STATE,
    address: FIRST_NODE.address,
    port: PORT,
    etcd: ETCD,
    certificates,
    extra: [
      '--allow-privileged=true',
      `--kubelet-certificate-authority=${certificates.authorityFile}`,
      `--kubelet-client-certificate=${client.certificateFile}`,
      `--kubelet-client-key=${client.keyFile}`,
      // Else exec and logs look the names of nodes up in DNS.
      '--kubelet-preferred-address-types=InternalIP',
    ],
  });
}

/** Starts the parts that do not live, in their order, and waits until all do what they are for. */
async function start(pause: Image, tell: Progress): Promise<void> {
  await prepareMachine();
  const parts = readParts();
  await startNamed(parts, tell, (name) => name === 'etcd' || name.startsWith('containerd'));
  await startNamed(parts, tell, (name) => name === 'kube-apiserver');
  await importImages([pause], tell);
  await untilApiServer();
  await startNamed(parts, tell, () => true);
  await untilNodes();
  tell(`${NODES.map(({ name }) => name).join(' and ')} are Ready`);
  await until(
    'the name server answers',
    async () => (await fetch(DNS_READY).catch(() => undefined))?.ok === true,
  );
  await until('the namespace default has its ServiceAccount', () =>
    kubectlSucceeds('get', 'serviceaccount', 'default'),
  );
  tell(`Kubernetes ${KUBERNETES_VERSION} is up`);
}

async function startNamed(parts: readonly Part[], tell: Progress, isMeant: (name: string) => boolean) {
  for (const part of parts.filter(({ name }) => isMeant(name))) {
    if (await startPart(part)) tell(`${part.name} started`);
  }
}

/** Resolves once the API server is ready; throws when it ends or takes too long. */
export async function untilApiServer(): Promise<void> {
  const log = readParts().find(({ name }) => name === 'kube-apiserver')?.log ?? '';
  const text = (name: string) => readFileSync(join(STATE, 'certificates', name), 'utf8');
  const admin = { certificate: text('admin.crt'), key: text('admin.key') };
  const asked = { server: SERVER, admin, authority: text('ca.crt'), log, limitMs: READY_LIMIT_MS };
  await untilReady({ ...asked, who: partOf('kube-apiserver') });
}

async function untilNodes(): Promise<void> {
  const names = NODES.map(({ name }) => `node/${name}`);
  await until('both nodes are registered', () => kubectlSucceeds('get', ...names));
  const words = ['wait', '--for=condition=Ready', `--timeout=${READY_LIMIT_MS / 1_000}s`, ...names];
  await run(pathOf('kubectl'), ['--kubeconfig', KUBECONFIG, ...words], { limitMs: 2 * READY_LIMIT_MS });
}

function kubectlSucceeds(...args: readonly string[]): Promise<boolean> {
  return succeeds(pathOf('kubectl'), ['--kubeconfig', KUBECONFIG, '--request-timeout=5s', ...args]);
}

/** Resolves once the condition holds; throws with the sentence when it does not come to hold. */
async function until(sentence: string, holds: () => Promise<boolean>): Promise<void> {
  const limit = performance.now() + READY_LIMIT_MS;
  while (!(await holds())) {
    if (performance.now() > limit)
      throw new Error(`never happened: ${sentence}; logs are in ${join(STATE, 'log')}`);
    await wait(LOOK_MS);
  }
}
