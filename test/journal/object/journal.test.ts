import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apply, emptyJournal } from '../../../coordinator/core/journal-state.ts';
import type { JournalRecord } from '../../../coordinator/core/model/journal.ts';
import { type Journal, type Position, StaleAppend } from '../../../coordinator/journal/journal.ts';
import { createObjectJournal } from '../../../coordinator/journal/object/journal.ts';
import {
  EMPTY_SPEC,
  parseSpec,
  RECORDS_LENGTH_MAX,
  RECORDS_MAX,
} from '../../../coordinator/journal/object/spec.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { journalContract, led, OPENED, START } from '../contract.ts';
import { type Fate, MemoryObject } from './memory.ts';

/** A handle of the journal in `object`, in which no time passes; and what it has said of its waits. */
function handleOf(object: MemoryObject): {
  readonly journal: Journal;
  readonly waits: string[];
  stop(): void;
} {
  const waits: string[] = [];
  const stopping = new AbortController();
  const journal = createObjectJournal({
    store: object.store,
    onWait: (why) => waits.push(why?.message ?? 'goes on'),
    signal: stopping.signal,
    random: () => 0.5,
    pause: () => Promise.resolve(),
  });
  return { journal, waits, stop: () => stopping.abort() };
}

/** Where the object ends, as its next reader sees it. */
const endOf = (object: MemoryObject) => parseSpec('daq/mini', object.stored?.spec ?? EMPTY_SPEC).end;

journalContract('object', () => {
  const object = new MemoryObject();
  return { open: () => handleOf(object).journal, [Symbol.asyncDispose]: async () => undefined };
});

/** A journal that has led once. */
async function begun(): Promise<{ object: MemoryObject; at: Position } & ReturnType<typeof handleOf>> {
  const object = new MemoryObject();
  const handle = handleOf(object);
  await handle.journal.read();
  const at = await handle.journal.append(START, [OPENED, led(1)]);
  return { object, at, ...handle };
}

test('one append is one write', async () => {
  const { object, journal, at } = await begun();
  await journal.append(at, [led(2), led(3)]);
  expect(object.writes).toBe(2);
});

test.each<[Fate, number]>([
  ['done', 1],
  ['lost', 2],
  ['late', 2],
  ['unreachable', 2],
])(
  'P8: an append whose outcome is unknown and was "%s" is durable once, after %d writes',
  async (fate, writes) => {
    const { object, journal, at, waits } = await begun();
    object.fates.push(fate);
    object.readsLost = 2;
    expect(await journal.append(at, [led(2)])).toEqual({ epoch: 2, index: 3 });
    expect(endOf(object).at).toEqual({ epoch: 2, index: 3 });
    expect(object.writes - 1).toBe(writes);
    expect(waits.at(-1)).toBe('goes on');
    expect(await journal.append({ epoch: 2, index: 3 }, [led(3)])).toEqual({ epoch: 3, index: 4 });
  },
);

test.each<Fate>(['done', 'lost', 'late', 'unreachable'])(
  'P8: the same for the first append of all, "%s"',
  async (fate) => {
    const object = new MemoryObject();
    const { journal } = handleOf(object);
    await journal.read();
    object.fates.push(fate);
    expect(await journal.append(START, [OPENED, led(1)])).toEqual({ epoch: 1, index: 2 });
    expect(endOf(object).at).toEqual({ epoch: 1, index: 2 });
  },
);

test('P8: after an unknown outcome the append of somebody else is not taken for our own', async () => {
  const { object, journal, at } = await begun();
  const other = handleOf(object).journal;
  await other.read();
  object.fates.push('lost');
  object.beforeWrite = () => undefined;
  const ours = journal.append(at, [led(2)]);
  // Word for word the same.
  const theirs = other.append(at, [led(2)]);
  const outcomes = await Promise.allSettled([ours, theirs]);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(endOf(object).at).toEqual({ epoch: 2, index: 3 });
});

test('a change of something else in the object is no line of the journal', async () => {
  const { object, journal, at } = await begun();
  object.touch();
  expect(await journal.append(at, [led(2)])).toEqual({ epoch: 2, index: 3 });
});

test('an object that was taken away is written anew, whole', async () => {
  const { object, journal, at } = await begun();
  object.edit(undefined);
  const next = await journal.append(at, [led(2)]);
  expect(endOf(object)).toMatchObject({ at: next, state: { journalId: 'journal-1', epoch: 2 } });
});

test('P8: taken away and begun by another: stale', async () => {
  const { object, journal, at } = await begun();
  object.edit(undefined);
  const other = handleOf(object).journal;
  await other.read();
  await other.append(START, [{ ...OPENED, journalId: 'journal-2' }, led(1)]);
  await expect(journal.append(at, [led(2)])).rejects.toThrow(StaleAppend);
  expect(endOf(object).state.journalId).toBe('journal-2');
});

test('P8: an old copy in its place: stale, and the next leader goes on from it', async () => {
  const { object, journal, at } = await begun();
  const old = object.stored?.spec;
  const later = await journal.append(at, [led(2)]);
  object.edit(old);
  await expect(journal.append(later, [led(3)])).rejects.toThrow(
    /expected its end at record 3 of epoch 2, found record 2 of epoch 1/,
  );
  const next = handleOf(object).journal;
  expect((await next.read()).at).toEqual(at);
  await next.append(at, [led(3)]);
});

test('one that is told to stop while the API server is away gives up', async () => {
  const { object, journal, at, stop } = await begun();
  object.fates.push(...Array<Fate>(3).fill('unreachable'));
  object.readsLost = 1;
  object.beforeWrite = stop;
  const error = await journal.append(at, [led(2)]).catch((error: unknown) => error);
  expect(error).toMatchObject({ code: 'STOPPING', message: expect.stringContaining('ask the next leader') });
});

test('a wait is told once for each reason', async () => {
  const { object, journal, at, waits } = await begun();
  object.fates.push('unreachable', 'unreachable', 'unreachable', 'lost');
  await journal.append(at, [led(2)]);
  expect(waits).toEqual(['connection refused', 'no answer', 'goes on']);
});

test('many small records give way to a snapshot, but for those of the newest append', async () => {
  const { object, journal } = await begun();
  let at: Position = { epoch: 1, index: 2 };
  for (let epoch = 2; epoch <= RECORDS_MAX + 2; epoch += 1) at = await journal.append(at, [led(epoch)]);
  const { spec } = parseSpec('daq/mini', object.stored?.spec);
  expect(spec.records.length).toBeLessThan(RECORDS_MAX);
  expect(spec.index).toBe(RECORDS_MAX + 3);
  expect(spec.snapshot).toContain('journal-1');
  const again = handleOf(object).journal;
  expect(await again.read()).toEqual(await journal.read());
});

test('long records give way to a snapshot too, before there are many', async () => {
  const { object, journal } = await begun();
  let at: Position = { epoch: 1, index: 2 };
  // Shorter than what is deflated.
  const cause = 'x'.repeat(900);
  const record: JournalRecord = { kind: 'runUnclean', cause };
  const appends = Math.ceil(RECORDS_LENGTH_MAX / cause.length) + 1;
  for (let count = 0; count < appends; count += 1) at = await journal.append(at, [record]);
  const { spec } = parseSpec('daq/mini', object.stored?.spec);
  expect(spec.snapshot).not.toBe('');
  expect(spec.records.join('').length).toBeLessThan(RECORDS_LENGTH_MAX);
});

test('P8: an append that compacts and has an unknown outcome is found again', async () => {
  const { object, journal } = await begun();
  let at: Position = { epoch: 1, index: 2 };
  for (let epoch = 2; epoch <= RECORDS_MAX + 1; epoch += 1) at = await journal.append(at, [led(epoch)]);
  object.fates.push('done');
  const writes = object.writes;
  at = await journal.append(at, [led(RECORDS_MAX + 2)]);
  expect(object.writes).toBe(writes + 1);
  expect(endOf(object).at).toEqual(at);
});

const fate = fc.constantFrom<Fate>('well', 'well', 'unreachable', 'lost', 'done', 'late');

/** What happens next to a journal with two coordinators at it. */
const happening = fc.oneof(
  fc.record({
    what: fc.constant('append' as const),
    who: fc.nat(1),
    count: fc.integer({ min: 1, max: 3 }),
    takenAway: fc.boolean(),
  }),
  fc.record({ what: fc.constant('touch' as const) }),
  fc.record({ what: fc.constant('lose reads' as const), count: fc.integer({ min: 1, max: 3 }) }),
);

/** Two coordinators at one object, and what was told as done. */
class World {
  readonly object = new MemoryObject();
  readonly told: JournalRecord[] = [];
  stale = 0;
  #hands = [0, 1].map(() => ({
    journal: handleOf(this.object).journal,
    at: undefined as Position | undefined,
  }));
  #lastWriter: number | undefined;

  async append(who: number, count: number, takenAway: boolean): Promise<void> {
    const hand = this.#hands[who];
    if (hand === undefined) throw new Error('there are two');
    // Whoever reads a journal that is not there begins anew, and has every right to.
    if (takenAway && hand.at !== undefined && this.#lastWriter === who) this.object.edit(undefined);
    const at = hand.at ?? (await hand.journal.read()).at;
    const more = Array.from({ length: count }, (_, index) => led(this.told.length + index + 1));
    const records = this.told.length === 0 ? [OPENED, ...more] : more;
    try {
      this.#hands[who] = { ...hand, at: await hand.journal.append(at, records) };
      this.told.push(...records);
      this.#lastWriter = who;
    } catch (error) {
      if (!(error instanceof StaleAppend)) throw error;
      // It ends here, and another process takes its place.
      this.stale += 1;
      this.#hands[who] = { journal: handleOf(this.object).journal, at: undefined };
    }
  }
}

test('P8: whatever goes wrong, the journal is one line of the appends that were told as done', async () => {
  let stale = 0;
  let records = 0;
  const property = fc.asyncProperty(
    fc.array(happening, { minLength: 10, maxLength: 40 }),
    fc.array(fate, { minLength: 10, maxLength: 40 }),
    async (happenings, fates) => {
      const world = new World();
      const { object } = world;
      object.fates.push(...fates);
      for (const next of happenings) {
        if (next.what === 'touch') object.touch();
        if (next.what === 'lose reads') object.readsLost += next.count;
        if (next.what !== 'append') continue;
        await world.append(next.who, next.count, next.takenAway);
        // A look lets arrive what is late.
        object.readsLost = 0;
        await object.store.read(new AbortController().signal);
        expect(endOf(object).state).toEqual(world.told.reduce(apply, emptyJournal));
      }
      stale += world.stale;
      records += world.told.length;
    },
  );
  await fc.assert(property, { numRuns: 300 });
  // The world is unkind enough, and not too much.
  expect(stale).toBeGreaterThan(20);
  expect(records).toBeGreaterThan(500);
});

test('what is not ours or is of another release is refused in words, and left alone', async () => {
  const { object, journal, at } = await begun();
  await journal.append(at, [led(2)]);
  const { spec } = parseSpec('daq/mini', object.stored?.spec);
  const [first = '', second = '', third = ''] = spec.records;
  const cases: [unknown, RegExp][] = [
    [{ ...spec, format: 2, later: true }, /has layout 2, this release reads up to 1; start a newer release/],
    [{ ...spec, extra: 1 }, /is damaged: spec\.: Unrecognized key: "extra"/],
    [{ ...spec, records: 'none' }, /is damaged: spec\.records: /],
    [{ ...spec, records: [first, 'by hand', third] }, /spec\.records\[1\] is no record/],
    [{ ...spec, records: [first, third] }, /is damaged: record 2 is missing/],
    [
      { ...spec, records: [first, second] },
      /says that it ends at record 3 of epoch 2, but its last is record 2/,
    ],
    [{ ...spec, epoch: 9 }, /says that it ends at record 3 of epoch 9/],
    [
      { ...spec, records: [first, second.replace('"epoch":1', '"epoch":2'), third] },
      /record 2 does not match/,
    ],
    [{ ...spec, records: [first.replace(/^1 0 1/, '1 0 2'), second, third] }, /record 1 has format 2/],
    [{ ...spec, snapshot: 'x' }, /its snapshot is no snapshot/],
    [{ ...spec, records: [first, second, third.replace('plain', 'deflate')] }, /records\[2\] is no record/],
  ];
  for (const [wrong, words] of cases) {
    object.edit(wrong);
    const before = object.stored;
    const error = await handleOf(object)
      .journal.read()
      .catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RunControlError);
    expect(error).toMatchObject({ code: 'STORAGE', message: expect.stringMatching(words) });
    expect(object.stored).toEqual(before);
  }
});
