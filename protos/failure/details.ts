// google.rpc.Status with BadRequest and ErrorInfo details, as bytes: what gRPC puts beside a status code.
// Written by hand because these three small messages are all we take from googleapis, and no published
// package of ours loads their proto files.

import type { Problem } from './trouble.ts';

/** Domain of every ErrorInfo that Baton sends. */
export const ERROR_DOMAIN = 'baton.dev';

/** Room for details in the trailers: many peers take no more than 8 KiB of headers, base64 adds a third. */
export const DETAILS_BYTES_MAX = 4_096;

const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest';
const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';
const LENGTH_DELIMITED = 2;
const VARINT = 0;
const GOT = ', got ';

export type StatusDetails = {
  readonly status: number;
  readonly sentence: string;
  /** The code of our catalogue. */
  readonly reason: string;
  readonly problems: readonly Problem[];
  /** What a program may act on. */
  readonly facts: Readonly<Record<string, string>>;
};

/**
 * The bytes of a google.rpc.Status. Problems beyond DETAILS_BYTES_MAX are left out and counted in a
 * last one with the path `…`.
 */
export function encodeDetails(details: StatusDetails): Buffer {
  const facts = Object.entries(details.facts).map(([name, value]) => field(3, entry(name, value)));
  const info = Buffer.concat([field(1, details.reason), field(2, ERROR_DOMAIN), ...facts]);
  const anyInfo = field(3, any(ERROR_INFO, info));
  const violations = fittingViolations(details.problems, DETAILS_BYTES_MAX - anyInfo.length - 512);
  const bad = violations.length === 0 ? [] : [field(3, any(BAD_REQUEST, Buffer.concat(violations)))];
  const head = Buffer.concat([varint((1 << 3) | VARINT), varint(details.status)]);
  return Buffer.concat([head, field(2, details.sentence.slice(0, 120)), anyInfo, ...bad]);
}

/** Reads what encodeDetails wrote; undefined when the bytes are no google.rpc.Status with our ErrorInfo. */
export function decodeDetails(bytes: Uint8Array): Omit<StatusDetails, 'status' | 'sentence'> | undefined {
  try {
    const parts = fields(bytes).filter((part) => part.number === 3);
    const anys = parts.map((part) => fields(part.bytes));
    const info = anys.find((each) => text(each, 1) === ERROR_INFO);
    const told = info === undefined ? [] : fields(blob(info, 2));
    const reason = text(told, 1);
    const facts = Object.fromEntries(
      told.flatMap((each) => (each.number === 3 ? [entryOf(each.bytes)] : [])),
    );
    const bad = anys.find((each) => text(each, 1) === BAD_REQUEST);
    const violations = bad === undefined ? [] : fields(blob(bad, 2)).filter((each) => each.number === 1);
    const problems = violations.map((each) => problem(each.bytes));
    return reason === '' ? undefined : { reason, problems, facts };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function fittingViolations(problems: readonly Problem[], bytesMax: number): Buffer[] {
  const fitting: Buffer[] = [];
  let bytes = 0;
  for (const [index, each] of problems.entries()) {
    const encoded = violation(each);
    bytes += encoded.length;
    if (bytes > bytesMax) {
      const left = problems.length - index;
      return [...fitting, violation({ path: '…', want: 'no more problems', got: `${left} more` })];
    }
    fitting.push(encoded);
  }
  return fitting;
}

function violation(each: Problem): Buffer {
  const description = `want ${each.want}${GOT}${each.got}`;
  return field(1, Buffer.concat([field(1, each.path), field(2, description)]));
}

function problem(bytes: Uint8Array): Problem {
  const parts = fields(bytes);
  const description = text(parts, 2).replace(/^want /, '');
  const at = description.indexOf(GOT);
  const want = at === -1 ? description : description.slice(0, at);
  return { path: text(parts, 1), want, got: at === -1 ? '' : description.slice(at + GOT.length) };
}

/** One entry of a map. */
function entry(name: string, value: string): Buffer {
  return Buffer.concat([field(1, name), field(2, value)]);
}

function entryOf(bytes: Uint8Array): readonly [string, string] {
  const parts = fields(bytes);
  return [text(parts, 1), text(parts, 2)];
}

function any(type: string, value: Buffer): Buffer {
  return Buffer.concat([field(1, type), field(2, value)]);
}

function field(number: number, value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([varint((number << 3) | LENGTH_DELIMITED), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}

type Field = { readonly number: number; readonly bytes: Uint8Array };

/** The length-delimited fields of a message; throws RangeError on anything that is none. */
function fields(bytes: Uint8Array): readonly Field[] {
  const found: Field[] = [];
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('the message ends inside a number');
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new RangeError('a number of more than five bytes');
  };
  while (at < bytes.length) {
    const tag = next();
    const size = next();
    if (tag % 8 === VARINT) continue;
    if (tag % 8 !== LENGTH_DELIMITED || at + size > bytes.length) throw new RangeError('not a field we know');
    found.push({ number: Math.floor(tag / 8), bytes: bytes.subarray(at, at + size) });
    at += size;
  }
  return found;
}

function blob(parts: readonly Field[], number: number): Uint8Array {
  return parts.find((part) => part.number === number)?.bytes ?? new Uint8Array();
}

function text(parts: readonly Field[], number: number): string {
  return Buffer.from(blob(parts, number)).toString('utf8');
}
