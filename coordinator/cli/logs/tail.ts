// The end of a log and what is added to it, read from the file and from the one that it was turned over into.

import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { World } from '../world.ts';

/** Bytes that are read at once. */
const CHUNK_BYTES = 65_536;

/** How often a log that is followed is looked at, in milliseconds. */
export const LOOK_MS = 200;

const NEW_LINE = 0x0a;

/** A place in a log from which on it is read. */
export type Reader = Disposable & {
  /** The lines that were completed since the last call, also those of a file that was put in its place. */
  readonly lines: () => readonly string[];
  /** What stands after the last line end. */
  readonly rest: () => string;
};

/** Reads the log at `path` from its last `count` lines on. Throws the file system's error, not for a missing file. */
export function openReader(path: string, count: number): Reader {
  // The older part first: lines may be wanted that stand there.
  const present = openIfThere(path);
  const begin = present === undefined ? undefined : startOfLast(present, count);
  const missing = count - (begin?.lines ?? 0);
  const older = missing > 0 ? openIfThere(`${path}.1`) : undefined;
  const before = older === undefined ? [] : lastLines(older, missing);
  if (older !== undefined) closeSync(older);
  let file = present;
  let at = begin?.offset ?? 0;
  let decoder = new StringDecoder('utf8');
  let rest = '';
  let told = false;
  const advance = (): readonly string[] => {
    if (file === undefined) return [];
    const { text, end } = readFrom(file, at, decoder);
    at = end;
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    return lines;
  };
  return {
    lines: () => {
      const first = told ? [] : before;
      told = true;
      const lines = [...first, ...advance()];
      if (!wasReplaced(path, file, at)) return lines;
      // A file that was turned over is read to its end before the new one is begun.
      const last = rest === '' ? [] : [rest];
      if (file !== undefined) closeSync(file);
      file = openIfThere(path);
      [at, rest, decoder] = [0, '', new StringDecoder('utf8')];
      return [...lines, ...last, ...advance()];
    },
    rest: () => rest,
    [Symbol.dispose]: () => {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

/** The lines of a log as they come, from its last `count` on; ends when the signal aborts. */
export async function* followLines(
  path: string,
  options: { readonly count: number; readonly world: Pick<World, 'sleep'>; readonly signal: AbortSignal },
): AsyncGenerator<readonly string[], void> {
  const { count, world, signal } = options;
  using reader = openReader(path, count);
  while (!signal.aborted) {
    yield reader.lines();
    await world.sleep(LOOK_MS, signal);
  }
}

/** True when another file stands at `path`, or this one was emptied. */
function wasReplaced(path: string, file: number | undefined, at: number): boolean {
  const present = statSync(path, { throwIfNoEntry: false });
  if (present === undefined) return false;
  if (file === undefined) return true;
  return present.ino !== fstatSync(file).ino || present.size < at;
}

function readFrom(file: number, from: number, decoder: StringDecoder): { text: string; end: number } {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let text = '';
  for (let end = from; ; ) {
    const count = readSync(file, chunk, 0, CHUNK_BYTES, end);
    if (count === 0) return { text, end };
    text += decoder.write(chunk.subarray(0, count));
    end += count;
  }
}

/** Where the last `count` lines begin, and how many there are; a last line without an end counts as one. */
function startOfLast(file: number, count: number): { readonly offset: number; readonly lines: number } {
  const { size } = fstatSync(file);
  if (count === 0 || size === 0) return { offset: size, lines: 0 };
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let lines = 0;
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - CHUNK_BYTES);
    readSync(file, chunk, 0, end - start, start);
    for (let at = end - start - 1; at >= 0; at -= 1) {
      // The end of the very last line begins none.
      if (chunk[at] !== NEW_LINE || start + at === size - 1) continue;
      lines += 1;
      if (lines === count) return { offset: start + at + 1, lines };
    }
    end = start;
  }
  return { offset: 0, lines: lines + 1 };
}

function lastLines(file: number, count: number): readonly string[] {
  const { text } = readFrom(file, startOfLast(file, count).offset, new StringDecoder('utf8'));
  return text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n').filter((line) => line !== '');
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
