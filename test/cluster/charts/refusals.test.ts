import { expect, test } from 'vitest';
import { refusal, type Values } from './helm.ts';
import { minidaq } from './minidaq.ts';

const graces = (gracePeriod: string) =>
  Object.fromEntries(
    ['trigger', 'readout', 'builder', 'writer'].map((name) => [name, { stop: { gracePeriod } }]),
  );

const TELLS: readonly (readonly [string, Values, string])[] = [
  [
    'a machine that nobody knows',
    minidaq({ machine: 'dnue' }),
    'partition.spec.machine: want a built-in machine (dune, minimal, occ) or a table, got "dnue"',
  ],
  [
    'a machine in a file',
    minidaq({ machine: { file: 'x.yaml' } }),
    'partition.spec.machine: want a built-in machine (dune, minimal, occ) or a table, since a cluster has no files, got a file',
  ],
  [
    'trap-23: a grace in which the run cannot be stopped',
    minidaq({}, { writer: { stop: { gracePeriod: '30s' } } }),
    'partition.spec.segments[3].stop.gracePeriod: want at least 98s (from running: disable_triggers 2s × 2 waves + drain_dataflow 10s × 4 waves + stop_trigger_sources 4s × 4 waves + stop 4s × 4 waves + 20s kept for its own way down + margin 2s; with leave.policy stopRun the whole run is stopped in order before the pod may go, and without a coordinator the process alone), got 30s',
  ],
  [
    'a grace in which not even the process can be stopped',
    minidaq({ leave: { policy: 'leave' }, timeouts: { stop: '4500ms' } }, graces('22s')),
    'partition.spec.segments[0].stop.gracePeriod: want at least 22500ms (from running: disable_triggers 2s + drain_dataflow 10s + stop_trigger_sources 4s + stop 4500ms + margin 2s; with leave.policy leave it stops alone), got 22s',
  ],
  [
    'members that stop one after the other',
    minidaq({}, { readout: { order: 'ascending' } }),
    'disable_triggers 2s × 5 waves + drain_dataflow 10s × 7 waves',
  ],
  [
    'a name that no label holds',
    minidaq({}, {}, { name: 'x'.repeat(64) }),
    'partition.name: want at most 63 characters, got 64',
  ],
  [
    'a name that no StatefulSet can have',
    minidaq({}, {}, { name: 'x'.repeat(50) }),
    `partition.spec.segments[0].statefulSet: want at most 52 characters, which a label of its pods can hold with a hash, got 58: ${'x'.repeat(50)}-trigger`,
  ],
  [
    'two segments of one StatefulSet',
    minidaq({}, { writer: { statefulSet: 'daq-builder' } }),
    'partition.spec.segments[3].statefulSet: want a StatefulSet of its own, got "daq-builder" again',
  ],
  [
    'pods of a segment that is not there',
    minidaq({}, {}, { pods: { reedout: {} } }),
    'partition.pods.reedout: want a segment of partition.spec.segments (builder, readout, trigger, writer)',
  ],
  [
    'a neighbour that is not there',
    minidaq({}, {}, { pods: { readout: { beside: { segment: 'disk', kind: 'hard' } } } }),
    'partition.pods.readout.beside.segment: want a segment of partition.spec.segments (builder, readout, trigger, writer), got "disk"',
  ],
  [
    'no port to reach the process',
    minidaq({}, { writer: { adapter: { type: 'http' } } }),
    'partition.spec.segments[3].adapter.port: want the port on which the process listens on 127.0.0.1 in its pod, got 0',
  ],
  [
    'a child of a sidecar in another container',
    minidaq({}, { writer: { adapter: { type: 'child' }, process: { command: ['daq'] } } }),
    'partition.pods.writer.wrapper: want true with the adapter child',
  ],
  [
    'commands of another image',
    minidaq({}, { writer: { adapter: { type: 'exec', command: ['stop'] } } }),
    'partition.pods.writer: want wrapper: true with the adapter exec',
  ],
  [
    'trap-8, seen-1.8: liveness with less patience than a sidecar needs',
    minidaq({}, {}, { pods: { writer: { liveness: { enabled: true, failureThreshold: 16 } } } }),
    'partition.pods.writer.liveness: want failureThreshold × periodSeconds above 160 s, since a sidecar that was restarted often may be away for so long and the process is not at fault, got 16 × 10 s = 160 s',
  ],
];

test.each(TELLS)('%s is refused with the path and the reason', async (_, values, words) => {
  expect(await refusal('minidaq', values)).toContain(words);
});

test('all that is wrong is told at once', async () => {
  const told = await refusal(
    'minidaq',
    minidaq(
      {},
      { writer: { stop: { gracePeriod: '30s' }, adapter: {} } },
      { name: '9', pods: { reedout: {} } },
    ),
  );
  expect(told.match(/^partition\..*: want/gm)).toHaveLength(4);
});

test('a value of the wrong shape is refused by the schema, with the path', async () => {
  const members = await refusal('minidaq', minidaq({}, { writer: { members: 'x' } }));
  expect(members).toContain("at '/spec/segments/3/members': got string, want integer");
  const name = await refusal('minidaq', minidaq({}, { writer: { name: 'writer-1' } }));
  expect(name).toContain("at '/spec/segments/3/name': 'not' failed");
  const misspelt = await refusal('minidaq', minidaq({ timeout: {} }));
  expect(misspelt).toContain("additional properties 'timeout' not allowed");
});
