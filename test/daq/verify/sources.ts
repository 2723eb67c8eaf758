// Where the verifier finds things: ledgers of the processes, and the file of the run in its two forms.

import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { type LedgerText, readLedger } from '../run/ledger.ts';
import { ledgerFolder, runPaths } from '../run/names.ts';
import { scanFrames } from '../wire/frame.ts';
import { parseMessage, type RecordMessage } from '../wire/messages.ts';
import { readHdf5 } from '../writer/hdf5.ts';

const LEDGER = '.ledger';
const READ_BYTES = 4_194_304;

/** The ledgers of a run by the name of their process; none when the run has no folder. */
export function readLedgers(dataDir: string, run: number): ReadonlyMap<string, LedgerText> {
  const folder = ledgerFolder(dataDir, run);
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  const ledgers = files.filter((file) => file.endsWith(LEDGER));
  return new Map(ledgers.map((file) => [file.slice(0, -LEDGER.length), readLedger(join(folder, file))]));
}

/** The file that holds the run: the HDF5 file if it was closed, else the raw file of a run cut short. */
export function findRunFile(
  dataDir: string,
  run: number,
): { kind: 'hdf5' | 'raw'; path: string } | undefined {
  const { raw, hdf5 } = runPaths(dataDir, run);
  if (existsSync(hdf5)) return { kind: 'hdf5', path: hdf5 };
  return existsSync(raw) ? { kind: 'raw', path: raw } : undefined;
}

export type Found =
  | { readonly kind: 'record'; readonly record: RecordMessage }
  | { readonly kind: 'damage'; readonly count: number }
  | { readonly kind: 'tornTail'; readonly bytes: number };

/** Everything in a run's file. Throws RunControlError STORAGE when it cannot be read. */
export async function* readRunFile(file: { kind: 'hdf5' | 'raw'; path: string }): AsyncGenerator<Found> {
  if (file.kind === 'raw') yield* readRaw(file.path);
  else for await (const record of readHdf5(file.path)) yield { kind: 'record', record };
}

async function* readRaw(path: string): AsyncGenerator<Found> {
  let pending = Buffer.alloc(0);
  for await (const chunk of readChunks(path)) {
    const bytes = Buffer.concat([pending, chunk]);
    const { bodies, corrupt, end } = scanFrames(bytes);
    pending = bytes.subarray(end);
    for (const body of bodies) yield parseBody(body);
    if (corrupt > 0) yield { kind: 'damage', count: corrupt };
  }
  if (pending.length > 0) yield { kind: 'tornTail', bytes: pending.length };
}

async function* readChunks(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) yield chunk;
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new RunControlError('STORAGE', `cannot read ${path}: ${error.message}`, { cause: error });
  }
}

function parseBody(body: Buffer): Found {
  try {
    const message = parseMessage(body);
    return message.kind === 'record' ? { kind: 'record', record: message } : { kind: 'damage', count: 1 };
  } catch (error) {
    if (error instanceof RunControlError) return { kind: 'damage', count: 1 };
    throw error;
  }
}
