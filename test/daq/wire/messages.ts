// What the processes say to each other, and its bytes. One kind byte, then the fields in the order of the
// type; numbers are big-endian.

import { unreachable } from '../../../protos/failure/invariant.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { ByteSink, ByteSource } from './bytes.ts';

/** First words on a link, from both sides: who speaks, whom it wants, and of which DAQ (its data folder). */
export type Hello = {
  readonly kind: 'hello';
  readonly from: string;
  readonly to: string;
  readonly daq: string;
};

/** Trigger to readout: read out this record and send the fragment to that builder. */
export type Decision = {
  readonly kind: 'decision';
  readonly run: number;
  readonly number: number;
  readonly timestampNs: bigint;
  readonly builder: number;
};

/** Readout to builder: bytes of wire/fragment.ts. */
export type FragmentMessage = { readonly kind: 'fragment'; readonly bytes: Buffer };

/** Builder to writer, and a frame of the raw file. */
export type RecordMessage = {
  readonly kind: 'record';
  readonly run: number;
  readonly number: number;
  readonly timestampNs: bigint;
  /** 0, or 1, 2, … for fragments that came after their record had been passed on. */
  readonly sequence: number;
  readonly incomplete: boolean;
  /** How many fragments a complete record has. */
  readonly expected: number;
  readonly fragments: readonly Buffer[];
};

/** Trigger to builder: this run begins, tell your credit. */
export type Ask = { readonly kind: 'ask'; readonly run: number };

/** Builder to trigger: so many more records may be under way to me. */
export type Credit = { readonly kind: 'credit'; readonly run: number; readonly count: number };

/** Writer to builder: so many records are in the file, `credits` of them with sequence 0. */
export type Taken = {
  readonly kind: 'taken';
  readonly run: number;
  readonly records: number;
  readonly credits: number;
};

/** End of run, from each process to the next: so many decisions, fragments or records came before this. */
export type Marker = { readonly kind: 'marker'; readonly run: number; readonly count: number };

/** Last words on a link that is closed on purpose, with nothing under way: its end is no loss. */
export type Bye = { readonly kind: 'bye' };

export type Message =
  | Hello
  | Decision
  | FragmentMessage
  | RecordMessage
  | Ask
  | Credit
  | Taken
  | Marker
  | Bye;

const KIND = {
  hello: 1,
  decision: 2,
  fragment: 3,
  record: 4,
  ask: 5,
  credit: 6,
  taken: 7,
  marker: 8,
  bye: 9,
} as const;

/** A record has no more fragments. */
export const FRAGMENTS_MAX = 1_000;

/** The bytes of a message. */
export function encodeMessage(message: Message): Buffer {
  const sink = new ByteSink().u8(KIND[message.kind]);
  switch (message.kind) {
    case 'hello':
      return sink.text(message.from).text(message.to).text(message.daq).done();
    case 'decision':
      sink.u32(message.run).u32(message.number).u64(message.timestampNs);
      return sink.u32(message.builder).done();
    case 'fragment':
      return sink.blob(message.bytes).done();
    case 'record':
      return encodeRecord(sink, message);
    case 'ask':
      return sink.u32(message.run).done();
    case 'credit':
    case 'marker':
      return sink.u32(message.run).u32(message.count).done();
    case 'bye':
      return sink.done();
    case 'taken':
      return sink.u32(message.run).u32(message.records).u32(message.credits).done();
    default:
      return unreachable(message);
  }
}

/** The message in these bytes. Throws RunControlError MALFORMED. */
export function parseMessage(bytes: Buffer): Message {
  const source = new ByteSource(bytes);
  const message = parseKind(source.u8(), source);
  if (source.left > 0) throw new RunControlError('MALFORMED', `${source.left} bytes after a ${message.kind}`);
  return message;
}

function encodeRecord(sink: ByteSink, record: RecordMessage): Buffer {
  sink.u32(record.run).u32(record.number).u64(record.timestampNs).u32(record.sequence);
  sink
    .u8(record.incomplete ? 1 : 0)
    .u32(record.expected)
    .u32(record.fragments.length);
  for (const fragment of record.fragments) sink.blob(fragment);
  return sink.done();
}

function parseKind(kind: number, source: ByteSource): Message {
  switch (kind) {
    case KIND.hello:
      return { kind: 'hello', from: source.text(), to: source.text(), daq: source.text() };
    case KIND.decision:
      return { kind: 'decision', ...parseStamp(source), builder: source.u32() };
    case KIND.fragment:
      return { kind: 'fragment', bytes: source.blob() };
    case KIND.record:
      return parseRecord(source);
    case KIND.ask:
      return { kind: 'ask', run: source.u32() };
    case KIND.credit:
      return { kind: 'credit', run: source.u32(), count: source.u32() };
    case KIND.marker:
      return { kind: 'marker', run: source.u32(), count: source.u32() };
    case KIND.bye:
      return { kind: 'bye' };
    case KIND.taken:
      return { kind: 'taken', run: source.u32(), records: source.u32(), credits: source.u32() };
    default:
      throw new RunControlError('MALFORMED', `no message has the kind ${kind}`);
  }
}

function parseRecord(source: ByteSource): RecordMessage {
  const stamp = parseStamp(source);
  const part = { sequence: source.u32(), incomplete: source.u8() === 1, expected: source.u32() };
  const count = source.u32();
  if (count > FRAGMENTS_MAX) throw new RunControlError('MALFORMED', `a record of ${count} fragments`);
  const fragments = Array.from({ length: count }, () => source.blob());
  return { kind: 'record', ...stamp, ...part, fragments };
}

function parseStamp(source: ByteSource): Pick<Decision, 'run' | 'number' | 'timestampNs'> {
  return { run: source.u32(), number: source.u32(), timestampNs: source.u64() };
}
