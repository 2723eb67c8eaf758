// One slot of the state file, as bytes: a header and a text, and whether they are what was written.

import { crc32 } from 'node:zlib';
import { assert } from '../../protos/failure/invariant.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';

/** Size of one slot in bytes; a file has two. The largest memory a machine within its limits makes is 25 KB. */
export const SLOT_BYTES = 32_768;

/** Grows when the text's shape changes; another one is not read. */
export const FORMAT_VERSION = 2;

const MAGIC = 0x4261746f;
/** What stands before the text: magic, format, generation, length, checksum. */
export const HEADER_BYTES = 24;

/** Longest text of a slot, in bytes. */
export const TEXT_BYTES_MAX = SLOT_BYTES - HEADER_BYTES;

/** What a slot holds: nothing yet, something that was not written whole, another format, or a text. */
export type Slot =
  | { readonly kind: 'empty' }
  | { readonly kind: 'torn' }
  | { readonly kind: 'format'; readonly version: number }
  | { readonly kind: 'text'; readonly generation: number; readonly text: string };

/**
 * Writes header and text into `slot` (SLOT_BYTES long) and gives how many bytes of it count. Throws
 * RunControlError LIMIT when the text does not fit.
 */
export function encodeSlot(slot: Buffer, generation: number, text: string): number {
  assert(slot.length === SLOT_BYTES, 'a slot has its full size');
  const length = Buffer.byteLength(text);
  if (length > TEXT_BYTES_MAX) {
    throw new RunControlError(
      'LIMIT',
      `memory of ${length} bytes is larger than the ${TEXT_BYTES_MAX} of a slot`,
    );
  }
  slot.writeUInt32LE(MAGIC, 0);
  slot.writeUInt32LE(FORMAT_VERSION, 4);
  slot.writeUIntLE(generation, 8, 6);
  slot.writeUInt32LE(length, 14);
  slot.writeUInt16LE(0, 18);
  slot.write(text, HEADER_BYTES, 'utf8');
  slot.writeUInt32LE(checksum(slot, length), 20);
  return HEADER_BYTES + length;
}

/** Reads a slot back. */
export function decodeSlot(slot: Buffer): Slot {
  assert(slot.length === SLOT_BYTES, 'a slot has its full size');
  const magic = slot.readUInt32LE(0);
  if (magic === 0 && slot.every((byte) => byte === 0)) return { kind: 'empty' };
  const length = slot.readUInt32LE(14);
  if (magic !== MAGIC || length > TEXT_BYTES_MAX) return { kind: 'torn' };
  if (slot.readUInt32LE(20) !== checksum(slot, length)) return { kind: 'torn' };
  const version = slot.readUInt32LE(4);
  if (version !== FORMAT_VERSION) return { kind: 'format', version };
  const generation = slot.readUIntLE(8, 6);
  // The first one that is written is 1.
  if (generation === 0) return { kind: 'torn' };
  return { kind: 'text', generation, text: slot.toString('utf8', HEADER_BYTES, HEADER_BYTES + length) };
}

/** Over everything but itself: a generation that was torn would bring back an older memory. */
function checksum(slot: Buffer, length: number): number {
  const header = crc32(slot.subarray(0, HEADER_BYTES - 4));
  return crc32(slot.subarray(HEADER_BYTES, HEADER_BYTES + length), header);
}
