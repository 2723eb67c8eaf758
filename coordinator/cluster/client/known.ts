// What an informer knows: the small picture of each object, and what changes in it.

import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { RunControlError } from '../../../protos/failure/trouble.ts';

/** Objects that one informer may know; ten thousand targets and their replacements stay far below. */
export const OBJECTS_MAX = 50_000;

/** `namespace/name`, or the name alone of what is cluster-wide. */
export type Key = string;

/**
 * One object has changed. `before` undefined: it is new; `after` undefined: it is gone; never both. What takes
 * the name of another object comes as two changes, so that no life is taken for the one before it.
 */
export type Change<T> = {
  readonly key: Key;
  readonly before: T | undefined;
  readonly after: T | undefined;
};

/** What an object is to us, or undefined when it is nothing to us. Pure: it is not asked twice for one version. */
export type Project<T> = (object: unknown) => T | undefined;

/** One version of one object; `value` undefined when it is nothing to us. */
export type Entry<T> = { readonly uid: string; readonly version: string; readonly value: T | undefined };

const schema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string(),
    resourceVersion: z.string(),
  }),
});

export class Known<T> {
  readonly #project: Project<T>;
  readonly #entries = new Map<Key, Entry<T>>();

  constructor(project: Project<T>) {
    this.#project = project;
  }

  get(key: Key): T | undefined {
    return this.#entries.get(key)?.value;
  }

  *all(): Iterable<readonly [Key, T]> {
    for (const [key, { value }] of this.#entries) if (value !== undefined) yield [key, value];
  }

  /** What `object` is now. Throws RunControlError MALFORMED when it is no object of Kubernetes. */
  look(object: unknown): { readonly key: Key; readonly entry: Entry<T> } {
    const { name, namespace, uid, resourceVersion: version } = metadataOf(object);
    const key = namespace === undefined ? name : `${namespace}/${name}`;
    const known = this.#entries.get(key);
    if (known?.uid === uid && known.version === version) return { key, entry: known };
    const value = this.#project(object);
    // The same picture stays the same value: most writes change what we do not look at.
    const same = known?.uid === uid && isDeepStrictEqual(known.value, value);
    return { key, entry: { uid, version, value: same ? known.value : value } };
  }

  /** Takes an object as it is now. Throws RunControlError LIMIT when it is one too many. */
  is(object: unknown): readonly Change<T>[] {
    const { key, entry } = this.look(object);
    return this.#set(key, entry);
  }

  /** Takes it that an object is gone. */
  gone(object: unknown): readonly Change<T>[] {
    const { name, namespace } = metadataOf(object);
    return this.#delete(namespace === undefined ? name : `${namespace}/${name}`);
  }

  /** Takes everything that there is; what is not among it is gone, and told first. */
  replace(entries: ReadonlyMap<Key, Entry<T>>): readonly Change<T>[] {
    const lost = [...this.#entries.keys()].filter((key) => !entries.has(key));
    return [
      ...lost.flatMap((key) => this.#delete(key)),
      ...[...entries].flatMap(([key, entry]) => this.#set(key, entry)),
    ];
  }

  #set(key: Key, entry: Entry<T>): readonly Change<T>[] {
    const known = this.#entries.get(key);
    if (known === undefined) checkRoom(this.#entries.size + 1);
    this.#entries.set(key, entry);
    if (known === undefined || known.uid === entry.uid) return changeOf(key, known?.value, entry.value);
    return [...changeOf(key, known.value, undefined), ...changeOf(key, undefined, entry.value)];
  }

  #delete(key: Key): readonly Change<T>[] {
    const known = this.#entries.get(key);
    this.#entries.delete(key);
    return changeOf(key, known?.value, undefined);
  }
}

/** Throws RunControlError LIMIT when `count` objects are too many for one informer. */
export function checkRoom(count: number): void {
  if (count <= OBJECTS_MAX) return;
  throw new RunControlError('LIMIT', `more than ${OBJECTS_MAX} objects; narrow the selector`);
}

function changeOf<T>(key: Key, before: T | undefined, after: T | undefined): readonly Change<T>[] {
  return before === after ? [] : [{ key, before, after }];
}

function metadataOf(object: unknown): z.infer<typeof schema>['metadata'] {
  const parsed = schema.safeParse(object);
  if (parsed.success) return parsed.data.metadata;
  throw new RunControlError('MALFORMED', 'the API server sent what is no object: it has no full metadata');
}
