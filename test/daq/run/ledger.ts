// A ledger says what a process has done, entry by entry, before anybody else hears of it. Each entry is one
// write(2) on a file opened for appending: it survives the death of the process in the next instant.

import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { RunControlError } from '../../../protos/failure/trouble.ts';

const ENTRY_BYTES = 16;
const CHECK_AT = 12;

/**
 * Three numbers of 32 bits. A readout's: trigger number, CRC of the fragment, bytes of the fragment.
 * A builder's: trigger number, sequence, number of fragments.
 */
export type Entry = readonly [number, number, number];

export class Ledger {
  readonly #descriptor: number;
  entries = 0;

  /** Opens a new ledger. Throws the file system's error; EEXIST when the run has one already. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#descriptor = openSync(path, 'ax');
  }

  /** The entry is in the file (of this kernel, not of the disk) when this returns. Throws when the disk is full. */
  append(entry: Entry): void {
    const bytes = Buffer.allocUnsafe(ENTRY_BYTES);
    entry.forEach((value, index) => {
      bytes.writeUInt32BE(value, index * 4);
    });
    bytes.writeUInt32BE(crc32(bytes.subarray(0, CHECK_AT)), CHECK_AT);
    const written = writeSync(this.#descriptor, bytes);
    if (written !== ENTRY_BYTES)
      throw new RunControlError('STORAGE', 'a ledger entry was cut: is the disk full?');
    this.entries += 1;
  }

  /** Flushes to the disk and closes. */
  close(): void {
    fsyncSync(this.#descriptor);
    closeSync(this.#descriptor);
  }
}

export type LedgerText = {
  readonly entries: readonly Entry[];
  /** Bytes of an entry that was being written when the process died: nobody heard of it. */
  readonly tornBytes: number;
  /** Whole entries whose check is wrong. */
  readonly damaged: number;
};

/** Reads a ledger; throws the file system's error. */
export function readLedger(path: string): LedgerText {
  const bytes = readFileSync(path);
  const entries: Entry[] = [];
  let damaged = 0;
  const whole = bytes.length - (bytes.length % ENTRY_BYTES);
  for (let at = 0; at < whole; at += ENTRY_BYTES) {
    const sound = crc32(bytes.subarray(at, at + CHECK_AT)) === bytes.readUInt32BE(at + CHECK_AT);
    if (sound) entries.push([bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4), bytes.readUInt32BE(at + 8)]);
    else damaged += 1;
  }
  return { entries, tornBytes: bytes.length - whole, damaged };
}
