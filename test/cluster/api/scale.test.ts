// Scaling and rolling out by the whole coordinator against a real API server. No controller runs: the test makes and
// removes pods as that of StatefulSets would, and sees that it is asked to.

import { expect, test } from 'vitest';
import * as z from 'zod';
import { PODS, STATEFUL_SETS } from '../../../coordinator/cluster/client/resource.ts';
import { fromStatus, isServiceError } from '../../../protos/failure/status.ts';
import type { ScaleResponse__Output } from '../../../protos/generated/baton/v1/ScaleResponse.ts';
import { condition } from '../../sidecar/condition.ts';
import { type Daq, LABELS, openDaq as open, remove, SET, start } from './daq.ts';
import { useApiServer } from './ground.ts';
import { controlled, submit } from './told.ts';

const OLD = { ...LABELS, 'controller-revision-hash': 'old' };
const NEW = { ...LABELS, 'controller-revision-hash': 'new' };

const ground = useApiServer();

const openDaq = (namespace: string) => open(ground, namespace, { labels: OLD });

const replicasSchema = z.object({ spec: z.object({ replicas: z.number() }) });

async function replicas({ namespace }: Daq): Promise<number> {
  return replicasSchema.parse(await ground.client.get(STATEFUL_SETS, { namespace, name: SET })).spec.replicas;
}

const podSchema = z.object({ metadata: z.object({ deletionTimestamp: z.string().optional() }) });

async function isDeleting({ namespace }: Daq, ordinal: number): Promise<boolean> {
  const pod = podSchema.parse(await ground.client.get(PODS, { namespace, name: `${SET}-${ordinal}` }));
  return pod.metadata.deletionTimestamp !== undefined;
}

/** Everything that the stream tells; rejects with RunControlError. */
async function told(call: AsyncIterable<ScaleResponse__Output>): Promise<readonly string[]> {
  const sentences: string[] = [];
  try {
    for await (const { sentence } of call) sentences.push(sentence);
  } catch (error) {
    throw error instanceof Error && isServiceError(error) ? fromStatus(error) : error;
  }
  return sentences;
}

function scale({ asker }: Daq, members: number, dryRun = false): Promise<readonly string[]> {
  return told(asker.stub.scale({ partition: 'daq', segment: 'readout', members, dryRun, operator: 'me' }));
}

test('up and down again: the number is set, pods are waited for, and a dry run does nothing', async () => {
  const daq = await openDaq('scaled');
  expect(await scale(daq, 3, true)).toContain(`StatefulSet ${SET} is set from 2 to 3 replicas`);
  expect(await replicas(daq)).toBe(2);

  const up = scale(daq, 3);
  await condition('the number is set', async () => (await replicas(daq)) === 3);
  await expect(scale(daq, 4)).rejects.toThrow('is being scaled or rolled out already');
  await start(daq, 2, OLD);
  expect((await up).at(-1)).toBe('readout has 3 members, it had 2');
  await controlled(daq.asker, 'daq', 3);

  const down = scale(daq, 2);
  await condition('the number is set', async () => (await replicas(daq)) === 2);
  await remove(daq, 2);
  expect(await down).toEqual([
    `StatefulSet ${SET} is set from 3 to 2 replicas`,
    'the pods of readout-2 go',
    `StatefulSet ${SET} is set from 3 to 2 replicas`,
    'waiting until the pods of readout-2 are gone',
    'readout has 2 members, it had 3',
  ]);
  await controlled(daq.asker, 'daq', 2);
  expect(await scale(daq, 2)).toEqual(['readout has 2 members']);
});

test('in a run nothing is changed, and it is said what to do', async () => {
  const daq = await openDaq('refused');
  await submit(daq.asker, 'daq', 'start_run');
  await condition('the run is on', () =>
    scale(daq, 1).then(
      () => false,
      (error) => `${error}`.includes('run 1 is on'),
    ),
  );
  await expect(scale(daq, 3)).rejects.toThrow('could not join it');
  await expect(told(daq.asker.stub.rollout({ partition: 'daq', segment: 'readout' }))).rejects.toThrow(
    'run 1 is on',
  );
  expect(await replicas(daq)).toBe(2);
});

test('a rollout: one pod alone first, and the others only when it is back', async () => {
  const daq = await openDaq('rolled');
  const revision = { observedGeneration: 1, replicas: 2, updateRevision: 'new', currentRevision: 'old' };
  const { namespace } = daq;
  const generation = z.object({ metadata: z.object({ generation: z.number() }) });
  const { metadata } = generation.parse(await ground.client.get(STATEFUL_SETS, { namespace, name: SET }));
  const status = { ...revision, observedGeneration: metadata.generation };
  await ground.client.patch(
    STATEFUL_SETS,
    { namespace, name: SET, subresource: 'status' },
    { kind: 'merge', body: { status } },
  );
  const rolled = condition('it is looked at', () =>
    told(daq.asker.stub.rollout({ partition: 'daq', segment: 'readout', dryRun: true })).then(
      (lines) => lines.length === 3,
      () => false,
    ),
  ).then(() => told(daq.asker.stub.rollout({ partition: 'daq', segment: 'readout', operator: 'me' })));
  await condition('the first goes', () => isDeleting(daq, 0));
  expect(await isDeleting(daq, 1)).toBe(false);
  await remove(daq, 0);
  await start(daq, 0, NEW);
  await condition('the second goes', () => isDeleting(daq, 1));
  await remove(daq, 1);
  await start(daq, 1, NEW);
  expect((await rolled).at(-1)).toBe('2 pods of readout were replaced; all are of revision new');
});
