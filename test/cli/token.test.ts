// Whose token a command shows, where it may go, and when it is renewed.

import { writeFileSync } from 'node:fs';
import { beforeEach, expect, test, vi } from 'vitest';
import { askedToken, issuedOf, TOKEN_SECONDS } from '../../coordinator/cli/token/ask.ts';
import { tokenDialling, tokenSource } from '../../coordinator/cli/token/source.ts';
import { KubeFault } from '../../coordinator/cluster/client/fault.ts';
import type { Dialling } from '../../protos/credentials/dialling.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { startFake } from './fakeCoordinator.ts';
import { fakeWorld, run } from './fakeWorld.ts';

/** A context as the command line makes it. */
function contextOf(flags: object = {}, environment: Record<string, string> = {}) {
  const world = fakeWorld('', { environment });
  const common = { output: 'table', address: undefined, context: undefined, tls: undefined } as const;
  return { world, options: { ...common, insecure: false, timeoutMs: 1_000, plain: true, ...flags } };
}

const AT = { address: '10.0.0.1:7400', source: '--address' };
const IN_CLUSTER = { cluster: {}, source: 'the kubeconfig' };

test('a word on the line comes before the environment, and both before what the coordinator offers', () => {
  const environment = { BATON_TOKEN: 't', BATON_TOKEN_FILE: '/f', BATON_SERVICE_ACCOUNT: 'a/b' };
  expect(tokenSource(contextOf({ tokenFile: 'x' }, environment), AT)).toEqual({
    kind: 'file',
    path: '/nowhere/x',
  });
  expect(tokenSource(contextOf({ asServiceAccount: 'ops/crew' }, environment), AT)).toEqual({
    kind: 'account',
    account: { namespace: 'ops', name: 'crew' },
  });
  expect(tokenSource(contextOf({}, environment), AT)).toEqual({ kind: 'text', token: 't' });
  expect(tokenSource(contextOf({}, { BATON_TOKEN_FILE: '/f' }), AT)).toEqual({ kind: 'file', path: '/f' });
  expect(tokenSource(contextOf({}, { BATON_SERVICE_ACCOUNT: 'a/b' }), AT)).toMatchObject({ kind: 'account' });
  expect(tokenSource(contextOf(), IN_CLUSTER)).toEqual({ kind: 'offered' });
  // Elsewhere nobody has said whose.
  expect(tokenSource(contextOf(), AT)).toEqual({ kind: 'none' });
  for (const flags of [
    { asServiceAccount: 'crew' },
    { asServiceAccount: 'a/b/c' },
    { asServiceAccount: 'a/b', tokenFile: 'x' },
  ])
    expect(() => tokenSource(contextOf(flags), AT)).toThrow('it is not clear whose token to show');
});

const ANYWHERE: Dialling = { kind: 'plaintext', beyond: true };

test('a token leaves this machine in plaintext only when that was said of it', () => {
  expect(() => tokenDialling(contextOf({ insecure: true }), AT, ANYWHERE)).toThrow(
    'will not send your token to another machine in plaintext',
  );
  expect(tokenDialling(contextOf({ insecureToken: true }), AT, ANYWHERE)).toEqual(ANYWHERE);
  expect(tokenDialling(contextOf({}, { BATON_INSECURE_TOKEN: '1' }), AT, ANYWHERE)).toEqual(ANYWHERE);
  expect(tokenDialling(contextOf(), IN_CLUSTER, ANYWHERE)).toEqual(ANYWHERE);
  // Nor to a leader elsewhere of whom somebody here tells.
  const here = { address: '127.0.0.1:7400', source: '--address' };
  expect(tokenDialling(contextOf({ insecure: true }), here, ANYWHERE)).toEqual({
    kind: 'plaintext',
    beyond: false,
  });
});

test('it is refused on the line with what would help', async () => {
  const world = fakeWorld('', { environment: { BATON_TOKEN: 'secret' } });
  const { code, err } = await run(world, '--address 10.0.0.1:7400 --insecure status');
  expect(code).toBe(2);
  expect(err).toContain('--tls DIR, or --insecure-token');
  expect(err).not.toContain('secret');
});

test('each call shows the token as it is then', async () => {
  using folder = temporaryDirectory();
  await using fake = await startFake();
  const file = folder.file('token');
  for (const text of ['one', 'two\n']) {
    writeFileSync(file, text);
    await run(fakeWorld(fake.address), `--token-file ${file} partitions`);
  }
  await run(fakeWorld(fake.address, { environment: { BATON_TOKEN: 'three' } }), 'partitions');
  await run(fakeWorld(fake.address), 'partitions');
  expect(fake.shown).toEqual(['Bearer one', 'Bearer two', 'Bearer three', '']);
  const absent = await run(fakeWorld(fake.address), `--token-file ${folder.file('none')} partitions`);
  expect(absent).toMatchObject({ code: 2, err: expect.stringContaining('cannot read the token in') });
});

test('what one may do is shown, with who grants the rest, and by the exit code', async () => {
  await using fake = await startFake();
  const permissions = [
    { verb: 'view', allowed: true },
    { verb: 'operate', allowed: false, grant: 'bob grants it' },
  ];
  fake.caller = { name: 'alice', partition: 'daq/mini', permissions };
  const say = (line: string) => run(fakeWorld(fake.address), line);
  expect(await say('auth can-i')).toMatchObject({
    code: 1,
    out: 'alice, partition daq/mini\nVERB     ALLOWED\nview     yes\noperate  no\noperate: bob grants it\n',
  });
  expect((await say('auth can-i view')).code).toBe(0);
  expect((await say('auth can-i operate')).code).toBe(1);
  expect((await say('auth can-i eat')).code).toBe(2);
  expect((await say('auth whoami')).out).toBe('alice\n');
  // One that does not know of this verb allows nothing.
  expect((await say('auth can-i force')).code).toBe(1);
});

let nowMs = 0;
beforeEach(() => {
  nowMs = 0;
});

const CREW = { namespace: 'ops', name: 'crew' };
const LOOKER = { namespace: 'ops', name: 'looker' };

const issued = (token: string) => ({
  // Its clock is not ours.
  metadata: { creationTimestamp: '2001-01-01T00:00:00Z' },
  status: { token, expirationTimestamp: '2001-01-01T01:00:00Z' },
});

const asking = (
  create: (where: { readonly name?: string | undefined }) => Promise<unknown>,
  accounts = [CREW],
) =>
  askedToken({
    client: { create: (_, where) => create(where) },
    accounts: async () => accounts,
    nowMs: () => nowMs,
  });

test('a token is asked for once, and renewed well before it ends', async () => {
  const create = vi.fn(async () => issued(`token ${nowMs}`));
  const token = asking(create);
  expect(await Promise.all([token(), token()])).toEqual(['token 0', 'token 0']);
  const { useMs } = issuedOf(issued('x'));
  expect(useMs).toBeLessThan(TOKEN_SECONDS * 1_000);
  nowMs = useMs - 1;
  expect(await token()).toBe('token 0');
  nowMs = useMs;
  expect(await token()).toBe(`token ${useMs}`);
  expect(create).toHaveBeenCalledTimes(2);
});

test('who may not speak for the first may for another; for none, both are told with who grants it', async () => {
  const forbidden = (name = '') =>
    new KubeFault('forbidden', `create serviceaccounts/token ${name}: not allowed`);
  const some = asking(
    async ({ name }) => {
      if (name === 'crew') throw forbidden(name);
      return issued(name ?? '');
    },
    [CREW, LOOKER],
  );
  expect(await some()).toBe('looker');
  const none = asking(
    async ({ name }) => {
      throw forbidden(name);
    },
    [CREW, LOOKER],
  );
  await expect(none()).rejects.toMatchObject({
    code: 'NOT_ALLOWED',
    message: expect.stringMatching(/ops\/crew, ops\/looker.*token crew.*token looker/),
    facts: { next: expect.stringContaining('--namespace ops --role crew-token') },
  });
});

test('trouble is not remembered, and where nobody is asked who they are no token is', async () => {
  let isThere = false;
  const token = asking(async () => {
    if (!isThere) throw new KubeFault('unreachable', 'nobody there');
    return issued('x');
  });
  await expect(token()).rejects.toMatchObject({ code: 'UNREACHABLE' });
  isThere = true;
  expect(await token()).toBe('x');
  const create = vi.fn();
  expect(await asking(create, [])()).toBeUndefined();
  expect(create).not.toHaveBeenCalled();
});
