import { expect, test } from 'vitest';
import { COMMANDS, calledAs, wordsOf } from '../../coordinator/cli/called.ts';
import { startFake } from './fakeCoordinator.ts';
import { fakeWorld, run } from './fakeWorld.ts';

test('the program is known by the names under which it is installed', () => {
  const named = COMMANDS.map((name) => [calledAs(`/usr/bin/${name}`), wordsOf(`/usr/bin/${name}`, ['send'])]);
  expect(named).toEqual([
    ['baton', ['send']],
    ['kubectl baton', ['send']],
    ['kubectl baton', ['complete', '--directive', '--', 'send']],
  ]);
  expect(calledAs('/checkout/coordinator/cli/baton.ts')).toBe('baton');
});

test('as a plugin of kubectl it says what to type', async () => {
  const world = () => ({ ...fakeWorld('127.0.0.1:1'), calledAs: 'kubectl baton' as const });
  expect((await run(world(), 'help send')).out).toContain('Usage: kubectl baton send [options] <name>');
  expect((await run(world(), 'statsu')).err).toContain('next: kubectl baton --help\n');
});

test('kubectl is told what to do with the words', async () => {
  await using fake = await startFake();
  const told = async (words: string) =>
    (await run(fakeWorld(fake.address), `complete --directive -- ${words}`)).out;
  expect(await told('goto run')).toMatch(/^running\t.*\n:4\n$/);
  expect(await told('send start trigger')).toMatch(/^trigger_rate=\t.*\n:6\n$/);
  expect(await told('up -f par')).toBe(':0\n');
  expect(await told('nothing')).toBe(':4\n');
});
