// A row and a snapshot as one line of text each. What is long is deflated: an object of the API server has little
// room, and what a journal repeats most are names.

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Row, SnapshotRow } from '../store.ts';

/** A shorter text is left as it is, for people to read, in characters. */
const PLAIN_LENGTH_MAX = 1_024;

/** Nothing that Baton writes is longer, so it is not ours; in bytes. */
const INFLATED_BYTES_MAX = 128 * 1_024 * 1_024;

/** Where a row has who appended it, a snapshot has the checksum of its last record. */
const LINE = /^(\d+) (\d+) (\d+) (\S+) ([0-9a-f]{16}) (plain|deflate) (.*)$/s;

/** `index epoch format appendId checksum plain|deflate record`. */
export function lineOfRow({ index, epoch, format, appendId, checksum, record }: Row): string {
  return `${index} ${epoch} ${format} ${appendId} ${checksum} ${packed(record)}`;
}

/** `index epoch format chain checksum plain|deflate state`. */
export function lineOfSnapshot({ index, epoch, format, chain, checksum, state }: SnapshotRow): string {
  return `${index} ${epoch} ${format} ${chain} ${checksum} ${packed(state)}`;
}

/** Undefined when `line` is no row. */
export function rowOfLine(line: string): Row | undefined {
  const parts = partsOf(line);
  if (parts === undefined) return undefined;
  const { index, epoch, format, fourth: appendId, checksum, text: record } = parts;
  return { index, epoch, format, appendId, checksum, record };
}

/** Undefined when `line` is no snapshot. */
export function snapshotOfLine(line: string): SnapshotRow | undefined {
  const parts = partsOf(line);
  if (parts === undefined) return undefined;
  const { index, epoch, format, fourth: chain, checksum, text: state } = parts;
  return { index, epoch, format, chain, checksum, state };
}

/** Who appended a row, without unpacking it; undefined when `line` is no row. */
export function appendIdOf(line: string): string | undefined {
  return LINE.exec(line)?.[4];
}

function partsOf(line: string) {
  const [, index, epoch, format, fourth = '', checksum = '', form, body = ''] = LINE.exec(line) ?? [];
  if (form === undefined) return undefined;
  const text = form === 'plain' ? body : inflated(body);
  if (text === undefined) return undefined;
  return { index: Number(index), epoch: Number(epoch), format: Number(format), fourth, checksum, text };
}

function packed(text: string): string {
  if (text.length <= PLAIN_LENGTH_MAX) return `plain ${text}`;
  return `deflate ${deflateRawSync(text).toString('base64')}`;
}

/** Undefined for what was never deflated: somebody has changed it. */
function inflated(body: string): string | undefined {
  try {
    const bytes = inflateRawSync(Buffer.from(body, 'base64'), { maxOutputLength: INFLATED_BYTES_MAX });
    return bytes.toString('utf8');
  } catch {
    return undefined;
  }
}
