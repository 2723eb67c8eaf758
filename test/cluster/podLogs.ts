// What containers have said, each life for itself. The kubelet deletes a pod's logs with the pod: here each file is
// held open from the moment it is seen, so that what was said last is still read.

import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { type Entry, entryOfLine } from '../e2e/logs.ts';

/** How often new files are looked for, in milliseconds: less than a container needs to start. */
const LOOK_MS = 100;

/** Names one life of a container. */
export type Life = {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly container: string;
  /** From 0. */
  readonly restart: number;
};

type Held = Life & { readonly file: number };

export type PodLogs = Disposable & {
  /** Lives of a container of a pod, oldest first; of every pod and container without. */
  lives(of?: Partial<Life>): readonly Life[];
  /** What was said in one life, oldest first. */
  lines(life: Life): readonly string[];
  /**
   * The JSON lines of all lives of a container, oldest first, with an `ended` before each further life and after the
   * last one when its pod is gone.
   */
  entries(of: Partial<Life>): readonly Entry[];
};

/** Follows the log files of some namespaces' pods under these folders, one of each kubelet. */
export function followPodLogs(directories: readonly string[], namespaces: readonly string[]): PodLogs {
  const files = () => directories.flatMap((directory) => [...filesIn(directory, namespaces)]);
  const held = new Map<string, Held>();
  const look = (): void => {
    for (const { path, ...life } of files()) {
      if (!held.has(path)) held.set(path, { ...life, file: openSync(path, 'r') });
    }
  };
  look();
  const timer = setInterval(look, LOOK_MS);
  const livesOf = (of: Partial<Life>): readonly Held[] =>
    [...held.values()].filter((life) => matches(life, of));
  const linesOf = (life: Life): readonly string[] => livesOf(life).flatMap(({ file }) => readLines(file));
  return {
    lives: (of = {}) => livesOf(of),
    lines: linesOf,
    entries: (of) => {
      look();
      const living = new Set(files().map(({ uid }) => uid));
      const told = livesOf(of).map((life) => ({ life, entries: entriesOf(linesOf(life)) }));
      const inOrder = told.toSorted((a, b) => beginOf(a.entries) - beginOf(b.entries));
      return inOrder.flatMap(({ life, entries }, at) => {
        const next = inOrder[at + 1];
        const endMs = next === undefined ? endOf(entries) : beginOf(next.entries) - 1;
        const isOver = next !== undefined || !living.has(life.uid);
        return isOver ? [...entries, ended(Math.max(endMs, endOf(entries)))] : entries;
      });
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      for (const { file } of held.values()) closeSync(file);
      held.clear();
    },
  };
}

/** `<namespace>_<pod>_<uid>/<container>/<restart>.log` */
function* filesIn(
  directory: string,
  namespaces: readonly string[],
): Generator<Life & { readonly path: string }> {
  for (const folder of namesIn(directory)) {
    const [namespace = '', pod = '', uid = ''] = folder.split('_');
    if (!namespaces.includes(namespace)) continue;
    for (const container of namesIn(join(directory, folder))) {
      for (const name of namesIn(join(directory, folder, container))) {
        const [, restart] = /^(\d+)\.log$/.exec(name) ?? [];
        if (restart === undefined) continue;
        const path = join(directory, folder, container, name);
        yield { namespace, pod, uid, container, restart: Number(restart), path };
      }
    }
  }
}

/** Empty when the folder has just gone. */
function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function matches(life: Life, of: Partial<Life>): boolean {
  const { namespace, pod, uid, container, restart } = of;
  return (
    (namespace ?? life.namespace) === life.namespace &&
    (pod ?? life.pod) === life.pod &&
    (uid ?? life.uid) === life.uid &&
    (container ?? life.container) === life.container &&
    (restart ?? life.restart) === life.restart
  );
}

/**
 * The lines as the container wrote them: the runtime puts time, stream and `F` or `P` before each, and ends a line
 * that is too long for it with `P`.
 */
function readLines(file: number): readonly string[] {
  const lines: string[] = [];
  let begun = '';
  for (const raw of readAll(file).split('\n')) {
    const [, part, text = ''] = /^\S+ (?:stdout|stderr) ([FP])\S* ?(.*)$/.exec(raw) ?? [];
    if (part === undefined) continue;
    begun += text;
    if (part === 'P') continue;
    lines.push(begun);
    begun = '';
  }
  return lines;
}

function readAll(file: number): string {
  const bytes = Buffer.alloc(fstatSync(file).size);
  const length = readSync(file, bytes, 0, bytes.length, 0);
  return bytes.toString('utf8', 0, length);
}

function entriesOf(lines: readonly string[]): readonly Entry[] {
  return lines.flatMap((line) => entryOfLine(line) ?? []);
}

function beginOf(entries: readonly Entry[]): number {
  return entries[0]?.atMs ?? Number.POSITIVE_INFINITY;
}

function endOf(entries: readonly Entry[]): number {
  return entries.at(-1)?.atMs ?? 0;
}

function ended(atMs: number): Entry {
  return { atMs, kind: 'ended', words: 'its container ended', fields: {} };
}
