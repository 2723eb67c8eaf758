// The loop around the rules, with nothing real but the rules: what is remembered before what is done.

import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { sinceBootUs } from '../../sidecar/clock.ts';
import { attachmentNumbers } from '../../sidecar/process/adapter.ts';
import { PRE_STOP_WAITERS_MAX } from '../../sidecar/waiters.ts';
import { bare, SETTINGS } from './bareSidecar.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what was decided is remembered before anything is done or said', async () => {
  const it = bare();
  expect(it.story).toEqual(['write 0']);
  it.hello();
  it.attach();
  it.request(1, 'start');
  expect(it.story.slice(1)).toEqual([
    'write 0',
    'send welcome',
    'write 1',
    'write 2 last open',
    'perform start',
  ]);
  it.story.length = 0;
  it.tell({
    type: 'hookEnded',
    attachment: 1,
    token: { operationNumber: 1, step: 0, operationId: 'op-1' },
    outcome: 'executed',
    state: 'running',
    cause: '',
  });
  expect(it.story).toEqual(['write 3 last executed', 'send answer']);
  await turn();
  // The answer told the newest state, so that no state follows it.
  expect(it.story).toEqual(['write 3 last executed', 'send answer']);
  expect(it.notices).toEqual([
    { type: 'hookBegan', transition: 'start' },
    { type: 'hookEnded', transition: 'start', outcome: 'executed' },
  ]);
});

test('an event that comes while another is handled waits until its effects have run', () => {
  const it = bare({ hasty: true });
  it.hello();
  it.attach();
  it.request(1, 'start');
  expect(it.story.at(-1)).toBe('send answer');
  // The budget's timer was armed before the end disarmed it, not after.
  expect(it.timers.map((timer) => timer.cancelled())).toEqual([true]);
});

test('when memory cannot be written nothing is done, the host is told once, and nothing more is taken', () => {
  let full = false;
  const it = bare({
    write: () => {
      if (full) throw new RunControlError('STORAGE', 'the disk is full');
    },
  });
  it.hello();
  it.attach();
  const before = it.sidecar.present();
  full = true;
  it.story.length = 0;
  it.request(1, 'start');
  it.request(2, 'start');
  expect(it.story).toEqual(['fatal the disk is full']);
  expect(it.sidecar.present().memory).toBe(before.memory);
});

test('changes within one turn of the loop are told as one state', async () => {
  const it = bare();
  it.hello();
  it.attach('s-1');
  it.tell({ type: 'detached', attachment: 1, cause: 'the process is gone' });
  it.attach('s-2');
  await turn();
  expect(it.story.filter((step) => step === 'send state')).toHaveLength(1);
});

test('a newer stream ends the older one with a word, and a stop ends all', async () => {
  const it = bare();
  it.hello();
  const second: string[] = [];
  const stream = it.sidecar.open({
    send: (message) => second.push(message.type),
    close: (why) => second.push(why.code),
  });
  it.sidecar.take({ type: 'hello', stream, journalId: 'j', epoch: 2, closedThrough: 0, adoptedFrom: '' });
  expect(it.story.at(-1)).toMatch(/^close /);
  expect(second).toEqual(['welcome']);
  await it.sidecar[Symbol.asyncDispose]();
  expect(second).toEqual(['welcome', 'STOPPING']);
  expect(it.story.at(-1)).toBe('adapter ended');
});

test('the incarnation survives a restart, and changes with the process and with lost memory', () => {
  const first = bare();
  first.attach('s-1');
  const { incarnation } = first.sidecar.present().memory;
  const memory = first.memory();
  const again = bare(memory === undefined ? {} : { memory });
  expect(again.story).toEqual([]);
  again.attach('s-1');
  expect(again.sidecar.present().memory.incarnation).toBe(incarnation);
  again.attach('s-2');
  expect(again.sidecar.present().memory.incarnation).not.toBe(incarnation);
  const forgetful = bare();
  forgetful.attach('s-1');
  expect(forgetful.sidecar.present().memory.incarnation).not.toBe(incarnation);
});

test('timers are armed on the clock, replaced, and cancelled at the end', async () => {
  const it = bare();
  it.hello();
  it.attach();
  it.request(1, 'start');
  expect(it.timers.map(({ delayMs }) => delayMs)).toEqual([1_000]);
  it.timers[0]?.run();
  expect(it.story.at(-1)).toBe('give up 1');
  const stopped = it.sidecar.preStop();
  expect(it.timers.length).toBeGreaterThan(1);
  await it.sidecar[Symbol.asyncDispose]();
  expect(it.timers.slice(1).every((timer) => timer.cancelled())).toBe(true);
  void stopped;
});

test('how long the state and a detachment have lasted is counted on the clock', () => {
  const it = bare();
  it.advance(70);
  expect(it.sidecar.link()).toEqual({ detachedForMs: 70, detachCause: 'no process has attached yet' });
  it.attach();
  it.advance(30);
  expect(it.sidecar.present().sinceMs).toBe(30);
  expect(it.sidecar.link()).toEqual({ detachedForMs: 0, detachCause: '' });
  it.tell({ type: 'detached', attachment: 1, cause: 'the process is gone' });
  it.advance(5);
  expect(it.sidecar.link()).toEqual({ detachedForMs: 5, detachCause: 'the process is gone' });
});

test('more preStop calls than may wait are refused, the others are answered', async () => {
  const it = bare();
  it.hello();
  it.attach();
  it.request(1, 'start');
  const waiting = Array.from({ length: PRE_STOP_WAITERS_MAX }, () => it.sidecar.preStop());
  expect(() => it.sidecar.preStop()).toThrow(expect.objectContaining({ code: 'LIMIT' }));
  it.timers.find(({ delayMs }) => delayMs === SETTINGS.preStopAnswerMs)?.run();
  const answers = await Promise.all(waiting);
  expect(new Set(answers.map(({ clean }) => clean))).toEqual(new Set([false]));
});

test('attachment numbers grow within a life of the sidecar and from one to the next', () => {
  const next = attachmentNumbers(700);
  expect([next(), next()]).toEqual([701, 702]);
  const first = attachmentNumbers(sinceBootUs())();
  const later = Number(execFileSync(process.execPath, ['-p', 'process.hrtime.bigint() / 1000n + ""']));
  expect(later).toBeGreaterThan(first);
  expect(Number.isSafeInteger(later)).toBe(true);
});
