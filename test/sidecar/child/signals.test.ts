// Children that obey signals: their lines are the only proof.

import { expect, test } from 'vitest';
import { signalsFaults, signalsSchema } from '../../../protos/adapter/signals.ts';
import { minimal } from '../../../protos/machine/minimal.ts';
import { condition } from '../condition.ts';
import { type Driven, driveChild } from './driven.ts';

const SIGNALS = signalsSchema.parse({
  states: { idle: '^ready$', running: '^taking data' },
  failed: '^error: ',
  send: { start: 'SIGUSR1', stop: 'SIGUSR2' },
});

/** `first` and what is said at each signal are lines; more than one are given with \n. */
function obeying({ first = 'ready', start = 'taking data', stop = 'ready' }, config = SIGNALS): Driven {
  const say = (text: string) => `process.stdout.write(${JSON.stringify(`${text}\n`)})`;
  const program = `
    process.on('SIGUSR1', () => ${say(start)});
    process.on('SIGUSR2', () => ${say(stop)});
    process.stdin.resume().on('end', () => process.exit(0));
    ${say(first)};
  `;
  return driveChild([process.execPath, '-e', program], { signals: config });
}

test('a line attaches it, a signal goes out for a transition, and the line of its destination is the proof', async () => {
  await using child = obeying({});
  expect(await child.told('attached')).toMatchObject({ process: { state: 'idle', busy: undefined } });
  const token = child.perform(1, 'start');
  expect(await child.told('hookEnded')).toMatchObject({ token, outcome: 'executed', state: 'running' });
  child.perform(2, 'stop');
  expect(await child.told('hookEnded', 2)).toMatchObject({ outcome: 'executed', state: 'idle' });
  expect(child.words()).toBe('ready\ntaking data\nready\n');
});

test('any other line proves nothing: the hook goes on, and giving up ends nothing', async () => {
  await using child = obeying({ start: 'starting\nready', stop: 'taking data since 1 s' });
  await child.told('attached');
  const token = child.perform(1, 'start');
  const { process } = await child.told('observed');
  expect(process).toMatchObject({ state: 'idle', busy: token });
  child.giveUp(token);
  expect(child.log.join('')).toContain('process cannot be asked to give up: it obeys signals');
  expect(child.events.some(({ type }) => type === 'hookEnded')).toBe(false);
  // Whatever makes it get there in the end.
  child.signal('SIGUSR2');
  expect(await child.told('hookEnded')).toMatchObject({ token, state: 'running' });
});

test('a line of failure is the cause, and leaves it where it was', async () => {
  await using child = obeying({ start: 'error: no high voltage' });
  await child.told('attached');
  child.perform(1, 'start');
  expect(await child.told('hookEnded')).toMatchObject({
    outcome: 'failed',
    state: 'idle',
    cause: 'error: no high voltage',
  });
});

test('a state that it enters by itself is seen; a failure without a hook is only for people', async () => {
  await using child = obeying({ first: 'error: one link is down\nready\ntaking data' });
  expect(await child.told('observed')).toMatchObject({ process: { state: 'running' } });
  expect(child.events.map(({ type }) => type)).toEqual(['attached', 'observed']);
});

test('it dies by the signal that it does not know, and that is told', async () => {
  await using child = driveChild(['sh', '-c', 'echo ready; exec sleep 60'], { signals: SIGNALS });
  await child.told('attached');
  child.perform(1, 'start');
  expect(await child.told('detached')).toMatchObject({ cause: 'the process was ended by SIGUSR1' });
});

test('what is skipped sends nothing, and recover asks where it said last that it is', async () => {
  const config = { ...SIGNALS, send: { start: 'skip', stop: 'SIGUSR2' } } as const;
  await using child = obeying({}, config);
  await child.told('attached');
  child.perform(1, 'start');
  expect(await child.told('hookEnded')).toMatchObject({ outcome: 'executed', state: 'running' });
  child.perform(2, 'recover', { to: '' });
  expect(await child.told('hookEnded', 2)).toMatchObject({ outcome: 'executed', state: 'running' });
  await condition('said nothing more', () => child.words() === 'ready\n');
});

test('recover by a signal: any state that it then shows', async () => {
  await using child = obeying({}, { ...SIGNALS, send: { ...SIGNALS.send, recover: 'SIGUSR2' } });
  await child.told('attached');
  child.perform(1, 'recover', { to: '' });
  expect(await child.told('hookEnded')).toMatchObject({ outcome: 'executed', state: 'idle' });
});

test('what a machine needs and what it does not know is told with its path', () => {
  const config = signalsSchema.parse({
    states: { runnning: 'x', idle: 'x' },
    send: { start: 'SIGUSR1', halt: 'SIGUSR2' },
  });
  expect([...signalsFaults(config, minimal)].map(({ path, want }) => `${path.join('.')}: ${want}`)).toEqual([
    'send.halt: a transition of machine minimal (start, stop, recover)',
    'states.runnning: a state of machine minimal (idle, running) (did you mean "running"?)',
    'states.running: the line that shows it after start',
    'send.stop: a signal for stop, or skip',
  ]);
  expect([...signalsFaults(SIGNALS, minimal)]).toEqual([]);
});

test.each([
  [{ states: { idle: '(' } }, 'a regular expression of JavaScript'],
  [{ send: { stop: 'SIGKILL' } }, 'Invalid option'],
])('%j cannot be used', (changed, words) => {
  const parsed = signalsSchema.safeParse({ ...SIGNALS, ...changed });
  expect(parsed.error?.issues[0]?.message).toContain(words);
});
