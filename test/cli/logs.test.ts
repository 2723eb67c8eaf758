import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runBaton } from '../../coordinator/cli/main.ts';
import { openLog } from '../../coordinator/up/logfile.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { type FakeWorld, fakeWorld, run } from './fakeWorld.ts';

/** A folder of `baton up` with three logs. */
function place(): Disposable & { file(name: string): string; world(terminal?: boolean): FakeWorld } {
  const directory = temporaryDirectory();
  const file = (name: string) => directory.file(`.baton/logs/${name}`);
  mkdirSync(file(''), { recursive: true });
  const numbered = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, at) => `line ${from + at}\n`).join('');
  writeFileSync(file('readout-2.log.1'), numbered(1, 40));
  writeFileSync(file('readout-2.log'), numbered(41, 60));
  writeFileSync(file('readout-2.sidecar.log'), '{"msg":"sidecar"}\n');
  writeFileSync(file('readout-10.log'), 'no end');
  writeFileSync(file('coordinator.log'), '\u001b[2Jclear\tit\n');
  return {
    file,
    world: (terminal = false) => ({
      ...fakeWorld('127.0.0.1:1', { terminal }),
      directory: directory.path,
      sleep: async (milliseconds, signal) => {
        await wait(milliseconds / 10, undefined, { signal }).catch(() => undefined);
      },
    }),
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  };
}

test('the last lines are shown, across the file that was turned over', async () => {
  using at = place();
  const many = await run(at.world(), 'logs readout-2');
  expect(many).toMatchObject({ code: 0, err: '' });
  expect(many.out.split('\n').slice(0, 2)).toEqual(['line 11', 'line 12']);
  expect(many.out.endsWith('line 59\nline 60\n')).toBe(true);
  expect((await run(at.world(), 'logs readout-2 --lines 2')).out).toBe('line 59\nline 60\n');
  expect((await run(at.world(), 'logs readout-2 --lines 20')).out.startsWith('line 41\n')).toBe(true);
  expect((await run(at.world(), 'logs readout-2 --lines 21')).out.startsWith('line 40\nline 41\n')).toBe(
    true,
  );
  expect((await run(at.world(), 'logs readout-2 --lines 999')).out.split('\n')).toHaveLength(61);
  expect((await run(at.world(), 'logs readout-2 --sidecar')).out).toBe('{"msg":"sidecar"}\n');
  expect((await run(at.world(), 'logs readout-10')).out).toBe('no end\n');
});

test('lines longer than one read are whole', async () => {
  using at = place();
  const long = `${'ü'.repeat(100_000)}\n`;
  writeFileSync(at.file('readout-10.log'), `first\n${long}last\n`);
  expect((await run(at.world(), 'logs readout-10 --lines 2')).out).toBe(`${long}last\n`);
});

test('as JSON each line is one object', async () => {
  using at = place();
  const { out } = await run(at.world(), 'logs readout-2 --lines 1 -o json');
  expect(JSON.parse(out)).toEqual({ source: 'readout-2', line: 'line 60' });
  const yaml = await run(at.world(), 'logs readout-2 --lines 1 --sidecar -o yaml');
  expect(yaml.out).toContain('---\nsource: readout-2.sidecar\n');
});

test('a process cannot command the terminal of who reads its log, but a file gets what it printed', async () => {
  using at = place();
  expect((await run(at.world(true), 'logs coordinator')).out).toBe(' [2Jclear it\n');
  expect((await run(at.world(), 'logs coordinator')).out).toBe('\u001b[2Jclear\tit\n');
});

test('a log is followed through parts of lines, a turn-over and a new start', async () => {
  using at = place();
  const world = at.world();
  const following = runBaton(['logs', 'readout-2', '-f', '--lines', '1'], world);
  await world.out.shows('line 60\n');
  appendFileSync(at.file('readout-2.log'), 'one pa');
  appendFileSync(at.file('readout-2.log'), 'rt\n');
  await world.out.shows('one part\n');
  // A log so small that the next word is too much for it.
  using log = openLog(at.file('readout-2.log'), 10);
  log.write('turned over\n');
  await world.out.shows('turned over\n');
  writeFileSync(at.file('readout-2.log'), 'anew\n');
  await world.out.shows('anew\n');
  world.interrupt();
  expect(await following).toBe(130);
  expect(world.out.text()).toBe('line 60\none part\nturned over\nanew\n');
});

test.each([
  [
    'logs readout-3',
    'has no log of "readout-3" (did you mean "readout-2"?); there are coordinator, readout-2, readout-10',
  ],
  ['logs ../readout-2', 'has no log of "../readout-2"'],
  ['logs readout-10 --sidecar', 'has no log of a sidecar of "readout-10"'],
  [
    'logs readout-2 --directory elsewhere',
    'there are no logs in elsewhere/logs: they are kept where baton up runs',
  ],
  ['logs readout-2 --lines 0', 'want an integer in 1..1000000'],
  ['logs readout-2 -n 5', 'the number of lines is --lines'],
])('baton %s is a mistake of usage', async (line, words) => {
  using at = place();
  const { code, out, err } = await run(at.world(), line);
  expect(err).toContain(words);
  expect({ code, out }).toEqual({ code: 2, out: '' });
});
