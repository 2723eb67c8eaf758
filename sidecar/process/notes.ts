// A small file in which an adapter remembers what its process cannot tell. It lies beside the sidecar's memory
// and, like it, is void under another boot of the kernel.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { z } from 'zod';
import { RunControlError } from '../../protos/failure/trouble.ts';

export type Notes<Content> = {
  /** What was noted last; undefined when nothing was, or nothing that counts. */
  readonly now: Content | undefined;
  /** Notes this instead. It has happened when this returns. Throws RunControlError STORAGE. */
  write(content: Content): void;
};

export type NotesOptions<Content> = {
  readonly path: string;
  readonly bootId: string;
  readonly schema: z.ZodType<Content>;
};

/** Opens the notes at `path`; the file is made with the first one. Throws RunControlError STORAGE. */
export function openNotes<Content>(options: NotesOptions<Content>): Notes<Content> {
  const { path, bootId } = options;
  let now = read(options);
  return {
    get now() {
      return now;
    },
    write: (content) => {
      // A rename, so that a sidecar killed in the middle leaves the older notes whole.
      attempt(path, 'write', () => {
        writeFileSync(`${path}.new`, `${JSON.stringify({ bootId, content })}\n`);
        renameSync(`${path}.new`, path);
      });
      now = content;
    },
  };
}

function read<Content>({ path, bootId, schema }: NotesOptions<Content>): Content | undefined {
  const text = attempt(path, 'read', () => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
      throw error;
    }
  });
  const read: { bootId?: unknown; content?: unknown } = Object(parseJson(text));
  return read.bootId === bootId ? schema.safeParse(read.content).data : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function attempt<T>(path: string, verb: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RunControlError('STORAGE', `cannot ${verb} the notes ${path}: ${why}`, { cause });
  }
}
