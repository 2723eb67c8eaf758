import { expect, test } from 'vitest';
import type { Target } from '../../coordinator/core/model/partition.ts';
import { type FakeSidecar, fakeSidecar, state, welcome } from './fakeSidecar.ts';
import { placeOf, rig } from './rig.ts';

const READOUT = 'readout-0' as Target;

function disconnectedBecause(words: RegExp) {
  return expect.objectContaining({
    type: 'disconnected',
    target: READOUT,
    cause: expect.stringMatching(words),
  });
}

const token = { operationNumber: 1, step: 0, operationId: 'op' };

test.each<[string, (sidecar: FakeSidecar) => Parameters<FakeSidecar['say']>[0], RegExp]>([
  [
    'an unknown enum',
    () => ({ answer: { token, kind: 99 as 1, state: {} } }),
    /answer\.kind: want one of .*, got 99/,
  ],
  [
    'a refusal without a code',
    () => ({ answer: { token, kind: 2, state: {} } }),
    /answer\.code: want one of/,
  ],
  [
    'an answer without a token',
    () => ({ answer: { kind: 1, state: {} } }),
    /answer\.token: want a token, got nothing/,
  ],
  [
    'an answer without a state',
    () => ({ answer: { token, kind: 1 } }),
    /answer\.state: want a state, got nothing/,
  ],
  ['no message at all', () => ({}), /message: want one that this contract knows/],
  [
    'a strange incarnation',
    (sidecar) => ({ state: state(sidecar, { incarnation: 'x' }) }),
    /state\.incarnation: want/,
  ],
  [
    'a number beyond 2^53',
    (sidecar) => ({ state: state(sidecar, { stateNumber: '18446744073709551615' }) }),
    /state\.stateNumber: want an integer/,
  ],
  [
    'a very long cause',
    (sidecar) => ({ state: state(sidecar, { cause: 'x'.repeat(501) }) }),
    /state\.cause: want at most 500 characters, got 501/,
  ],
  ['a second Welcome', (sidecar) => welcome(sidecar), /sent Welcome twice/],
  ['5 MB', (sidecar) => ({ state: state(sidecar, { cause: 'x'.repeat(5_000_000) }) }), /larger than max/],
])('%s closes the stream with a clear cause, and the next stream works', async (_, message, cause) => {
  await using sidecar = await fakeSidecar();
  using fleet = rig({ places: { [READOUT]: placeOf(sidecar) } });
  await fleet.until('welcome');
  sidecar.say(message(sidecar));
  expect(await fleet.until('disconnected')).toEqual(disconnectedBecause(cause));
  await fleet.until('welcome');
});

test.each<[string, Parameters<typeof welcome>[1], RegExp]>([
  [
    'another contract',
    { contractVersion: 7 },
    /incompatible: it speaks contract 7, this coordinator drives 1 to 1/,
  ],
  ['no contract', { contractVersion: 0 }, /incompatible: it speaks contract 0/],
  ['another target', { target: 'writer-0' }, /is not readout-0 but "writer-0"/],
  ['another pod', { podUid: 'pod-9' }, /is of pod "pod-9", not of "pod-0"/],
  ['no state', { state: null }, /welcome\.state: want a state/],
  ['no machine', { machineHash: '' }, /welcome\.machineHash: want 16 hexadecimal digits, got ""/],
  [
    'the incarnation of another pod',
    { state: { incarnation: 'otherpod.life0000' } },
    /welcome\.state\.incarnation: want one of its pod/,
  ],
])('a Welcome with %s is not taken', async (_, changed, cause) => {
  await using sidecar = await fakeSidecar({
    react: (message, stream, self) => {
      if (message.hello) stream.write(welcome(self, changed));
    },
  });
  using fleet = rig({ places: { [READOUT]: placeOf(sidecar) } });
  expect(await fleet.until('disconnected')).toEqual(disconnectedBecause(cause));
  expect(fleet.events.some((event) => event.type === 'welcome')).toBe(false);
});

test('a sidecar that does not begin with Welcome, and one that refuses, are told with their words', async () => {
  await using rude = await fakeSidecar({
    react: (_, stream) => {
      stream.write({ heartbeat: { stateNumber: 1 } });
    },
  });
  using fleet = rig({ places: { [READOUT]: placeOf(rude) } });
  expect(await fleet.until('disconnected')).toEqual(disconnectedBecause(/did not begin with Welcome/));
  await using refusing = await fakeSidecar({
    podUid: 'pod-1',
    react: (_, stream) => {
      stream.emit('error', { code: 9, details: 'this is writer-0 of partition other' });
    },
  });
  fleet.move({ [READOUT]: placeOf(refusing) });
  await fleet.until(
    'disconnected',
    (event) => 'cause' in event && /this is writer-0 of partition other/.test(event.cause),
  );
});
