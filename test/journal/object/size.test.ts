import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { journalSpecSchema } from '../../../coordinator/cluster/resources/journal.ts';
import type { JournalRecord } from '../../../coordinator/core/model/journal.ts';
import type { Incarnation, Target } from '../../../coordinator/core/model/partition.ts';
import { createObjectJournal } from '../../../coordinator/journal/object/journal.ts';
import {
  ACCEPTED_BYTES_MAX,
  bytesOf,
  OBJECT_BYTES_MAX,
  parseSpec,
} from '../../../coordinator/journal/object/spec.ts';
import { led, OPENED, START } from '../contract.ts';
import { operation, trouble } from '../story.ts';
import { MemoryObject } from './memory.ts';

const TARGETS = 10_000;
const TROUBLES = 1_000;

/** An object with a journal that has led once, and how large it has been. */
async function begun() {
  const object = new MemoryObject();
  const journal = createObjectJournal({
    store: object.store,
    onWait: (why) => {
      throw why;
    },
    signal: new AbortController().signal,
    random: Math.random,
  });
  await journal.read();
  let at = await journal.append(START, [OPENED, led(1)]);
  let largest = 0;
  const append = async (records: readonly JournalRecord[]) => {
    at = await journal.append(at, records);
    largest = Math.max(largest, bytesOf(journalSpecSchema.parse(object.stored?.spec)));
  };
  return { object, journal, append, largest: () => largest };
}

/** Lives of that many targets, which nobody can guess. */
const lives = (count: number) =>
  Array.from({ length: count }, () => randomBytes(8).toString('hex') as Incarnation);

test('operations of ten thousand targets with a thousand troubles each stay within the object', {
  timeout: 120_000,
}, async () => {
  const { journal, append, object, largest } = await begun();
  const troubles = Array.from({ length: TROUBLES }, (_, index) => ({
    ...trouble(`readout-${index * 7}` as Target, 'failed'),
    cause: `hook failed with ${randomBytes(8).toString('hex')}: no such crate, link or board on this host`,
  }));
  for (let number = 101; number <= 112; number += 1) {
    const accepted: JournalRecord = {
      kind: 'accepted',
      operation: operation(number, { incarnations: { readout: lives(TARGETS) }, leftOut: troubles }),
    };
    expect(journal.room?.([accepted])).toBeUndefined();
    await append([accepted]);
    await append([{ kind: 'waveDone', number, step: 0, wave: 0, troubles }]);
    await append([{ kind: 'finished', number, outcome: 'failed', cause: '', atMs: number, unknown: [] }]);
  }
  expect(largest()).toBeLessThan(OBJECT_BYTES_MAX);
  // The room is used, not wasted: what was left out is the detail of old ones.
  expect(largest()).toBeGreaterThan(ACCEPTED_BYTES_MAX / 2);
  const { state } = parseSpec('daq/mini', object.stored?.spec).end;
  expect(state.finished).toHaveLength(12);
  expect(state.finished.map(({ outcome }) => outcome)).toEqual(Array(12).fill('failed'));
});

test('an operation that leaves no room for its end is refused in words; smaller ones are not', async () => {
  const { journal } = await begun();
  const withLabel = (label: string): JournalRecord => ({
    kind: 'accepted',
    operation: operation(101, { command: { kind: 'transition', name: 'conf', arguments: { label } } }),
  });
  const refused = journal.room?.([withLabel(randomBytes(600_000).toString('base64'))]);
  expect(refused?.code).toBe('LIMIT');
  expect(refused?.message).toContain('more than 786432 bytes');
  expect(journal.room?.([withLabel(randomBytes(300_000).toString('base64'))])).toBeUndefined();
});

test('what ends a run may take the room that was left for it, and no more', async () => {
  const { journal, append } = await begun();
  const run = { runNumber: 7, startsRunAt: 0 };
  await append([{ kind: 'accepted', operation: operation(101, run) }]);
  await append([
    { kind: 'waveDone', number: 101, step: 0, wave: 0, troubles: [] },
    { kind: 'finished', number: 101, outcome: 'succeeded', cause: '', atMs: 1, unknown: [] },
  ]);
  const stop = (bytes: number): JournalRecord => {
    const label = randomBytes(bytes).toString('base64');
    const command = { kind: 'transition', name: 'conf', arguments: { label } } as const;
    return { kind: 'accepted', operation: operation(102, { runNumber: 7, endsRunAt: 0, command }) };
  };
  expect(journal.room?.([stop(600_000)])).toBeUndefined();
  expect(journal.room?.([stop(800_000)])?.message).toContain('more than 1048576 bytes');
});

test('a first append that is long by itself is read again', async () => {
  const object = new MemoryObject();
  const open = () =>
    createObjectJournal({
      store: object.store,
      onWait: () => undefined,
      signal: new AbortController().signal,
      random: Math.random,
    });
  const journal = open();
  await journal.read();
  const cause = randomBytes(100_000).toString('base64');
  const at = await journal.append(START, [OPENED, led(1), { kind: 'runUnclean', cause }]);
  expect((await open().read()).at).toEqual(at);
});

test('what can never be kept is refused before it is written', async () => {
  const { append, object } = await begun();
  const before = object.stored;
  const huge = randomBytes(1_000_000).toString('base64');
  await expect(append([{ kind: 'runUnclean', cause: huge }])).rejects.toThrow(
    /would take more than 1048576 bytes, .*; nothing was written/,
  );
  expect(object.stored).toEqual(before);
});
