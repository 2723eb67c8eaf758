import { expect, test } from 'vitest';
import { ADDRESSES_MAX } from '../../coordinator/cli/addresses.ts';
import { explain } from '../../coordinator/cli/explain.ts';
import { InvariantViolation } from '../../protos/failure/invariant.ts';
import { RunControlError, type TroubleCode } from '../../protos/failure/trouble.ts';
import { startFake } from './fakeCoordinator.ts';
import { fakeWorld, run } from './fakeWorld.ts';

const told: readonly [TroubleCode, number][] = [
  ['MALFORMED', 2],
  ['REFUSED', 3],
  ['BUSY', 3],
  ['ID_REUSED', 3],
  ['EXPIRED', 3],
  ['UNKNOWN_ID', 3],
  ['UNKNOWN_PARTITION', 3],
  ['LIMIT', 3],
  ['NOT_ALLOWED', 5],
  ['STORAGE', 1],
];

test.each(told)('a coordinator that says %s gives exit code %i and its words', async (code, exit) => {
  await using fake = await startFake();
  fake.onSubmit = () => {
    throw new RunControlError(code, `sentence of ${code}`, {
      problems: [{ path: 'here', want: 'this', got: 'that' }],
    });
  };
  const ended = await run(fakeWorld(fake.address), 'send start');
  expect(ended.code).toBe(exit);
  expect(ended.err).toContain(`baton: sentence of ${code}`);
  expect(ended.err).toContain('here: want this, got that');
  expect(ended.err).toMatch(/^next: .+$/m);
  expect(fake.submitted).toHaveLength(1);
});

test('nobody there gives 4, at once', async () => {
  const { code, err } = await run(fakeWorld('127.0.0.1:1'), 'status');
  expect(code).toBe(4);
  expect(err).toBe(
    'baton: no coordinator answers at 127.0.0.1:1 (BATON_ADDRESS)\n' +
      'now: what goes on goes on without this command\n' +
      'next: start one with: baton up -f partition.yaml, or give its address by --address or BATON_ADDRESS\n',
  );
});

test('of several addresses each is told, and where they come from', async () => {
  const { code, err } = await run(fakeWorld('127.0.0.1:1, 127.0.0.1:2'), 'status');
  expect(code).toBe(4);
  expect(err).toContain(
    'baton: no coordinator leads: no coordinator answers at 127.0.0.1:1 (BATON_ADDRESS); ' +
      'no coordinator answers at 127.0.0.1:2 (BATON_ADDRESS)\n',
  );
});

test('the first that answers is the one, and it is asked first from then on', async () => {
  await using fake = await startFake();
  const { code, out } = await run(fakeWorld(`127.0.0.1:1,${fake.address}`), 'version');
  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining(`server  ${fake.address}`) });
});

test(`${ADDRESSES_MAX} addresses are taken, one more is a mistake`, async () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => `127.0.0.1:${at + 1}`).join();
  expect((await run(fakeWorld(many(ADDRESSES_MAX)), 'status')).code).toBe(4);
  const { code, err } = await run(fakeWorld(many(ADDRESSES_MAX + 1)), 'status');
  expect({ code, err }).toMatchObject({
    code: 2,
    err: expect.stringContaining(`up to ${ADDRESSES_MAX} with`),
  });
});

test.each([
  ['statsu', 'Did you mean status?'],
  ['status --adress 127.0.0.1:1', 'Did you mean --address?'],
  ['send', "missing required argument 'name'"],
  ['status -o xml', 'Allowed choices are table, wide, json, yaml'],
  ['status --timeout soon', 'want a duration'],
  ['operations --limit 0', 'want an integer in 1..256'],
  ['status --address nowhere', '--address: want host:port'],
  ['status extra', 'too many arguments'],
  ['up', "required option '-f, --file"],
])('baton %s is a mistake of usage', async (line, words) => {
  const { code, out, err } = await run(fakeWorld('127.0.0.1:1'), line);
  expect(err).toContain(words);
  expect(err).toContain('next: ');
  expect({ code, out }).toEqual({ code: 2, out: '' });
});

test('help is no mistake', async () => {
  const { code, out } = await run(fakeWorld('127.0.0.1:1'), '--help');
  expect(code).toBe(0);
  await expect(out).toMatchFileSnapshot('../testdata/cli/help.txt');
});

test('help of one command is asked in either way', async () => {
  const asked = await run(fakeWorld('127.0.0.1:1'), 'help send');
  expect(asked).toMatchObject({
    code: 0,
    out: expect.stringContaining('Usage: baton send [options] <name>'),
  });
  expect(await run(fakeWorld('127.0.0.1:1'), 'send --help')).toEqual(asked);
  expect((await run(fakeWorld('127.0.0.1:1'), 'help')).out).toContain('Usage: baton [options] [command]');
});

test('a bug is told without a stack trace', () => {
  const { exit, lines } = explain(new InvariantViolation('waves start in order'));
  expect(exit).toBe(1);
  expect(lines.join('\n')).toContain('waves start in order');
  expect(lines.join('\n')).not.toContain('.ts:');
});

test('what a server says cannot command the terminal', () => {
  const { lines } = explain(new RunControlError('REFUSED', 'no\u001b[2J\r\nreally'));
  expect(lines.slice(0, 2)).toEqual(['baton: no [2J ', 'really']);
});
