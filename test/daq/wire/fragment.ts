// A fragment as the readout makes it. The same bytes travel to the builder and the writer and lie in the
// file, so that its CRC guards the whole way.

import { crc32 } from 'node:zlib';

/** No payload is longer, in bytes. */
export const PAYLOAD_BYTES_MAX = 1_048_576;

const MAGIC = 0x46524147;
const CRC_AT = 28;
const HEAD_BYTES = 32;

export type FragmentHead = {
  readonly run: number;
  /** Number of the trigger record that it belongs to. */
  readonly number: number;
  /** Ordinal of the readout that made it. */
  readonly readout: number;
  /** When the trigger decided, in nanoseconds since 1970. */
  readonly timestampNs: bigint;
};

export type Fragment = FragmentHead & {
  readonly crc: number;
  /** False when the bytes are not those that the readout made. */
  readonly intact: boolean;
};

/** The bytes of a fragment, its CRC-32 over head and payload included. */
export function encodeFragment(head: FragmentHead, payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + payload.length);
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt32BE(head.run, 4);
  bytes.writeUInt32BE(head.number, 8);
  bytes.writeUInt32BE(head.readout, 12);
  bytes.writeBigUInt64BE(head.timestampNs, 16);
  bytes.writeUInt32BE(payload.length, 24);
  bytes.set(payload, HEAD_BYTES);
  bytes.writeUInt32BE(fragmentCrc(bytes), CRC_AT);
  return bytes;
}

/** The fragment in these bytes; undefined when they are too damaged to say whose it is. */
export function parseFragment(bytes: Buffer): Fragment | undefined {
  if (bytes.length < HEAD_BYTES || bytes.readUInt32BE(0) !== MAGIC) return undefined;
  const crc = bytes.readUInt32BE(CRC_AT);
  const whole = bytes.readUInt32BE(24) === bytes.length - HEAD_BYTES;
  return {
    run: bytes.readUInt32BE(4),
    number: bytes.readUInt32BE(8),
    readout: bytes.readUInt32BE(12),
    timestampNs: bytes.readBigUInt64BE(16),
    crc,
    intact: whole && crc === fragmentCrc(bytes),
  };
}

function fragmentCrc(bytes: Buffer): number {
  return crc32(bytes.subarray(HEAD_BYTES), crc32(bytes.subarray(0, CRC_AT)));
}
