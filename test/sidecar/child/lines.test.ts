// Children that obey lines, and those that break the contract, one way each.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LINE_BYTES_MAX } from '../../../sidecar/process/lineReader.ts';
import { condition } from '../condition.ts';
import { type Driven, driveChild } from './driven.ts';

const nasty = (manner: string, options = {}): Driven =>
  driveChild([process.execPath, join(import.meta.dirname, 'nasty.ts'), manner], options);

test('its first word attaches it, and it gets the whole request in one line', async () => {
  await using child = nasty('obeys');
  const { attachment, process } = await child.told('attached');
  expect(attachment.startId).toMatch(/^\d+-\d+$/);
  expect(process).toEqual({ state: 'idle', busy: undefined, executed: undefined, trouble: '' });
  const token = child.perform(1, 'start');
  expect(await child.told('hookEnded')).toEqual({
    type: 'hookEnded',
    attachment: 1,
    token,
    outcome: 'executed',
    state: 'running',
    cause: '',
  });
  const line = /^asked (.*)$/m.exec(child.words())?.[1] ?? '';
  expect(JSON.parse(line)).toEqual({
    perform: {
      token,
      transition: 'start',
      arguments: { rate: 5 },
      from: 'idle',
      to: 'running',
      budgetMs: 1_000,
      runNumber: 7,
      stopPath: false,
    },
  });
  child.perform(2, 'stop');
  await child.told('hookEnded', 2);
  expect(child.words()).toContain('"stopPath":true');
});

test('two lives have two names', async () => {
  await using first = nasty('obeys');
  await using second = nasty('obeys');
  const [one, two] = [await first.told('attached'), await second.told('attached')];
  expect(one.attachment.startId).not.toBe(two.attachment.startId);
});

test.each([
  ['exits', { kind: 'code', code: 3 }, 'the process ended with exit code 3'],
  ['crashes', { kind: 'signal', signal: 'SIGSEGV' }, 'the process was ended by SIGSEGV'],
  ['half', { kind: 'code', code: 0 }, 'the process ended with exit code 0'],
] as const)('one that %s in its hook: no answer, and its end is told once', async (manner, exit, cause) => {
  await using child = nasty(manner);
  await child.told('attached');
  child.perform(1, 'start');
  expect(await child.told('detached')).toMatchObject({ attachment: 1, cause });
  expect(await child.ended).toEqual(exit);
  expect(child.events.map(({ type }) => type)).toEqual(['attached', 'detached']);
});

test('one that answers and ends at once: the answer counts', async () => {
  await using child = nasty('answersAndExits');
  await child.told('attached');
  child.perform(1, 'start');
  await child.ended;
  expect(child.events.map(({ type }) => type)).toEqual(['attached', 'hookEnded', 'detached']);
});

test('one whose output a stranger holds: its end is told all the same', async () => {
  await using child = nasty('leavesAStranger');
  await child.told('attached');
  child.perform(1, 'start');
  expect(await child.ended).toEqual({ kind: 'code', code: 4 });
  expect(child.events.at(-1)).toMatchObject({
    type: 'detached',
    cause: 'the process ended with exit code 4',
  });
});

test('a line of 5 MB is not kept: its hook goes on, which is told, and giving it up ends it', async () => {
  await using child = nasty('large');
  await child.told('attached');
  const token = child.perform(1, 'start');
  const { process } = await child.told('observed');
  expect(process).toMatchObject({
    busy: token,
    trouble: `the process said a line of more than ${LINE_BYTES_MAX} bytes`,
  });
  child.giveUp(token);
  expect(await child.told('hookEnded')).toMatchObject({ token, outcome: 'failed', cause: 'gave up' });
});

test('a second answer, and one to what does not run, are told and change nothing', async () => {
  await using twice = nasty('twice');
  await twice.told('attached');
  twice.perform(1, 'start');
  const { process } = await twice.told('observed');
  expect(process).toMatchObject({
    state: 'running',
    trouble: 'the process said an answer to operation 1 step 0 (op-1), which does not run',
  });
  twice.perform(2, 'stop');
  await twice.told('hookEnded', 2);
  await using stranger = nasty('stranger');
  await stranger.told('attached');
  const token = stranger.perform(1, 'start');
  expect(await stranger.told('hookEnded')).toMatchObject({ token, outcome: 'executed' });
  expect(stranger.events.find(({ type }) => type === 'observed')).toMatchObject({
    process: { busy: token, trouble: expect.stringContaining('(op-99), which does not run') },
  });
});

test('what is no message goes to people, what is a bad one is told, and the answer still counts', async () => {
  await using child = nasty('garbage');
  await child.told('attached');
  child.perform(1, 'start');
  await child.told('hookEnded');
  expect(child.words()).toContain('\u001b[1mno message\n\n}{\n');
  const troubles = child.events.flatMap((event) =>
    event.type === 'observed' ? [event.process.trouble] : [],
  );
  expect(troubles).toEqual([
    'the process said a message that is none: state: want a string, got 7',
    'the process said a message that is none: answer: want a map of keys, got nothing',
    'the process said a line that begins with { and is no JSON',
    'the process said a message that is none: state: want a string, got nothing',
  ]);
  expect(child.log.filter((line) => line.includes('process is not understood'))).toHaveLength(1);
});

test('a refusal is the process’s own word, on one line', async () => {
  await using child = nasty('refuses');
  await child.told('attached');
  child.perform(1, 'start');
  expect(await child.told('hookEnded')).toMatchObject({ outcome: 'refused', cause: 'no high voltage' });
});

test('one that closes its output and lives is lost for good', async () => {
  await using child = nasty('closesOutput');
  await child.told('attached');
  child.perform(1, 'start');
  expect(await child.told('detached')).toMatchObject({ cause: 'the process closed its standard output' });
  child.signal('SIGTERM');
  expect(await child.ended).toEqual({ kind: 'code', code: 7 });
  expect(child.events.filter(({ type }) => type === 'detached')).toHaveLength(1);
});

test('a request or a wish to give up of another attachment is not passed on', async () => {
  await using child = nasty('hangs');
  child.perform(1, 'start');
  await child.told('attached');
  const token = child.perform(2, 'start');
  child.giveUp(token);
  child.giveUp(token);
  await child.told('hookEnded');
  const asked = child.words().match(/^asked .*$/gm);
  expect(asked).toHaveLength(2);
  expect(asked?.[0]).toContain('op-2');
});

test('one that says nothing for too long is detached; its next word attaches it, still busy', async () => {
  await using child = driveChild([process.execPath, '-e', PAUSING], { silenceLimitMs: 200 });
  await child.told('attached');
  const token = child.perform(1, 'start');
  expect(await child.told('detached')).toMatchObject({ cause: 'the process said nothing for 200 ms' });
  child.signal('SIGUSR2');
  const again = await child.told('attached', 2);
  expect(again.attachment.id).toBeGreaterThan(1);
  expect(again.process).toMatchObject({ busy: token, state: 'idle' });
  // The hook was asked for in the attachment before: that it ended is seen, not told as an answer.
  child.signal('SIGUSR2');
  const { process: seen } = await child.told('observed');
  expect(seen).toMatchObject({ state: 'running', busy: undefined, executed: token });
  expect(child.events.some(({ type }) => type === 'hookEnded')).toBe(false);
});

/** Says a word at each SIGUSR2: where it is, then the answer that it owes. */
const PAUSING = `
  const say = (message) => process.stdout.write(JSON.stringify(message) + '\\n');
  let token;
  let words = 0;
  process.stdin.on('data', (line) => { token = JSON.parse(line).perform.token; });
  process.on('SIGUSR2', () => {
    words += 1;
    say(words === 1 ? { state: 'idle' } : { answer: { token, outcome: 'executed', state: 'running' } });
  });
  say({ state: 'idle' });
`;

test('one that the system refuses on the spot is told', async () => {
  await using child = driveChild(['true', 'x'.repeat(200_000)]);
  expect(await child.told('detached')).toMatchObject({
    cause: 'the process could not be started: spawn E2BIG',
  });
  expect(await child.ended).toMatchObject({ kind: 'notStarted' });
});

test('one that cannot be started is told', async () => {
  await using child = driveChild(['/nowhere/readout']);
  expect(await child.told('detached')).toMatchObject({
    cause: 'the process could not be started: spawn /nowhere/readout ENOENT',
  });
  expect(await child.ended).toMatchObject({ kind: 'notStarted' });
});

test('it gets its own environment beside ours', async () => {
  await using child = driveChild(['sh', '-c', 'echo "$GREETING $HOME"; echo \'{"state":"idle"}\''], {
    environment: { GREETING: 'hello' },
  });
  await child.told('attached');
  await condition('said', () => child.words() === `hello ${process.env['HOME']}\n`);
});
