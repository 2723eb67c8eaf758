// `up` after a crash: what was killed comes back, and what lived on is not disturbed.

import { afterAll, test as always, beforeAll, expect, inject } from 'vitest';
import { lives } from '../../../protos/procfs.ts';
import { partOf, readParts, signalPart } from '../parts.ts';
import { openSite, type Site } from '../site.ts';
import { upWithAll } from '../up.ts';

/** Nobody's cluster but our own is broken. */
const test = always.runIf(inject('cluster').isOwn);

let site: Site;

beforeAll(async () => {
  site = await openSite('crash');
});

afterAll(async () => site?.[Symbol.asyncDispose]());

/** A pod that does nothing, on each node. */
async function startPods(name: string): Promise<void> {
  for (const node of ['node-1', 'node-2']) {
    const container = {
      name: 'idle',
      image: site.image('node'),
      imagePullPolicy: 'IfNotPresent',
      command: ['node', '-e', 'setInterval(() => undefined, 1000)'],
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    };
    const spec = {
      nodeName: node,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [container],
    };
    await site.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `${name}-${node}` }, spec });
  }
  await site.kubectl('wait', '--for=condition=Ready', 'pods', '--all', '--timeout=90s');
}

const identities = () =>
  site.kubectl('get', 'pods', '--output=jsonpath={.items[*].status.containerStatuses[0].containerID}');

test('every part is killed at once: up brings them back, and the pods never noticed', async () => {
  await startPods('before');
  const before = await identities();
  const names = readParts().map(({ name }) => name);
  for (const name of names) signalPart(name, 'SIGKILL');
  await upWithAll(() => undefined);
  expect(names.filter((name) => !lives(partOf(name)))).toEqual([]);
  expect(await identities()).toBe(before);
  await startPods('after');
});

test('up of what is up starts nothing', async () => {
  const told: string[] = [];
  await upWithAll((words) => told.push(words));
  expect(told.filter((words) => words.includes('started'))).toEqual([]);
});
