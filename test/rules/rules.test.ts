import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dune } from '../../protos/machine/dune.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { SENTENCE_CHARACTERS_MAX } from '../../protos/sentence.ts';
import { compareStep } from '../../sidecar/rules/memory.ts';
import { viewOf } from '../../sidecar/rules/view.ts';
import { Rig, tokenOf } from './rig.ts';

const ready = () => new Rig(minimal).hello().attach('idle');

test('a request is done once, and answered from memory ever after', () => {
  const rig = ready().ask(1, 'start', 'idle', 'running');
  expect(rig.take()).toEqual(['perform start']);
  expect(rig.ask(1, 'start', 'idle', 'running').take()).toEqual([]);
  expect(rig.ends('running').take()).toEqual(['executed']);
  expect(rig.ask(1, 'start', 'idle', 'running').take()).toEqual(['executed']);
  const restarted = rig.restart().hello(2).attach('running', { id: 2 });
  expect(restarted.ask(1, 'start', 'idle', 'running').take()).toEqual(['executed']);
});

test('another operation id for a step that was taken is fenced', () => {
  const rig = ready().ask(1, 'start', 'idle', 'running').ends('running');
  rig.take();
  expect(
    rig.ask(1, 'start', 'idle', 'running', { token: { ...tokenOf(1), operationId: 'other' } }).take(),
  ).toEqual(['refused FENCED']);
});

test('P9: whatever comes in whatever order, the fence never decreases', () => {
  const raise = fc.record({
    kind: fc.constantFrom('hello', 'ask', 'settle'),
    epoch: fc.integer({ min: 1, max: 4 }),
    number: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(fc.array(raise, { maxLength: 12 }), (events) => {
      const rig = ready();
      let before = rig.sidecar.memory.fence;
      for (const { kind, epoch, number } of events) {
        if (kind === 'hello') rig.hello(epoch, number - 1);
        else if (kind === 'ask') rig.ask(number, 'start', 'idle', 'running');
        else
          rig.on({ type: 'settle', stream: rig.sidecar.stream?.id ?? 0, operationNumber: number, step: 0 });
        const { fence } = rig.sidecar.memory;
        expect(fence.epoch).toBeGreaterThanOrEqual(before.epoch);
        expect(compareStep(fence, before)).toBeGreaterThanOrEqual(0);
        before = fence;
      }
    }),
  );
});

test('a settled step is not taken any more in its epoch', () => {
  const rig = ready().on({ type: 'settle', stream: 1, operationNumber: 3, step: 0 });
  expect(rig.ask(3, 'start', 'idle', 'running').take()).toEqual(['settled', 'refused FENCED']);
  expect(rig.hello(2).ask(3, 'start', 'idle', 'running').take()).toEqual(['perform start']);
});

const LONG = `${'x'.repeat(SENTENCE_CHARACTERS_MAX - 1)}🙂 and more`;
const CUT = `${'x'.repeat(SENTENCE_CHARACTERS_MAX - 1)}\uFFFD`;

test('what an adapter says at length is cut once: as a view, in memory and as an answer', () => {
  const process = { state: 'idle', busy: undefined, executed: undefined, trouble: LONG };
  const rig = ready();
  const cause = () => viewOf(rig.sidecar).cause;
  expect(rig.on({ type: 'observed', attachment: 1, process }) && cause()).toBe(CUT);
  rig.on({ type: 'detached', attachment: 1, cause: LONG });
  expect(cause()).toBe(CUT);
  rig.attach('idle', { id: 2, trouble: LONG });
  expect(cause()).toBe(CUT);
  rig.ask(1, 'start', 'idle', 'running').on({
    type: 'hookEnded',
    attachment: 2,
    token: tokenOf(1),
    outcome: 'failed',
    state: 'idle',
    cause: LONG,
  });
  expect(rig.sidecar.memory.cause).toBe(CUT);
  expect(rig.sidecar.memory.last?.answer?.cause).toBe(CUT);
});

test('doing found at start is never run again: executed only on proof', () => {
  const begun = () => ready().ask(1, 'start', 'idle', 'running').restart().hello(2);
  expect(begun().attach('running', { id: 2 }).take()).toContain('executed');
  expect(
    begun()
      .attach('idle', { id: 2, executed: tokenOf(1) })
      .take(),
  ).toContain('failed');
  expect(begun().attach('idle', { id: 2 }).take()).toContain('interrupted');
  const busy = begun().attach('idle', { id: 2, busy: tokenOf(1) });
  expect(busy.take()).toEqual(['perform start']);
  expect(busy.ask(2, 'start', 'idle', 'running').take()).toEqual(['refused BUSY']);
  busy.on({
    type: 'observed',
    attachment: 2,
    process: { state: 'running', busy: undefined, executed: undefined, trouble: '' },
  });
  expect(busy.take()).toEqual(['executed']);
});

test('to be where a stop step leads proves nothing: who failed it may go on from there', () => {
  const begun = () =>
    ready()
      .ask(1, 'start', 'idle', 'running')
      .ends('running')
      .ask(2, 'stop', 'running', 'idle')
      .restart()
      .hello(2);
  expect(begun().attach('idle', { id: 2 }).take()).toContain('interrupted');
  expect(
    begun()
      .attach('idle', { id: 2, executed: tokenOf(2) })
      .take(),
  ).toContain('executed');
});

test('interrupted stays unknown until recover, whatever the process says', () => {
  const rig = ready().ask(1, 'start', 'idle', 'running').restart().hello(2).attach('idle', { id: 2 });
  rig.on({
    type: 'observed',
    attachment: 2,
    process: { state: 'running', busy: undefined, executed: undefined, trouble: '' },
  });
  expect(rig.sidecar.memory.value.state).toBe('');
  rig.take();
  expect(rig.ask(2, 'recover', '', '').ends('idle').take()).toEqual(['perform recover', 'executed']);
  expect(rig.sidecar.memory.value).toEqual({ state: 'idle', error: false, doing: '' });
});

test('a hook that overran its budget is given up and answered failed once it has ended', () => {
  const rig = ready().ask(1, 'start', 'idle', 'running');
  rig.take();
  expect(rig.on({ type: 'timer', timer: 'hook' }).take()).toEqual(['giveUp']);
  expect(rig.ask(2, 'stop', 'running', 'idle').take()).toEqual(['refused BUSY']);
  expect(rig.ends('running').take()).toEqual(['failed']);
});

test('memory that was lost beside a living process: unknown, until recover', () => {
  const rig = new Rig(minimal).hello().attach('running', { executed: tokenOf(7) });
  expect(rig.sidecar.memory.value).toMatchObject({ state: '', error: true });
  expect(rig.ask(8, 'stop', 'running', 'idle').take()).toEqual(['refused NOT_ALLOWED']);
});

test('a preStop without a coordinator takes the whole way down, step by step', () => {
  const rig = new Rig(dune).attach('initial');
  rig.sidecar = {
    ...rig.sidecar,
    memory: { ...rig.sidecar.memory, value: { state: 'running', error: false, doing: '' } },
  };
  rig.on({ type: 'preStop' });
  for (const state of ['ready', 'dataflow_drained', 'trigger_sources_stopped', 'configured']) rig.ends(state);
  expect(rig.take()).toEqual([
    'perform disable_triggers',
    'perform drain_dataflow',
    'perform stop_trigger_sources',
    'perform stop',
    'preStop clean: stopped: it is in configured',
  ]);
});

const restarted = () => ready().ask(1, 'start', 'idle', 'running').ends('running').restart();

test('a preStop in the moment after its own restart waits for the process and for the coordinator', () => {
  const rig = restarted().on({ type: 'preStop' });
  expect(rig.attach('running', { id: 2 }).take().slice(2)).toEqual([]);
  rig.hello(2).on({ type: 'leave', stream: 2, incarnation: 'pod.1', verdict: 'ordered' });
  expect(rig.ask(2, 'stop', 'running', 'idle', { stopPath: true }).ends('idle').take()).toEqual([
    'perform stop',
    'executed',
    'preStop clean: stopped: it is in idle',
  ]);
});

test('found by nobody in a second, it stops by itself what it has found', () => {
  const rig = restarted().on({ type: 'preStop' }).attach('running', { id: 2 });
  rig.take();
  rig.on({ type: 'timer', timer: 'verdict' });
  expect(rig.ends('idle').take()).toEqual(['perform stop', 'preStop clean: stopped: it is in idle']);
});

test('a process that it does not find again in a second is gone', () => {
  const rig = restarted().on({ type: 'preStop' });
  rig.take();
  expect(rig.on({ type: 'timer', timer: 'verdict' }).take()).toEqual([
    'preStop unclean: the process is gone',
  ]);
  const failed = restarted().hello(2).on({ type: 'detached', attachment: 7, cause: 'nobody listens' });
  failed.on({ type: 'preStop' }).take();
  expect(failed.on({ type: 'timer', timer: 'life' }).take()).toEqual([
    'preStop unclean: nothing to stop: no process is attached',
  ]);
});

test('a process that was at rest needs no stop, wherever it is', () => {
  const rig = ready().restart().on({ type: 'preStop' }).on({ type: 'timer', timer: 'life' });
  expect(rig.take()).toEqual(['preStop clean: nothing to stop: no process is attached']);
});

test('a step of its own stop that the process refuses ends the stop, and may be asked for later', () => {
  const rig = ready().ask(1, 'start', 'idle', 'running').ends('running');
  rig.take();
  rig.on({ type: 'preStop' }).on({ type: 'leave', stream: 1, incarnation: 'pod.1', verdict: 'restart' });
  expect(rig.ends('running', 'refused').take()).toEqual([
    'perform stop',
    'preStop unclean: the process refused stop',
  ]);
  rig.on({ type: 'timer', timer: 'returnToService' });
  expect(rig.ask(2, 'stop', 'running', 'idle').take()).toEqual(['perform stop']);
});

test('another life in the middle of a stop is not taken for the one that stopped', () => {
  const rig = ready().ask(1, 'start', 'idle', 'running').ends('running');
  rig.on({ type: 'preStop' }).on({ type: 'leave', stream: 1, incarnation: 'pod.1', verdict: 'ordered' });
  rig.take();
  rig.on({ type: 'detached', attachment: 1, cause: '' }).attach('idle', { life: '2', id: 2 });
  expect(rig.take()).toEqual(['preStop unclean: its process was replaced before it had stopped']);
  expect(rig.ask(2, 'start', 'idle', 'running', { incarnation: 'pod.2' }).take()).toEqual([
    'refused LEAVING',
  ]);
});

test('another journal takes nothing, and does not displace the one that is right', () => {
  const rig = ready().on({
    type: 'hello',
    stream: 9,
    journalId: 'other',
    epoch: 50,
    closedThrough: 0,
    adoptedFrom: '',
  });
  expect(rig.sidecar.stream).toEqual({ id: 1, epoch: 1 });
  rig.take();
  expect(rig.ask(1, 'start', 'idle', 'running').take()).toEqual(['perform start']);
});

test('what the process complains of is told and changes nothing else', () => {
  const rig = ready();
  const before = rig.sidecar.memory.stateNumber;
  rig.on({
    type: 'observed',
    attachment: 1,
    process: { state: 'idle', busy: undefined, executed: undefined, trouble: 'disk is nearly full' },
  });
  expect(rig.sidecar.memory).toMatchObject({
    stateNumber: before + 1,
    value: { state: 'idle', error: false },
  });
});
