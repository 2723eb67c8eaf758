// Where the sidecars are. On one machine `baton up` keeps a file; in a cluster informers will take its place.

import { type FSWatcher, readFileSync, type Stats, statSync, watch } from 'node:fs';
import { isIP } from 'node:net';
import { basename, dirname } from 'node:path';
import * as z from 'zod';
import { type Problem, problemLine } from '../../protos/failure/trouble.ts';
import { parseListen } from '../../protos/listen.ts';
import { show } from '../../protos/machine/show.ts';

/** One life of a pod and where its sidecar listens. */
export type Place = {
  /** `host:port` with an IP address; `[v6]:port`. */
  readonly address: string;
  readonly podUid: string;
  /** Another one whenever the sidecar there may listen that did not before; absent: nobody can tell. */
  readonly sign?: string;
  /** It is dialled in plaintext, however the others are: somebody has allowed that by name. */
  readonly isPlaintext?: boolean;
};

export type Places = ReadonlyMap<string, Place>;

/** Where each target is now. Targets without a place are absent. */
export type Discovery = Disposable & {
  places(): Places;
  /** `listener` is called after each change; one listener at a time. */
  onChange(listener: () => void): void;
};

/** Net under fs.watch, which tells nothing on some file systems, in milliseconds. */
const POLL_MS = 1_000;

/** Largest file that is read, in bytes: 10,000 targets take about 1 MB. */
const FILE_BYTES_MAX = 8_388_608;

const POD_UID_LENGTH_MAX = 64;

const schema = z.record(
  z.string().min(1).max(63),
  z.strictObject({
    address: z.string().refine(isDialable, { error: 'an IP address and a port, e.g. 127.0.0.1:4000' }),
    podUid: z.string().min(1).max(POD_UID_LENGTH_MAX),
  }),
);

/**
 * Places from a JSON file `{ "readout-3": { "address": "127.0.0.1:4000", "podUid": "…" } }`, followed as it
 * changes. A missing file means that nothing has a place yet. A malformed one keeps the last good places
 * and is told to `onProblems` once for each change.
 */
export function watchPlacesFile(path: string, onProblems: (problems: readonly Problem[]) => void): Discovery {
  let places: Places = new Map();
  let seen = '';
  let listener = (): void => {};
  const look = (): void => {
    const identity = identityOf(path);
    if (identity === seen) return;
    seen = identity;
    const read = readPlaces(path);
    if (read.problems.length > 0) {
      onProblems(read.problems);
      return;
    }
    places = read.places;
    listener();
  };
  look();
  const watcher = watchDirectory(path, look);
  const poll = setInterval(look, POLL_MS);
  return {
    places: () => places,
    onChange: (next) => {
      listener = next;
    },
    [Symbol.dispose]: () => {
      clearInterval(poll);
      watcher?.close();
    },
  };
}

/** The file is replaced by rename, so its directory is what is watched. */
function watchDirectory(path: string, look: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dirname(path), (_, name) => {
      if (name === null || name === basename(path)) look();
    });
    // The poll goes on without it.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    // No inotify handle left, or no such directory yet: the poll is enough.
    return undefined;
  }
}

function identityOf(path: string): string {
  try {
    const stats: Stats | undefined = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? 'absent' : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
  } catch (error) {
    // Reading it will say so in words; until that changes once is enough.
    return wordsOf(error);
  }
}

/** Reads the file once: its places, or all its problems. */
export function readPlaces(path: string): { places: Places; problems: readonly Problem[] } {
  const read = readText(path);
  if (typeof read !== 'string') return { places: new Map(), problems: read };
  const parsed = schema.safeParse(parseJson(read));
  if (parsed.success) return { places: new Map(Object.entries(parsed.data)), problems: [] };
  const problems = parsed.error.issues.map((issue) => ({
    path: [path, issue.path.join('.')].filter((part) => part !== '').join(' '),
    want: issue.message,
    got: show(valueAt(parseJson(read), issue.path)),
  }));
  return { places: new Map(), problems };
}

/** All problems in one line for a log. */
export function placesTrouble(problems: readonly Problem[]): string {
  return problems.map(problemLine).join('; ');
}

function readText(path: string): string | readonly Problem[] {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return '{}';
    if (stats.size <= FILE_BYTES_MAX) return readFileSync(path, 'utf8');
    return [{ path, want: `at most ${FILE_BYTES_MAX} bytes`, got: `${stats.size}` }];
  } catch (error) {
    return [{ path, want: 'a readable file', got: wordsOf(error) }];
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (held, key) => (typeof held === 'object' && held !== null ? Reflect.get(held, key) : undefined),
    value,
  );
}

function isDialable(text: string): boolean {
  const address = parseListen(text);
  return address !== undefined && address.port > 0 && isIP(address.host) !== 0;
}
