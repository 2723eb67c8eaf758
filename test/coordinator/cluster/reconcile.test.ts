import { expect, test } from 'vitest';
import { FactBook } from '../../../coordinator/cluster/reconcile/book.ts';
import { farewellOf, STOPS_MAX } from '../../../coordinator/cluster/reconcile/farewell.ts';
import { sayFarewell } from '../../../coordinator/cluster/reconcile/letGo.ts';
import { firstSizes } from '../../../coordinator/cluster/reconcile/replicas.ts';
import { segmentsOf, wantedOf } from '../../../coordinator/cluster/reconcile/wanted.ts';
import { partitionObjectOf } from '../../../coordinator/cluster/resources/partition.ts';
import { type StatefulSet, statefulSetOf } from '../../../coordinator/cluster/resources/statefulSet.ts';
import { commit, decide, initialCore, observe } from '../../../coordinator/core/core.ts';
import { emptyJournal } from '../../../coordinator/core/journal-state.ts';
import type { Incarnation, OperationId } from '../../../coordinator/core/model/partition.ts';
import type { Core } from '../../../coordinator/core/model/picture.ts';
import type { Event } from '../../../coordinator/core/model/turn.ts';
import { targetName } from '../../../coordinator/core/targets.ts';
import { machineHash } from '../../../protos/machine/hash.ts';
import { minimal } from '../../../protos/machine/minimal.ts';
import { partitionOf } from '../rig.ts';

const SPEC = {
  machine: 'minimal',
  segments: [
    { name: 'readout', members: 4 },
    { name: 'writer', members: 1, statefulSet: 'disks' },
  ],
};

const objectOf = (spec: unknown) =>
  partitionObjectOf({ metadata: { name: 'minidaq', namespace: 'daq', uid: 'u', generation: 1 }, spec });

test('the StatefulSet of a segment is the one that it names, or that of the chart', async () => {
  const { document, segments } = await wantedOf(objectOf(SPEC));
  expect(segments).toEqual([
    { segment: 'readout', statefulSet: 'minidaq-readout' },
    { segment: 'writer', statefulSet: 'disks' },
  ]);
  expect(segmentsOf(document)).toEqual(segments);
});

test('what cannot be read is told whole, under the name of the object', async () => {
  const read = wantedOf(objectOf({ ...SPEC, machine: { file: 'machine.yaml' }, colour: 'red' }));
  await expect(read).rejects.toMatchObject({
    code: 'MALFORMED',
    message: 'partition daq/minidaq cannot be used: 2 problems',
  });
});

function setOf(
  name: string,
  replicas: number,
  manager?: string,
  generation = 1,
): readonly [string, StatefulSet] {
  const managedFields =
    manager === undefined
      ? []
      : [{ manager, subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }];
  const metadata = { name, namespace: 'daq', generation, managedFields };
  return [name, statefulSetOf({ metadata, spec: { replicas, template: {} } })];
}

test('only a number that nobody has said is said by the coordinator', async () => {
  const { document, segments } = await wantedOf(objectOf(SPEC));
  const sizes = (...sets: readonly (readonly [string, StatefulSet])[]) =>
    firstSizes(document, segments, new Map(sets));
  expect(sizes(setOf('minidaq-readout', 1), setOf('disks', 1))).toEqual([
    { statefulSet: 'minidaq-readout', replicas: 4 },
  ]);
  expect(sizes(setOf('minidaq-readout', 1, 'kubectl'))).toEqual([]);
  expect(sizes(setOf('minidaq-readout', 2, 'baton'))).toEqual([]);
  // Scaled back to one through the scale subresource, which leaves no owner.
  expect(sizes(setOf('minidaq-readout', 1, undefined, 3))).toEqual([]);
  expect(sizes()).toEqual([]);
});

const TARGET = targetName('readout', 0);
const incarnation = '12345678.life0001' as Incarnation;
const UID = '0123456789ab';

/** A partition in a run, led by the real core; `turn` takes the next event. */
function inRun() {
  let core: Core = initialCore(partitionOf(1), emptyJournal);
  let stateNumber = 0;
  const turn = (event: Event): void => {
    const now = { monotonicMs: 0, wallMs: 0 };
    observe(core, event, now);
    core = commit(core, decide(core, event, now));
  };
  const stateOf = (state: string) => {
    stateNumber += 1;
    const reported = { incarnation, stateNumber, state, inError: false, attached: true, leaving: false };
    return { ...reported, doing: undefined, doingTransition: '', cause: '' };
  };
  const answer = (state: string, kind: 'executed' | 'failed' = 'executed'): void => {
    const { open } = core.journal;
    if (open === undefined) throw new Error('no operation is open');
    const token = { operationNumber: open.operation.number, step: open.step, operationId: open.operation.id };
    const said = { token, incarnation, kind, code: '', cause: kind === 'failed' ? 'the disk is full' : '' };
    turn({ type: 'answer', target: TARGET, answer: said, state: stateOf(state) });
  };
  const submit = (id: string, command: Extract<Event, { type: 'submit' }>['command']): void =>
    turn({ type: 'submit', caller: 1, id: id as OperationId, command, highestSeen: 0, operator: 'me' });
  turn({ type: 'lead', newJournalId: 'journal' });
  const fence = { epoch: 1, operationNumber: 0, step: 0 };
  const hash = machineHash(minimal);
  const welcome = { journalId: 'journal', foreign: false, fence, machineHash: hash, last: undefined };
  turn({ type: 'welcome', target: TARGET, ...welcome, state: stateOf('idle') });
  submit('to-run', { kind: 'goTo', state: 'running', arguments: {} });
  return { core: () => core, turn, answer, submit };
}

function running() {
  const rig = inRun();
  while (rig.core().journal.open !== undefined) rig.answer(nextState(rig.core()));
  expect(rig.core().journal.run).not.toBe(undefined);
  return rig;
}

function nextState({ journal }: Core): string {
  const { open } = journal;
  return open?.operation.steps[open.step]?.waves[open.wave]?.[0]?.to ?? '';
}

test('a partition without a run may go at once', () => {
  expect(farewellOf(initialCore(partitionOf(1), emptyJournal), UID)).toEqual({ kind: 'done' });
});

test('an operation that leads into a run is cancelled, once', () => {
  const rig = inRun();
  expect(farewellOf(rig.core(), UID)).toEqual({ kind: 'cancel' });
  rig.turn({ type: 'cancel', caller: 1, id: '' });
  expect(farewellOf(rig.core(), UID)).toEqual({ kind: 'wait' });
});

test('a run is stopped in order, and then it may go', () => {
  const rig = running();
  const next = farewellOf(rig.core(), UID);
  expect(next).toEqual({ kind: 'stop', id: 'deleted-01234567-1' });
  rig.submit('deleted-01234567-1', { kind: 'leave', targets: [] });
  expect(farewellOf(rig.core(), UID)).toEqual({ kind: 'wait' });
  while (rig.core().journal.open !== undefined) rig.answer(nextState(rig.core()));
  expect(farewellOf(rig.core(), UID)).toEqual({ kind: 'done' });
});

test('an operator who already stops the run is not cancelled', () => {
  const rig = running();
  rig.submit('mine', { kind: 'leave', targets: [] });
  expect(farewellOf(rig.core(), UID)).toEqual({ kind: 'wait' });
});

test('a stop that fails is tried again, and then told', () => {
  const rig = running();
  for (let attempt = 1; attempt <= STOPS_MAX; attempt++) {
    const id = `deleted-01234567-${attempt}`;
    expect(farewellOf(rig.core(), UID)).toEqual({ kind: 'stop', id });
    rig.submit(id, { kind: 'leave', targets: [] });
    while (rig.core().journal.open !== undefined) rig.answer('running', 'failed');
  }
  expect(farewellOf(rig.core(), UID)).toMatchObject({ kind: 'stuck' });
  const { sentence } = { sentence: '', ...farewellOf(rig.core(), UID) };
  expect(sentence).toContain('run 1 is not ended after 3 stops');
  expect(sentence).toContain('baton.dev/ordered-stop');
});

test('why a deleted Partition is still there is a fact of its own, until the run has ended', async () => {
  const rig = running();
  const news: string[] = [];
  const book = new FactBook((type, { status, reason }) => news.push(`${type} ${status} ${reason}`));
  const lead = {
    get core() {
      return rig.core();
    },
    cancelOpen: async () => rig.turn({ type: 'cancel', caller: 1, id: '' }),
    stopRun: async (id: OperationId) => rig.submit(id, { kind: 'leave', targets: [] }),
  };
  const farewell = () => sayFarewell(lead, { uid: UID }, book);
  for (let attempt = 1; attempt <= STOPS_MAX; attempt++) {
    expect(await farewell()).toBe('goesOn');
    while (rig.core().journal.open !== undefined) rig.answer('running', 'failed');
  }
  expect(await farewell()).toBe('stuck');
  expect(news).toEqual(['Released False Stopping', 'Released False RunNotEnded']);
  expect(book.troubles[0]).toContain('run 1 is not ended after 3 stops');
  rig.submit('mine', { kind: 'leave', targets: [] });
  while (rig.core().journal.open !== undefined) rig.answer(nextState(rig.core()));
  expect(await farewell()).toBe('done');
});
