// What the core decides of a preStop hook, with the gate and the tracker before it: whichever way word comes.

import { pino } from 'pino';
import { expect, test } from 'vitest';
import { HELD_MAX, LeavingGate } from '../../../coordinator/cluster/leaving/gate.ts';
import { PodTracker } from '../../../coordinator/cluster/pods/tracker.ts';
import type { Look } from '../../../coordinator/cluster/pods/word.ts';
import { commit, decide, initialCore, observe } from '../../../coordinator/core/core.ts';
import { emptyJournal } from '../../../coordinator/core/journal-state.ts';
import type { Incarnation } from '../../../coordinator/core/model/partition.ts';
import type { ReportedState } from '../../../coordinator/core/model/picture.ts';
import type { Event } from '../../../coordinator/core/model/turn.ts';
import { targetName } from '../../../coordinator/core/targets.ts';
import { podDigest } from '../../../protos/identity.ts';
import { machineHash } from '../../../protos/machine/hash.ts';
import { minimal } from '../../../protos/machine/minimal.ts';
import { condition } from '../../sidecar/condition.ts';
import { partitionOf } from '../rig.ts';
import { aPod } from './objects.ts';

const TARGET = targetName('readout', 0);
const POD_UID = 'uid-of-minidaq-readout-0';
const incarnation = `${podDigest(POD_UID)}.life0001` as Incarnation;
const NOW = { monotonicMs: 0, wallMs: 0 };

function stateOf(stateNumber: number, leaving: boolean): ReportedState {
  const doing = { doing: undefined, doingTransition: '', cause: '' };
  return { incarnation, stateNumber, state: 'running', inError: false, attached: true, leaving, ...doing };
}

const state = (stateNumber: number, leaving: boolean): Event => ({
  type: 'state',
  target: TARGET,
  state: stateOf(stateNumber, leaving),
});

const HOOK: Event = { type: 'leaving', target: TARGET, incarnation, done: false, clean: false };

const WELCOME: Event = {
  type: 'welcome',
  target: TARGET,
  journalId: '',
  foreign: false,
  fence: { epoch: 1, operationNumber: 0, step: 0 },
  machineHash: machineHash(minimal),
  last: undefined,
  state: stateOf(1, false),
};

type Shown = Look['phase'] | undefined;

/** A target in a run whose pod is known; what looks show is said by the test. */
async function leavingTarget() {
  const looks: ((phase: Shown) => void)[] = [];
  const verdicts: string[] = [];
  const seen: Event[] = [];
  let core = initialCore(partitionOf(1), emptyJournal);
  const turn = (event: Event): boolean => {
    seen.push(event);
    observe(core, event, NOW);
    const decision = decide(core, event, NOW);
    core = commit(core, decision);
    for (const effect of decision.effects) {
      if (effect.type === 'send' && effect.message.type === 'leave') verdicts.push(effect.message.verdict);
    }
    return true;
  };
  const tracker = new PodTracker({
    segments: [{ segment: 'readout', statefulSet: 'minidaq-readout' }],
    tell: (target, { podUid, phase }) => turn({ type: 'pod', target, pod: podDigest(podUid), phase }),
  });
  const look = () => new Promise<Shown>((resolve) => looks.push(resolve));
  const gate = new LeavingGate({ tracker, look, log: pino({ level: 'silent' }) });
  const hear = (event: Event): boolean => gate.hear(event, turn);
  tracker.begin();
  tracker.is(aPod());
  await new Promise((resolve) => setImmediate(resolve));
  hear(WELCOME);
  const show = async (phase: Shown): Promise<void> => {
    await condition('somebody looks at the pod', () => looks.length > 0);
    looks.shift()?.(phase);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { gate, tracker, hear, show, looks, verdicts, seen };
}

test.each([
  ['deleting', 'ordered'],
  ['running', 'restart'],
  ['removed', 'forced'],
  [undefined, 'local'],
] as const)('the hook came before the watch, and a look shows %s: %s', async (shown, verdict) => {
  await using held = new AsyncDisposableStack();
  const { gate, hear, show, verdicts } = await leavingTarget();
  held.use(gate);
  hear(HOOK);
  // The state that says so too must not be judged by the older word.
  hear(state(2, true));
  expect(verdicts).toEqual([]);
  await show(shown);
  expect(verdicts[0]).toBe(verdict);
  expect(new Set(verdicts).size).toBe(1);
});

test('a state that tells first is kept back as well', async () => {
  const { gate, hear, show, verdicts } = await leavingTarget();
  hear(state(2, true));
  await show('deleting');
  expect(verdicts).not.toContain('restart');
  await gate[Symbol.asyncDispose]();
});

test('what the watch tells during the look holds against what the look shows', async () => {
  const { gate, tracker, hear, show, verdicts } = await leavingTarget();
  hear(HOOK);
  tracker.is(aPod({ isDeleting: true }));
  await new Promise((resolve) => setImmediate(resolve));
  await show('running');
  expect(verdicts).toEqual(['ordered']);
  await gate[Symbol.asyncDispose]();
});

test('nobody looks at a pod that is known to be going', async () => {
  const { gate, tracker, hear, looks, verdicts } = await leavingTarget();
  tracker.is(aPod({ isDeleting: true }));
  await new Promise((resolve) => setImmediate(resolve));
  hear(HOOK);
  expect(verdicts).toEqual(['ordered']);
  expect(looks.length).toBe(0);
  await gate[Symbol.asyncDispose]();
});

test('a deletion during a restart is leaving, though the restart was told before', async () => {
  const { gate, tracker, hear, show, verdicts } = await leavingTarget();
  hear(HOOK);
  hear(state(2, true));
  await show('running');
  expect(verdicts.at(-1)).toBe('restart');
  tracker.is(aPod({ isDeleting: true }));
  await new Promise((resolve) => setImmediate(resolve));
  expect(verdicts.at(-1)).toBe('ordered');
  await gate[Symbol.asyncDispose]();
});

test('the next hook of a pod that was only restarted is looked at anew', async () => {
  const { gate, hear, show, verdicts } = await leavingTarget();
  hear(HOOK);
  await show('running');
  hear(state(2, false));
  hear(HOOK);
  await show('deleting');
  expect(verdicts).toEqual(['restart', 'ordered']);
  await gate[Symbol.asyncDispose]();
});

test('once the API server is back, a target that stopped by itself is told to return', async () => {
  const { gate, hear, show, verdicts } = await leavingTarget();
  hear(HOOK);
  hear(state(2, true));
  await show(undefined);
  expect(verdicts).toEqual(['local']);
  await show('running');
  expect(verdicts).toEqual(['local', 'restart']);
  await gate[Symbol.asyncDispose]();
});

test('what a target says is told in its order, and too much of it ends the stream', async () => {
  const { gate, hear, show, seen } = await leavingTarget();
  hear(HOOK);
  for (let number = 2; number < HELD_MAX + 1; number++) expect(hear(state(number, true))).toBe(true);
  expect(hear(state(HELD_MAX + 1, true))).toBe(false);
  expect(hear({ type: 'disconnected', target: TARGET, cause: 'too much' })).toBe(true);
  await show('deleting');
  await condition('the end is told', () => seen.at(-1)?.type === 'disconnected');
  const numbers = seen.flatMap((event) => (event.type === 'state' ? [event.state.stateNumber] : []));
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  expect(numbers.length).toBe(HELD_MAX - 1);
  await gate[Symbol.asyncDispose]();
});
