// The logs that `baton up` keeps, read back: what each child said, and when its lives began and ended.

import { existsSync, readFileSync } from 'node:fs';

export type Entry = {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** A line of the child; or words of `baton up` on the beginning and the end of a life. */
  readonly kind: 'said' | 'began' | 'ended';
  readonly words: string;
  /** Fields of a line that the child said. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** UID of the pod that it is of, where several have the same name one after the other, or side by side. */
  readonly pod?: string;
};

/** The entries of one log, oldest first; lines that are no JSON are left out. */
export function readLog(path: string): readonly Entry[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => entryOf(line) ?? []);
}

function entryOf(line: string): Entry | undefined {
  const frame = /^---- (\S+) (.*)$/.exec(line);
  if (frame !== null) {
    const [, time = '', words = ''] = frame;
    const kind = /\(pid \d+\)$/.test(words) ? 'began' : 'ended';
    return { atMs: Date.parse(time), kind, words, fields: {} };
  }
  return entryOfLine(line);
}

/** One JSON line of a log; undefined when it is none. */
export function entryOfLine(line: string): Entry | undefined {
  const fields = parse(line);
  if (fields === undefined) return undefined;
  return { atMs: Number(fields['time']), kind: 'said', words: String(fields['msg']), fields };
}

function parse(line: string): Entry['fields'] | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch (error) {
    // A child that was killed may leave half a line.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
