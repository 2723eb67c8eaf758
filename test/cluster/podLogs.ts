// What containers have said, each life for itself. The kubelet deletes a pod's logs with the pod: here each file is
// held open from the moment it is seen, so that what was said last is still read.

import { closeSync, existsSync, fstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { type Entry, entryOfLine } from '../e2e/logs.ts';
import { entriesOfLives, type Life, type Told } from './lives.ts';
import { type Node, podLogsOf } from './nodes.ts';
import { containerEndMs } from './runtime.ts';

/** How often new files and ends are looked for, in milliseconds: less than a container needs to start. */
const LOOK_MS = 100;

/** Where all kubelets of a machine put links to their files, named by the ids of the containers. */
const LINKS = '/var/log/containers';

type Held = Omit<Told, 'said'> & {
  readonly node: Node;
  readonly path: string;
  readonly file: number;
  /** The runtime's; undefined as long as there is no link. */
  readonly id: string | undefined;
};

export type PodLogs = Disposable & {
  /** Lives of a container of a pod, oldest first; of every pod and container without. */
  lives(of?: Partial<Life>): readonly Life[];
  /** What was said in one life, oldest first. */
  lines(life: Life): readonly string[];
  /** The JSON lines of all lives of a container, as `entriesOfLives` puts them. */
  entries(of: Partial<Life>): readonly Entry[];
};

/** Follows the log files that the kubelets of these nodes keep of some namespaces' pods. */
export function followPodLogs(nodes: readonly Node[], namespaces: readonly string[]): PodLogs {
  const held = new Map<string, Held>();
  const look = (): void => {
    for (const node of nodes) {
      for (const { path, ...life } of filesIn(podLogsOf(node), namespaces)) {
        if (held.has(path)) continue;
        const file = openSync(path, 'r');
        const unknown = { id: undefined, endMs: undefined, missedMs: undefined };
        held.set(path, { node, path, file, life, seenMs: Date.now(), ...unknown });
      }
    }
    const idOf = idsByPath([...held.values()], namespaces);
    for (const [path, each] of held) held.set(path, lookedAt(each, idOf));
  };
  look();
  const timer = setInterval(look, LOOK_MS);
  const heldOf = (of: Partial<Life>): readonly Held[] =>
    [...held.values()].filter(({ life }) => matches(life, of));
  return {
    lives: (of = {}) => heldOf(of).map(({ life }) => life),
    lines: (life) => heldOf(life).flatMap(({ file }) => readLines(file)),
    entries: (of) => {
      look();
      return entriesOfLives(heldOf(of).map((each) => ({ ...each, said: entriesOf(readLines(each.file)) })));
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      for (const { file } of held.values()) closeSync(file);
      held.clear();
    },
  };
}

/** The same life with what is known of its end by now. */
function lookedAt(each: Held, idOf: ReadonlyMap<string, string>): Held {
  if (each.endMs !== undefined) return each;
  const id = each.id ?? idOf.get(each.path);
  const endMs = id === undefined ? undefined : containerEndMs(each.node, id);
  const missedMs = each.missedMs ?? (existsSync(each.path) ? undefined : Date.now());
  return { ...each, id, endMs, missedMs };
}

/** The ids of containers by their log files, as long as one is not known: a link is made soon after its file. */
function idsByPath(held: readonly Held[], namespaces: readonly string[]): ReadonlyMap<string, string> {
  if (held.every(({ id, missedMs }) => id !== undefined || missedMs !== undefined)) return new Map();
  const links = namesIn(LINKS).flatMap((name): readonly (readonly [string, string])[] => {
    const [, namespace = '', id] = /^[^_]+_([^_]+)_.*-([0-9a-f]{64})\.log$/.exec(name) ?? [];
    return id !== undefined && namespaces.includes(namespace) ? [[linked(join(LINKS, name)), id]] : [];
  });
  return new Map(links);
}

/** Where a link leads; nowhere when it has just gone. */
function linked(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
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
