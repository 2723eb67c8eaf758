// A picture of the objects that a selector names, kept by one list and one watch. It never gives up: whatever
// breaks is tried again within seconds, and how old the picture is can be asked at any time.

import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { Clock } from '../../clock.ts';
import { backoffMs } from '../../fleet/backoff.ts';
import type { KubeClient, ListOptions } from './client.ts';
import { isFault } from './fault.ts';
import { type Change, checkRoom, type Entry, type Key, Known, type Project } from './known.ts';
import { nameOf, type Resource } from './resource.ts';
import type { Frame } from './watch.ts';

/** Objects in one page of a list: some megabytes of JSON at most. */
export const PAGE_LENGTH = 500;

/** A watch that ends sooner and has told nothing counts as a failure, in milliseconds. */
const SHORT_WATCH_MS = 1_000;

export type InformerParts<T> = ListOptions & {
  readonly client: KubeClient;
  readonly resource: Resource;
  /** Undefined: all namespaces, or a cluster-wide resource. */
  readonly namespace?: string | undefined;
  readonly project: Project<T>;
  /** In the order of the API server for each object. `get` already gives what is after it. */
  readonly onChange: (change: Change<T>) => void;
  /** The picture is not kept up, and why: each new reason once; undefined: it is kept up again. */
  readonly onTrouble: (trouble: RunControlError | undefined) => void;
  /** `project` or `onChange` has thrown: a bug, the informer has ended. */
  readonly onFatal: (error: unknown) => void;
  readonly clock: Clock;
  /** 0..1; Math.random in production. */
  readonly random: () => number;
};

export class Informer<T> implements AsyncDisposable {
  /** Resolves once the first list is told through `onChange`; never, when it is disposed before. */
  readonly synced: Promise<void>;
  readonly #parts: InformerParts<T>;
  readonly #known: Known<T>;
  readonly #stopping = new AbortController();
  readonly #firstList = Promise.withResolvers<void>();
  readonly #running: Promise<void>;
  /** Where the watch goes on; undefined: list first. */
  #version: string | undefined;
  #heardMs: number;
  #stale = true;
  #trouble: RunControlError | undefined;

  /** Starts to list and watch at once. */
  static start<T>(parts: InformerParts<T>): Informer<T> {
    return new Informer(parts);
  }

  private constructor(parts: InformerParts<T>) {
    this.#parts = parts;
    this.#known = new Known(parts.project);
    this.#heardMs = parts.clock().monotonicMs;
    this.synced = this.#firstList.promise;
    this.#running = this.#run().catch(parts.onFatal);
  }

  /** What the object of that key is to us, as far as we know. */
  get(key: Key): T | undefined {
    return this.#known.get(key);
  }

  /** All objects that are something to us. */
  all(): Iterable<readonly [Key, T]> {
    return this.#known.all();
  }

  /** Since when the picture is not kept up, on the monotonic clock; undefined while it is. */
  get staleSinceMs(): number | undefined {
    return this.#stale ? this.#heardMs : undefined;
  }

  /** Why it is not kept up. */
  get trouble(): RunControlError | undefined {
    return this.#trouble;
  }

  /** Ends list and watch; nothing is told after it resolves. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      failures = (await this.#follow()) ? 0 : failures + 1;
      if (failures === 0) continue;
      // The abort only shortens the wait.
      const waitMs = backoffMs(failures, this.#parts.random());
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Lists if it must, and watches until that ends; false when it has to wait before it tries again. */
  async #follow(): Promise<boolean> {
    try {
      const version = this.#version ?? (await this.#list());
      return await this.#watch(version);
    } catch (error) {
      if (this.#stopping.signal.aborted) return true;
      if (!(error instanceof RunControlError)) throw error;
      // Not from where it was: after a restore of its store the API server knows no such version.
      this.#version = undefined;
      this.#stale = true;
      // A version that is forgotten is nothing to worry about: the list comes next.
      if (!isFault(error, 'expired')) this.#tell(error);
      return false;
    }
  }

  async #list(): Promise<string> {
    const { client, resource, namespace, labelSelector, fieldSelector } = this.#parts;
    const { signal } = this.#stopping;
    const found = new Map<Key, Entry<T>>();
    let continueFrom: string | undefined;
    for (;;) {
      const options = { labelSelector, fieldSelector, limit: PAGE_LENGTH, continueFrom, signal };
      const page = parsePage(
        await client.list(resource, { namespace }, options),
        nameOf(resource, { namespace }),
      );
      for (const object of page.items) {
        const { key, entry } = this.#known.look(object);
        found.set(key, entry);
      }
      checkRoom(found.size);
      continueFrom = page.continueFrom;
      if (continueFrom !== undefined) continue;
      this.#replace(found, page.version);
      return page.version;
    }
  }

  #replace(found: ReadonlyMap<Key, Entry<T>>, version: string): void {
    this.#version = version;
    this.#hear();
    this.#stale = false;
    for (const change of this.#known.replace(found)) this.#parts.onChange(change);
    this.#tell(undefined);
    this.#firstList.resolve();
  }

  /** False when it ended at once and told nothing: to ask again without a pause would be to turn in circles. */
  async #watch(resourceVersion: string): Promise<boolean> {
    const { client, resource, namespace, labelSelector, fieldSelector, clock } = this.#parts;
    const { signal } = this.#stopping;
    const beganMs = clock().monotonicMs;
    let frames = 0;
    const options = { labelSelector, fieldSelector, resourceVersion, signal };
    for await (const frame of client.watch(resource, { namespace }, options)) {
      frames += 1;
      this.#hear();
      this.#take(frame);
      if (signal.aborted) break;
    }
    return frames > 0 || clock().monotonicMs - beganMs >= SHORT_WATCH_MS;
  }

  #take(frame: Frame): void {
    const changes =
      frame.kind === 'is'
        ? this.#known.is(frame.object)
        : frame.kind === 'gone'
          ? this.#known.gone(frame.object)
          : [];
    this.#version = versionOf(frame.object) ?? this.#version;
    for (const change of changes) this.#parts.onChange(change);
  }

  #hear(): void {
    this.#heardMs = this.#parts.clock().monotonicMs;
  }

  #tell(trouble: RunControlError | undefined): void {
    const isNew = trouble?.message !== this.#trouble?.message;
    this.#trouble = trouble;
    if (isNew) this.#parts.onTrouble(trouble);
  }
}

const pageSchema = z.object({
  metadata: z.object({ resourceVersion: z.string(), continue: z.string().optional() }),
  items: z.array(z.unknown()).nullable(),
});

type Page = {
  readonly version: string;
  readonly continueFrom: string | undefined;
  readonly items: readonly unknown[];
};

function parsePage(raw: unknown, what: string): Page {
  const parsed = pageSchema.safeParse(raw);
  if (!parsed.success) {
    throw new RunControlError('MALFORMED', `list ${what}: the API server sent what is no list`);
  }
  const { metadata, items } = parsed.data;
  // The last page says so by an empty string.
  return {
    version: metadata.resourceVersion,
    continueFrom: metadata.continue || undefined,
    items: items ?? [],
  };
}

const versionSchema = z.object({ metadata: z.object({ resourceVersion: z.string() }) });

function versionOf(object: unknown): string | undefined {
  return versionSchema.safeParse(object).data?.metadata.resourceVersion;
}
