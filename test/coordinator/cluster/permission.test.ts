// Who may command, decided with plain data: what the API server answers is given.

import { Metadata } from '@grpc/grpc-js';
import { beforeEach, expect, test, vi } from 'vitest';
import { AUDITED_LENGTH_MAX, AUDITED_MAX, auditedArguments } from '../../../coordinator/api/audit.ts';
import type { Verb } from '../../../coordinator/api/verbs.ts';
import { KubeFault } from '../../../coordinator/cluster/client/fault.ts';
import { identityOf } from '../../../coordinator/cluster/permission/ask.ts';
import { creditOf, PERSON_LENGTH_MAX } from '../../../coordinator/cluster/permission/credit.ts';
import { Door } from '../../../coordinator/cluster/permission/door.ts';
import {
  type Caller,
  Permission,
  TOKEN_LENGTH_MAX,
} from '../../../coordinator/cluster/permission/permission.ts';
import {
  ALLOWED_MS,
  ASK_AGAIN_MS,
  ASKED_AT_ONCE_MAX,
  AWAY_MS,
  DENIED_MS,
  REVIEWS_MAX,
  Reviews,
} from '../../../coordinator/cluster/permission/reviews.ts';
import { missingRight } from '../../../coordinator/cluster/permission/words.ts';
import type { ObjectName } from '../../../coordinator/cluster/resources/metadata.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';

let nowMs = 0;
beforeEach(() => {
  nowMs = 0;
});

const reviews = () => new Reviews<string>({ nowMs: () => nowMs, isAllowed: (answer) => answer === 'yes' });

/** Answers with these words, one after the other. */
const answering = (...words: readonly (string | Error)[]) => {
  const left = [...words];
  return vi.fn(async () => {
    const word = left.shift() ?? 'nothing is left to say';
    if (word instanceof Error) throw word;
    return word;
  });
};

const away = new KubeFault('unreachable', 'create tokenreviews: the API server cannot be reached');

test('a yes counts for a while, and a no for less', async () => {
  const known = reviews();
  const ask = answering('yes', 'no', 'yes');
  expect([await known.get('a', ask), await known.get('a', ask)]).toEqual(['yes', 'yes']);
  nowMs = ALLOWED_MS - 1;
  expect(await known.get('a', ask)).toBe('yes');
  expect(ask).toHaveBeenCalledTimes(1);
  // What was taken back counts no longer than that.
  nowMs = ALLOWED_MS;
  expect(await known.get('a', ask)).toBe('no');
  nowMs += DENIED_MS - 1;
  expect(await known.get('a', ask)).toBe('no');
  nowMs += 1;
  expect(await known.get('a', ask)).toBe('yes');
  expect(ask).toHaveBeenCalledTimes(3);
  expect(known.size).toBe(1);
});

test('while nobody answers a yes goes on for a while, a no does not, and nobody new comes in', async () => {
  const known = reviews();
  await known.get('crew', answering('yes'));
  await known.get('stranger', answering('no'));
  nowMs = ALLOWED_MS;
  expect(await known.get('crew', answering(away))).toBe('yes');
  await expect(known.get('stranger', answering(away))).rejects.toBe(away);
  await expect(known.get('new', answering(away))).rejects.toBe(away);
  // What has just not answered is left in peace.
  const ask = answering('yes');
  await expect(known.get('new', ask)).rejects.toBe(away);
  expect(ask).not.toHaveBeenCalled();
  nowMs += ASK_AGAIN_MS;
  expect(await known.get('new', ask)).toBe('yes');
  nowMs = AWAY_MS;
  await expect(known.get('crew', answering(away))).rejects.toBe(away);
});

test('what it refuses is not taken for its absence', async () => {
  const known = reviews();
  await expect(known.get('odd', answering(new KubeFault('invalid', 'odd')))).rejects.toThrow('odd');
  expect(await known.get('other', answering('yes'))).toBe('yes');
});

test('the same is asked once at a time, and not too much at once', async () => {
  const known = reviews();
  const { promise, resolve } = Promise.withResolvers<string>();
  const ask = vi.fn(() => promise);
  const both = [known.get('a', ask), known.get('a', ask)];
  const others = Array.from({ length: ASKED_AT_ONCE_MAX - 1 }, (_, at) => known.get(`b${at}`, ask));
  await expect(known.get('one more', ask)).rejects.toMatchObject({ code: 'LIMIT' });
  resolve('yes');
  expect(await Promise.all(both)).toEqual(['yes', 'yes']);
  await Promise.all(others);
  expect(ask).toHaveBeenCalledTimes(ASKED_AT_ONCE_MAX);
  expect(await known.get('one more', ask)).toBe('yes');
});

test('so much is remembered and no more; a flood of noes takes no yes away', async () => {
  const known = reviews();
  await known.get('crew', answering('yes'));
  for (let at = 0; at < REVIEWS_MAX + 10; at++) await known.get(`no${at}`, answering('no'));
  expect(known.size).toBe(REVIEWS_MAX + 1);
  const ask = answering('no');
  expect(await known.get('crew', ask)).toBe('yes');
  for (let at = 0; at < REVIEWS_MAX; at++) await known.get(`yes${at}`, answering('yes'));
  expect(known.size).toBe(2 * REVIEWS_MAX);
  expect(await known.get('crew', ask)).toBe('no');
});

const review = (status: object) => identityOf({ status }, 'secret');

test('a token counts only when it is meant for us, and is never told on', () => {
  const user = { username: 'alice', groups: ['crew'] };
  expect(review({ authenticated: true, audiences: ['baton.dev'], user })).toMatchObject({
    kind: 'known',
    person: { name: 'alice', groups: ['crew'], extra: {} },
  });
  // An API server of old days says nothing of audiences: it is a token for itself.
  expect(review({ authenticated: true, user })).toMatchObject({ kind: 'unknown' });
  expect(review({ authenticated: true, audiences: ['vault'], user })).toMatchObject({ kind: 'unknown' });
  expect(review({ authenticated: true, audiences: ['baton.dev'], user: { username: '' } })).toMatchObject({
    kind: 'unknown',
  });
  expect(review({ error: 'invalid token secret!' })).toEqual({ kind: 'unknown', why: 'invalid token …!' });
  expect(review({})).toEqual({ kind: 'unknown', why: 'it is not valid' });
});

test('what cannot be a token is asked about at nobody', async () => {
  const create = vi.fn();
  const permission = new Permission({ create }, () => ({ monotonicMs: 0, wallMs: 0 }));
  for (const text of ['', 'a b', 'a\nb', 'x'.repeat(TOKEN_LENGTH_MAX + 1)])
    await expect(permission.identify(text)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  expect(create).not.toHaveBeenCalled();
});

test('who is authenticated comes first in the record, whatever they call themselves', () => {
  expect(creditOf('alice', 'crew')).toBe('alice (as crew)');
  expect(creditOf('alice', '')).toBe('alice');
  expect(creditOf('alice', 'alice')).toBe('alice');
  expect(creditOf('alice', 'bob (as bob)')).toBe('alice (as bob (as bob))');
  const long = 'x'.repeat(PERSON_LENGTH_MAX);
  expect(creditOf(long, '')).toBe(long);
  const [one, other] = [creditOf(`${long}1`, ''), creditOf(`${long}2`, '')];
  expect(one).toHaveLength(PERSON_LENGTH_MAX);
  expect(one).not.toBe(other);
});

test('a refusal says what is missing, and how it is granted', () => {
  const told = (person: string) => {
    const { message, facts } = missingRight({ person, verb: 'operate', namespace: 'daq', name: 'mini' });
    return [message, facts['next']];
  };
  expect(told('alice')).toEqual([
    'alice may not operate partition daq/mini: the verb operate on partitions/control of baton.dev in namespace daq is missing; nothing was done',
    'whoever administers namespace daq grants it: kubectl create rolebinding baton-operator-binding --namespace daq --clusterrole baton-operator --user alice',
  ]);
  expect(told('system:serviceaccount:ops:crew')[1]).toContain('--serviceaccount ops:crew');
  // Somebody will paste it into a shell.
  expect(told("a'; rm -rf /")[1]).toContain(`--user 'a'\\''; rm -rf /'`);
});

/** May do what stands there as `verb namespace/name`; with a fault nobody can be asked. */
function doorFor(
  rights: readonly (string | KubeFault)[],
  partitions: readonly string[],
  requireAll: () => void = () => undefined,
): Door {
  const may = async (_: Caller, verb: Verb, { namespace, name }: ObjectName) => {
    const fault = rights.find((right) => right instanceof KubeFault);
    if (fault !== undefined) throw fault;
    return rights.includes(`${verb} ${namespace}/${name}`);
  };
  return new Door({
    requireAll,
    permission: {
      identify: async (token) => callerOf(token),
      may,
      require: async (caller, verb, where) => {
        if (!(await may(caller, verb, where)))
          throw missingRight({ ...where, verb, person: caller.person.name });
      },
      viewable: async (caller, all) => {
        const seen = await Promise.all(all.map((one) => may(caller, 'view', one)));
        return all.filter((_, at) => seen[at]);
      },
    },
    partitions: () =>
      partitions.map((full) => {
        const [namespace = '', name = ''] = full.split('/');
        return { namespace, name };
      }),
  });
}

const callerOf = (name: string): Caller => ({
  person: { name, uid: '', groups: [], extra: {} },
  digest: name,
});
const ALICE = callerOf('alice');

test('fewer words than the full name mean only what may be viewed, and become the full name', async () => {
  const door = doorFor(['view a/daq', 'operate a/daq'], ['a/daq', 'b/daq', 'b/other']);
  for (const partition of ['', 'daq', 'a/', 'a/daq'])
    expect(await door.admit(ALICE, 'Cancel', { partition, operationId: 'x' })).toEqual({
      partition: 'a/daq',
      operationId: 'x',
    });
  for (const partition of ['other', 'b/', 'nowhere']) {
    const refused = await door.admit(ALICE, 'Watch', { partition }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'UNKNOWN_PARTITION' });
    expect(String(refused)).not.toMatch(/\bb\/(daq|other),|did you mean/);
  }
  await expect(door.admit(ALICE, 'Watch', { partition: 'b/daq' })).rejects.toMatchObject({
    code: 'NOT_ALLOWED',
  });
});

test('a method that nobody thought of, and one without the verb, go no further', async () => {
  const door = doorFor(['view a/daq'], ['a/daq']);
  await expect(door.admit(ALICE, 'Erase', { partition: 'a/daq' })).rejects.toMatchObject({
    code: 'NOT_ALLOWED',
    message: 'Erase is for nobody',
  });
  for (const partition of ['a/daq', 'daq', ''])
    await expect(door.admit(ALICE, 'Scale', { partition })).rejects.toMatchObject({
      message: expect.stringContaining('alice may not operate partition a/daq'),
    });
});

test('a right to view that is taken back ends a stream; a command that was begun, and an API server that is away, do not', async () => {
  const rights = ['view a/daq', 'operate a/daq'];
  const door = doorFor(rights, ['a/daq']);
  const admitted = await door.admit(ALICE, 'Watch', { partition: '' });
  await door.readmit(ALICE, 'Watch', admitted);
  rights.length = 0;
  await expect(door.readmit(ALICE, 'Watch', admitted)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  await door.readmit(ALICE, 'Scale', { partition: 'a/daq' });
  await doorFor([away], ['a/daq']).readmit(ALICE, 'Watch', admitted);
});

test('whether a partition is there is told to who may view it, and else only to who would', async () => {
  const door = doorFor(['view a/daq', 'view a/gone'], ['a/daq']);
  await expect(door.admit(ALICE, 'Watch', { partition: 'a/gone' })).rejects.toMatchObject({
    code: 'UNKNOWN_PARTITION',
  });
  await expect(door.admit(ALICE, 'Watch', { partition: 'c/none' })).rejects.toMatchObject({
    code: 'NOT_ALLOWED',
  });
  // A coordinator that leads nothing yet says so.
  await expect(doorFor([], []).admit(ALICE, 'Watch', { partition: '' })).rejects.toMatchObject({
    code: 'UNKNOWN_PARTITION',
  });
});

test('what is not listed yet is not said to be absent', async () => {
  const begins = new RunControlError('NO_LEADER', 'begins to lead');
  const door = doorFor(['view a/daq', 'view b/daq'], ['a/daq'], () => {
    throw begins;
  });
  for (const partition of ['b/daq', 'dak', 'b/'])
    await expect(door.admit(ALICE, 'Watch', { partition })).rejects.toBe(begins);
  await expect(door.admit(ALICE, 'Watch', { partition: 'c/daq' })).rejects.toMatchObject({
    code: 'NOT_ALLOWED',
  });
  expect(await door.admit(ALICE, 'Watch', { partition: 'daq' })).toEqual({ partition: 'a/daq' });
});

test('lists are narrowed to what may be viewed', async () => {
  const door = doorFor(['view a/daq'], ['a/daq', 'b/daq']);
  const answer = {
    partitions: [
      { namespace: 'a', name: 'daq', state: 'idle' },
      { namespace: 'b', name: 'daq' },
    ],
  };
  expect(await door.narrow(ALICE, { method: 'ListPartitions', request: {}, answer })).toEqual({
    partitions: [{ namespace: 'a', name: 'daq', state: 'idle' }],
  });
});

test('who may nothing is told so of whatever they ask about, and by whom it would be granted', async () => {
  const describe = async (partition: string) => {
    const request = { partition };
    const answer = { name: '', partition: '', permissions: [] };
    return doorFor(['view b/daq'], ['a/daq']).narrow(ALICE, { method: 'GetCaller', request, answer });
  };
  const no = (verb: string, namespace: string) => ({
    verb,
    allowed: false,
    grant: expect.stringContaining(`--namespace ${namespace} `),
  });
  const none = (namespace: string) => ['view', 'operate', 'force'].map((verb) => no(verb, namespace));
  expect(await describe('a/daq')).toEqual({ name: 'alice', partition: 'a/daq', permissions: none('a') });
  expect(await describe('a/')).toEqual({ name: 'alice', partition: 'a/', permissions: none('a') });
  expect(await describe('daq')).toEqual({ name: 'alice', partition: '', permissions: none('NAMESPACE') });
  expect(await describe('b/daq')).toMatchObject({
    permissions: [{ verb: 'view', allowed: true, grant: '' }, {}, {}],
  });
});

test('the token is one header of that form, and does not stay in it', async () => {
  const door = doorFor([], []);
  const identify = (...values: readonly string[]) => {
    const metadata = new Metadata();
    for (const value of values) metadata.add('authorization', value);
    return door.identify(metadata).finally(() => expect(metadata.get('authorization')).toEqual([]));
  };
  expect((await identify('Bearer alice')).person.name).toBe('alice');
  expect((await identify('bearer  alice')).person.name).toBe('alice');
  for (const wrong of [[], ['alice'], ['Basic alice'], ['Bearer '], ['Bearer a', 'Bearer b']])
    await expect(identify(...wrong)).rejects.toBeInstanceOf(RunControlError);
});

test('of arguments what looks like a secret is left out, and the rest is bounded', () => {
  expect(auditedArguments('{"rate":5,"dry":true,"db_password":"x","apiKey":"y","AccessToken":"z"}')).toEqual({
    rate: 5,
    dry: true,
    db_password: '…',
    apiKey: '…',
    AccessToken: '…',
  });
  const long = auditedArguments(JSON.stringify({ text: 'x'.repeat(AUDITED_LENGTH_MAX + 1) }));
  expect(long).toEqual({ text: `${'x'.repeat(AUDITED_LENGTH_MAX)}…` });
  const many = Object.fromEntries(Array.from({ length: AUDITED_MAX + 1 }, (_, at) => [`a${at}`, at]));
  expect(Object.keys(auditedArguments(JSON.stringify(many)) ?? {})).toHaveLength(AUDITED_MAX);
  expect(auditedArguments('{not json')).toBeUndefined();
});
