// What is left of the last thing that was remembered, cut at every byte: the exact state before it, the exact
// state with it, or a refusal. Nothing else.

import { copyFileSync, existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { openSqliteJournal } from '../../coordinator/journal/sqlite.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { compileMachine } from '../../sidecar/machine/compile.ts';
import { freshMemory } from '../../sidecar/rules/memory.ts';
import { openStateFile, type StateFile, type StateFileOptions } from '../../sidecar/state/file.ts';
import { SLOT_BYTES } from '../../sidecar/state/slot.ts';
import { STORY } from '../journal/story.ts';

/** How each offset ended. `void`: a sidecar says why nothing counts, and begins with another incarnation. */
export type Counts = {
  offsets: number;
  before: number;
  with: number;
  refused: number;
  void: number;
  /** Sentences on what must not be, the first few. */
  readonly wrong: string[];
};

export type Sweep = { readonly name: string; readonly counts: Counts };

const WRONG_TOLD_MAX = 5;
const PAGE_BYTES = 4_096;
const BEFORE = STORY.slice(0, -1);

function counts(): Counts {
  return { offsets: 0, before: 0, with: 0, refused: 0, void: 0, wrong: [] };
}

/** All sweeps, in the empty directory that `file` names files in. */
export async function sweepAll(file: (name: string) => string): Promise<readonly Sweep[]> {
  const log = await sweepLog(file, (bytes, offset) => bytes.subarray(0, offset));
  const zeroed = await sweepLog(file, (bytes, offset) => Buffer.from(bytes).fill(0, offset));
  const main = await sweepMain(file);
  const slots = [0, 1].map((slot) => sweepSlot(file, slot));
  return [
    { name: 'journal, its log cut off', counts: log },
    { name: 'journal, its log torn (zeros from there on)', counts: zeroed },
    { name: 'journal, its file cut off in the page of the last record', counts: main },
    ...(await Promise.all(slots)).flatMap(({ torn, cut }, slot) => [
      { name: `state file, slot ${slot} torn (the bytes of before from there on)`, counts: torn },
      { name: `state file, cut off in slot ${slot}`, counts: cut },
    ]),
  ];
}

type States = { readonly before: string; readonly with: string };

/** The files of a journal whose last append has just been made, as a power cut would leave them. */
async function written(path: string): Promise<{ states: States; logBefore: number }> {
  const journal = openSqliteJournal(path);
  await journal.read();
  const at = await journal.append({ epoch: 0, index: 0 }, BEFORE);
  const before = JSON.stringify(await journal.read());
  const logBefore = statSync(`${path}-wal`).size;
  await journal.append(at, STORY.slice(-1));
  const states = { before, with: JSON.stringify(await journal.read()) };
  for (const part of ['', '-wal']) copyFileSync(`${path}${part}`, `${path}.cut${part}`);
  await journal[Symbol.asyncDispose]();
  return { states, logBefore };
}

async function sweepLog(
  file: (name: string) => string,
  spoil: (bytes: Buffer, offset: number) => Buffer,
): Promise<Counts> {
  const path = file('log.db');
  for (const part of ['', '-wal', '-shm']) rmSync(`${path}${part}`, { force: true });
  const { states, logBefore } = await written(path);
  const image = readFileSync(`${path}.cut`);
  const log = readFileSync(`${path}.cut-wal`);
  const counted = counts();
  for (let offset = logBefore; offset <= log.length; offset += 1) {
    const parts = { '': image, '-wal': spoil(log, offset) };
    await judgeJournal(`${path}.try`, parts, { states, counted, offset });
  }
  return counted;
}

async function sweepMain(file: (name: string) => string): Promise<Counts> {
  const path = file('main.db');
  const { states } = await written(path);
  const image = readFileSync(path);
  const page = Math.floor(image.lastIndexOf(JSON.stringify(STORY.at(-1))) / PAGE_BYTES) * PAGE_BYTES;
  const counted = counts();
  for (let offset = page; offset <= Math.min(page + PAGE_BYTES, image.length); offset += 1) {
    await judgeJournal(`${path}.try`, { '': image.subarray(0, offset) }, { states, counted, offset });
  }
  return counted;
}

type Judged = { readonly states: States; readonly counted: Counts; readonly offset: number };

async function judgeJournal(
  path: string,
  parts: { readonly '': Buffer; readonly '-wal'?: Buffer },
  { states, counted, offset }: Judged,
): Promise<void> {
  for (const part of ['-wal', '-shm']) if (existsSync(`${path}${part}`)) rmSync(`${path}${part}`);
  writeFileSync(path, parts['']);
  if (parts['-wal'] !== undefined) writeFileSync(`${path}-wal`, parts['-wal']);
  counted.offsets += 1;
  try {
    await using journal = openSqliteJournal(path);
    const found = JSON.stringify(await journal.read());
    if (found === states.before) counted.before += 1;
    else if (found === states.with) counted.with += 1;
    else note(counted, `at ${offset}: ${found.slice(0, 200)}`);
  } catch (error) {
    const isRefusal = error instanceof RunControlError && error.code === 'STORAGE';
    // A refusal names the file and what to do.
    if (isRefusal && error.message.includes(path) && error.message.includes('; ')) counted.refused += 1;
    else note(counted, `at ${offset}: ${String(error)}`);
  }
}

async function sweepSlot(
  file: (name: string) => string,
  slot: number,
): Promise<{ torn: Counts; cut: Counts }> {
  const path = file(`state-${slot}`);
  const compiled = compileMachine(minimal);
  const options: StateFileOptions = { path, bootId: 'boot', podUid: 'pod', machineHash: 'hash', compiled };
  // Generation n goes into slot n modulo 2: the last one into the slot that is spoilt.
  const last = 4 + slot;
  const images: Buffer[] = [];
  {
    await using state = openStateFile(options);
    for (let number = 1; number <= last; number += 1) {
      state.write({ ...freshMemory('memory-1'), stateNumber: number });
      images.push(readFileSync(path));
    }
  }
  const [before, whole] = [images.at(-2) ?? Buffer.alloc(0), images.at(-1) ?? Buffer.alloc(0)];
  const { mtime } = statSync(path);
  const [from, to] = [slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES];
  const length = whole.subarray(from, to).findLastIndex((byte) => byte !== 0) + 1;
  const [torn, cut] = [counts(), counts()];
  for (let offset = from; offset <= from + length; offset += 1) {
    const spoilt = Buffer.concat([whole.subarray(0, offset), before.subarray(offset)]);
    for (const [bytes, counted] of [
      [spoilt, torn],
      [whole.subarray(0, offset), cut],
    ] as const) {
      writeFileSync(path, bytes);
      utimesSync(path, mtime, mtime);
      await judgeState(options, { counted, last, offset });
    }
  }
  return { torn, cut };
}

async function judgeState(
  options: StateFileOptions,
  { counted, last, offset }: { counted: Counts; last: number; offset: number },
): Promise<void> {
  counted.offsets += 1;
  await using state: StateFile = openStateFile(options);
  const number = state.memory?.stateNumber;
  if (number === last - 1) counted.before += 1;
  else if (number === last) counted.with += 1;
  // An empty file is a new one.
  else if (number === undefined && (state.why !== undefined || offset === 0)) counted.void += 1;
  else note(counted, `at ${offset}: memory ${number}, ${state.why}`);
}

function note(counted: Counts, sentence: string): void {
  if (counted.wrong.length < WRONG_TOLD_MAX) counted.wrong.push(sentence);
}

/** The sweeps as a table. */
export function sweepTable(sweeps: readonly Sweep[]): string {
  const rows = sweeps.map(({ name, counts: { offsets, before, with: together, refused, void: nothing } }) =>
    [name, offsets, before, together, refused, nothing].join(' | '),
  );
  const head = 'what is cut | offsets | state before it | state with it | refused | void';
  return `| ${[head, '---|--:|--:|--:|--:|--:', ...rows].join(' |\n| ')} |\n`;
}
