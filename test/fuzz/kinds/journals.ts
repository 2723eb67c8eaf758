// Journals: rows whose chain of checksums holds around odd records, and files with odd bytes.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { partitionView } from '../../../coordinator/api/view.ts';
import { decide, initialCore } from '../../../coordinator/core/core.ts';
import { apply, emptyJournal } from '../../../coordinator/core/journal-state.ts';
import type { JournalState } from '../../../coordinator/core/model/journal.ts';
import { FORMAT_VERSION } from '../../../coordinator/journal/journal.ts';
import { beginOf, replay, rowChecksum, snapshotChecksum } from '../../../coordinator/journal/replay.ts';
import { openSqliteJournal } from '../../../coordinator/journal/sqlite.ts';
import type { Row, SnapshotRow } from '../../../coordinator/journal/store.ts';
import type { RunControlError } from '../../../protos/failure/trouble.ts';
import { partitionOf } from '../../coordinator/rig.ts';
import { STORED } from '../../journal/stored.ts';
import { STORY } from '../../journal/story.ts';
import type { Dice } from '../dice.ts';
import { mutateBytes, mutateText, mutateValue } from '../mutate.ts';
import { memoryDirectory } from '../room.ts';
import { acceptOrReject, Finding, type Subject } from '../subject.ts';

const PATH = '/var/lib/baton/journal';
const partition = partitionOf(2);

export async function journals(): Promise<Subject> {
  const directory = memoryDirectory();
  const bytes = readFileSync(`${STORED}0.1.0-records.db`);
  const snapshot = JSON.parse(readFileSync(`${STORED}0.1.0-snapshot.json`, 'utf8')).state as JournalState;
  return {
    attempt: async (dice, trace) => {
      if (dice.chance(0.25)) return tryFile(spoil(dice, bytes), directory.file('journal'));
      const rows = rowsOf(dice, trace);
      const row = dice.chance(0.3) ? snapshotOf(dice, { snapshot, trace }) : undefined;
      return acceptOrReject(
        'STORAGE',
        () => lead(row === undefined ? replay(PATH, undefined, rows).state : beginOf(PATH, row).state),
        checkSentence,
      );
    },
    [Symbol.asyncDispose]: async () => directory[Symbol.dispose](),
  };
}

/** Mostly a few bytes in place: SQLite itself finds most of what changes a length. */
function spoil(dice: Dice, bytes: Buffer): Buffer {
  if (dice.chance(0.3)) return mutateBytes(dice, bytes);
  const spoilt = Buffer.from(bytes);
  for (let flips = dice.below(4); flips >= 0; flips -= 1) spoilt[dice.below(spoilt.length)] = dice.below(256);
  return spoilt;
}

/** The file, and what to do; of a record its number. */
function checkSentence({ message }: RunControlError): void {
  if (!message.includes(PATH) && !message.includes('baton-fuzz-')) throw new Finding(`no path: ${message}`);
  if (!message.includes('; ')) throw new Finding(`nothing to do: ${message}`);
  if (message.includes('nothing was told as done that is not durable; mend it')) {
    throw new Finding(`an error that nobody explained: ${message}`);
  }
}

/** The rows of the story with some records changed, under a chain of checksums that holds. */
function rowsOf(dice: Dice, trace: (line: string) => void): readonly Row[] {
  const changedAt = dice.below(STORY.length);
  let chain = '';
  let epoch = 0;
  return STORY.map((record, at) => {
    const changed = at === changedAt || dice.chance(0.05) ? mutateValue(dice, record) : record;
    const text = JSON.stringify(changed) ?? 'null';
    epoch = epochAfter(changed, epoch);
    const facts = {
      index: at + 1,
      epoch: dice.chance(0.02) ? dice.below(10) : epoch,
      format: dice.chance(0.02) ? dice.below(4) : FORMAT_VERSION,
      record: dice.chance(0.05) ? mutateText(dice, text) : text,
    };
    if (at === changedAt) trace(`record ${at + 1}: ${facts.record}`);
    chain = rowChecksum(chain, facts);
    return { ...facts, appendId: 'append', checksum: chain };
  });
}

function epochAfter(record: unknown, epoch: number): number {
  const { kind, epoch: next }: { kind?: unknown; epoch?: unknown } = Object(record);
  return kind === 'led' && typeof next === 'number' ? next : epoch;
}

function snapshotOf(
  dice: Dice,
  { snapshot, trace }: { snapshot: JournalState; trace: (line: string) => void },
): SnapshotRow {
  const state = JSON.stringify(mutateValue(dice, snapshot)) ?? 'null';
  trace(`snapshot: ${state}`);
  const row = { index: 14, epoch: snapshot.epoch, format: FORMAT_VERSION, state, chain: '' };
  return { ...row, checksum: snapshotChecksum(row) };
}

/** A coordinator that leads with what was read, and tells it. */
function lead(journal: JournalState): void {
  const core = initialCore(partition, journal);
  partitionView(core, { nowMs: 0, addressOf: () => '' });
  decide(core, { type: 'lead', newJournalId: 'new' }, { monotonicMs: 0, wallMs: 0 });
}

async function tryFile(bytes: Buffer, path: string) {
  for (const part of ['', '-wal', '-shm']) rmSync(`${path}${part}`, { force: true });
  writeFileSync(path, bytes);
  return acceptOrReject(
    'STORAGE',
    async () => {
      await using journal = openSqliteJournal(path);
      const { state, at } = await journal.read();
      // The checksums hold in a journal that nobody has spoilt by design: it is a part of the story.
      const told = STORY.slice(0, at.index).reduce(apply, emptyJournal);
      if (!isDeepStrictEqual(state, told)) throw new Finding('a state that nobody wrote');
      lead(state);
    },
    checkSentence,
  );
}
