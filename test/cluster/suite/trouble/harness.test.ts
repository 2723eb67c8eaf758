// The harness itself: what it breaks is broken, and what it mends works again.

import { afterAll, test as always, beforeAll, expect, inject } from 'vitest';
import { condition } from '../../../sidecar/condition.ts';
import { askedSince, auditMark, writesOf } from '../../audit.ts';
import { cutNetwork, type Dropped } from '../../network.ts';
import { requestCounts } from '../../requests.ts';
import { openSite, type Site } from '../../site.ts';
import { apiServer, killContainer, kubeletOf, pauseContainer } from '../../trouble.ts';

/** Nobody's cluster but our own is broken. */
const test = always.runIf(inject('cluster').isOwn);

let site: Site;

const WHICH = { pod: 'idle', container: 'idle' };

const PORT = 8_080;
const SPEAKS = 'setInterval(() => console.log(Date.now()), 50)';
const ANSWERS = `require('node:http').createServer((_, said) => said.end()).listen(${PORT})`;

beforeAll(async () => {
  site = await openSite('trouble');
  const idle = {
    name: 'idle',
    image: site.image('node'),
    imagePullPolicy: 'IfNotPresent',
    command: ['node', '-e', `${SPEAKS}; ${ANSWERS}`],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
  await site.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'idle' },
    spec: {
      nodeName: 'node-2',
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [idle],
    },
  });
  await site.kubectl('wait', '--for=condition=Ready', 'pod/idle', '--timeout=60s');
});

afterAll(async () => site?.[Symbol.asyncDispose]());

const restarts = () =>
  site.kubectl('get', 'pod', 'idle', '--output=jsonpath={.status.containerStatuses[0].restartCount}');

test('a killed container is started again by its kubelet', async () => {
  const before = Number(await restarts());
  await killContainer(site, WHICH);
  await condition('it was started again', async () => Number(await restarts()) === before + 1);
  await site.kubectl('wait', '--for=condition=Ready', 'pod/idle', '--timeout=60s');
});

test('nobody starts a container again while the kubelet is dead', async () => {
  const kubelet = kubeletOf('node-2');
  const before = await restarts();
  await kubelet.kill();
  try {
    await killContainer(site, WHICH);
    await expect(killContainer(site, WHICH)).rejects.toThrow(/does not run/);
    expect(await restarts()).toBe(before);
  } finally {
    await kubelet.start();
  }
  await condition('it was started again', async () => (await restarts()) !== before);
  await site.kubectl('wait', '--for=condition=Ready', 'pod/idle', '--timeout=60s');
});

test('a paused container says nothing more until it is let go', async () => {
  const lines = async () => (await site.kubectl('logs', 'idle')).length;
  await condition('it runs', async () => (await lines()) > 0);
  const resume = await pauseContainer(site, WHICH);
  const before = await lines();
  await site.kubectl('get', 'nodes');
  expect(await lines()).toBe(before);
  resume();
  await condition('it goes on', async () => (await lines()) > before);
});

/** For an answer of a program on the same machine. */
const ANSWER_MS = 1_000;

test.each<{ what: string; dropped: Dropped }>([
  { what: 'what comes to a port', dropped: { way: 'in', ownPort: PORT } },
  { what: 'what goes out from it', dropped: { way: 'out', ownPort: PORT } },
  { what: 'all that comes', dropped: { way: 'in' } },
  { what: 'all that goes out', dropped: { way: 'out' } },
])('a cut of $what is silence until it is joined', async ({ dropped }) => {
  const address = await site.kubectl('get', 'pod', 'idle', '--output=jsonpath={.status.podIP}');
  const answers = async () => {
    const asked = fetch(`http://${address}:${PORT}`, { signal: AbortSignal.timeout(ANSWER_MS) });
    return (await asked.catch(() => undefined))?.ok === true;
  };
  await condition('it answers', answers);
  const join = await cutNetwork({ namespace: site.namespace, pod: 'idle' }, [dropped]);
  expect(await answers()).toBe(false);
  await join?.();
  await condition('it answers again', answers);
});

test('an API server that was stopped answers nobody, and all when it is started', async () => {
  const server = apiServer();
  await server.stop();
  try {
    await expect(site.kubectl('get', 'pods')).rejects.toThrow(/refused/);
  } finally {
    await server.start();
  }
  expect(await site.kubectl('get', 'pods', '--output=name')).toBe('pod/idle\n');
});

test('what was asked is in the audit log and in the metrics', async () => {
  const mark = auditMark();
  const created = async () =>
    (await requestCounts(site)).find(({ verb, resource }) => verb === 'POST' && resource === 'configmaps')
      ?.count ?? 0;
  const before = await created();
  await site.kubectl('create', 'configmap', 'noted');
  const writes = writesOf(askedSince(mark)).filter(({ namespace }) => namespace === site.namespace);
  expect(writes).toEqual([
    {
      verb: 'create',
      user: 'admin',
      group: '',
      resource: 'configmaps',
      subresource: '',
      namespace: site.namespace,
      name: 'noted',
      status: 201,
    },
  ]);
  expect(await created()).toBeGreaterThan(before);
});
