// Frames: the same on a TCP link and in the writer's raw file.
// A frame is a length (u32), the CRC-32 of the body (u32) and the body; numbers are big-endian.

import { crc32 } from 'node:zlib';
import { assert } from '../../../protos/failure/invariant.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';

/** No body is longer, in bytes. A longer length means that the stream is damaged. */
export const FRAME_BYTES_MAX = 33_554_432;

const HEAD_BYTES = 8;

/** The frame of a body. */
export function encodeFrame(body: Uint8Array): Buffer {
  assert(body.length <= FRAME_BYTES_MAX, 'a frame body is at most FRAME_BYTES_MAX bytes');
  const frame = Buffer.allocUnsafe(HEAD_BYTES + body.length);
  frame.writeUInt32BE(body.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  frame.set(body, HEAD_BYTES);
  return frame;
}

/** Cuts a stream of bytes into frame bodies. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);

  /**
   * The bodies that are complete with these bytes; what is left over waits for the next call.
   * Throws RunControlError MALFORMED on a length beyond FRAME_BYTES_MAX and on a wrong CRC.
   */
  push(chunk: Buffer): readonly Buffer[] {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const { bodies, corrupt, end } = scanFrames(bytes);
    if (corrupt > 0) throw new RunControlError('MALFORMED', 'a frame is damaged: its length or CRC is wrong');
    this.#pending = bytes.subarray(end);
    return bodies;
  }
}

export type Scan = {
  readonly bodies: readonly Buffer[];
  /** Frames whose CRC is wrong, plus one when a length is impossible and the rest cannot be read. */
  readonly corrupt: number;
  /** Where the first incomplete frame begins; the number of bytes when there is none. */
  readonly end: number;
};

/** All frames in these bytes. It never throws: a damaged frame is counted, a torn tail is left. */
export function scanFrames(bytes: Buffer): Scan {
  const bodies: Buffer[] = [];
  let corrupt = 0;
  let at = 0;
  while (at + HEAD_BYTES <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    if (length > FRAME_BYTES_MAX) return { bodies, corrupt: corrupt + 1, end: bytes.length };
    const end = at + HEAD_BYTES + length;
    if (end > bytes.length) break;
    const body = bytes.subarray(at + HEAD_BYTES, end);
    if (crc32(body) === bytes.readUInt32BE(at + 4)) bodies.push(body);
    else corrupt += 1;
    at = end;
  }
  return { bodies, corrupt, end: at };
}
