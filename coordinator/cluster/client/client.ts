// Calls to the API server: one request each, with its deadline, never repeated here. Whoever calls knows whether
// asking again is right.

import { type Dispatcher, request as send } from 'undici';
import { FIELD_MANAGER } from '../names.ts';
import { type Access, type AccessSource, openAccess } from './access.ts';
import { faultOfError, faultOfRefusal, KubeFault } from './fault.ts';
import { readRefusal } from './refusal.ts';
import { nameOf, pathOf, type Resource, type Where } from './resource.ts';
import { type Frame, readFrames } from './watch.ts';

/** How long a call may take unless it says otherwise, in milliseconds. */
export const CALL_DEADLINE_MS = 10_000;

/** A watch that has been silent for so long is asked for anew: bookmarks come each minute. In milliseconds. */
export const WATCH_QUIET_MS = 75_000;

export type CallOptions = {
  /** Milliseconds for the whole call; CALL_DEADLINE_MS when absent. */
  readonly deadlineMs?: number | undefined;
  /** Gives the call up: it then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
};

export type ListOptions = {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
};

/** A change as the API server takes it. */
export type Patch =
  /** Fields that are set, null takes one away; lists are replaced as a whole. */
  | { readonly kind: 'merge'; readonly body: unknown }
  /** The same with lists merged by their keys; not for our own kinds. */
  | { readonly kind: 'strategic'; readonly body: unknown }
  /** Server-side apply of the fields that are ours; `force` takes them from another manager. */
  | { readonly kind: 'apply'; readonly body: unknown; readonly force: boolean };

const PATCH_TYPES: Readonly<Record<Patch['kind'], string>> = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

export type DeleteOptions = CallOptions & {
  /** Only this one: not another that has taken its name. */
  readonly uid?: string | undefined;
  /** Only if nobody has changed it. */
  readonly resourceVersion?: string | undefined;
  readonly gracePeriodSeconds?: number | undefined;
};

export type ClientOptions = {
  /** WATCH_QUIET_MS, unless a test has less time. */
  readonly watchQuietMs?: number;
};

/** One object of `resource`. */
export type ObjectName = Where & { readonly name: string };

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

type Call = CallOptions & {
  readonly verb: string;
  readonly method: Dispatcher.HttpMethod;
  readonly resource: Resource;
  readonly where: Where;
  readonly query?: Query;
  readonly body?: unknown;
  readonly type?: string;
};

/**
 * The API server. Each call throws KubeFault when it is not done; what it gives is the object as it came, to be
 * parsed by whoever asked.
 */
export class KubeClient implements AsyncDisposable {
  readonly access: Access;
  readonly #quietMs: number;

  constructor(access: Access, { watchQuietMs = WATCH_QUIET_MS }: ClientOptions = {}) {
    this.access = access;
    this.#quietMs = watchQuietMs;
  }

  /** Throws RunControlError MALFORMED when `source` leads to no API server. Nothing is connected yet. */
  static open(source: AccessSource): KubeClient {
    return new KubeClient(openAccess(source));
  }

  get(resource: Resource, where: ObjectName, options: CallOptions = {}): Promise<unknown> {
    return this.#call({ ...options, verb: 'get', method: 'GET', resource, where });
  }

  /** One page of a list; `limit` objects at most, from `continueFrom` of the page before. */
  list(
    resource: Resource,
    where: Where,
    options: CallOptions &
      ListOptions & { readonly limit?: number; readonly continueFrom?: string | undefined } = {},
  ): Promise<unknown> {
    const { labelSelector, fieldSelector, limit, continueFrom } = options;
    const query = { labelSelector, fieldSelector, limit, continue: continueFrom };
    return this.#call({ ...options, verb: 'list', method: 'GET', resource, where, query });
  }

  /** Also of a subresource that is created, as an eviction is. */
  create(resource: Resource, where: Where, body: unknown, options: CallOptions = {}): Promise<unknown> {
    const query = { fieldManager: FIELD_MANAGER };
    return this.#call({ ...options, verb: 'create', method: 'POST', resource, where, query, body });
  }

  /** Replaces it whole, if it still has the resourceVersion that `body` carries. */
  replace(resource: Resource, where: ObjectName, body: unknown, options: CallOptions = {}): Promise<unknown> {
    const query = { fieldManager: FIELD_MANAGER };
    return this.#call({ ...options, verb: 'update', method: 'PUT', resource, where, query, body });
  }

  patch(resource: Resource, where: ObjectName, patch: Patch, options: CallOptions = {}): Promise<unknown> {
    const force = patch.kind === 'apply' ? patch.force : undefined;
    const query = { fieldManager: FIELD_MANAGER, force };
    const type = PATCH_TYPES[patch.kind];
    const { body } = patch;
    return this.#call({ ...options, verb: 'patch', method: 'PATCH', resource, where, query, body, type });
  }

  delete(resource: Resource, where: ObjectName, options: DeleteOptions = {}): Promise<unknown> {
    const { uid, resourceVersion, gracePeriodSeconds } = options;
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      gracePeriodSeconds,
      preconditions: { uid, resourceVersion },
    };
    return this.#call({ ...options, verb: 'delete', method: 'DELETE', resource, where, body });
  }

  /**
   * What happens after `resourceVersion`, until the API server ends the watch, it is silent for WATCH_QUIET_MS,
   * or `signal` aborts: then the iteration ends. Throws KubeFault when it is refused or breaks.
   */
  async *watch(
    resource: Resource,
    where: Where,
    options: ListOptions & { readonly resourceVersion: string; readonly signal: AbortSignal },
  ): AsyncGenerator<Frame> {
    const { labelSelector, fieldSelector, resourceVersion, signal } = options;
    const asked = this.#asked('watch', resource, where);
    const query = { watch: true, allowWatchBookmarks: true, labelSelector, fieldSelector, resourceVersion };
    try {
      const { statusCode, body } = await this.#send(
        { verb: 'watch', method: 'GET', resource, where, query },
        { signal, headersTimeout: CALL_DEADLINE_MS, bodyTimeout: this.#quietMs },
      );
      if (statusCode !== 200) throw faultOfRefusal(asked, readRefusal(statusCode, await body.text()));
      yield* readFrames(body, asked);
    } catch (error) {
      if (signal.aborted || isQuiet(error)) return;
      throw error instanceof KubeFault ? error : faultOfError(asked, error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.access[Symbol.asyncDispose]();
  }

  #asked(verb: string, resource: Resource, where: Where) {
    return { verb, what: nameOf(resource, where), server: this.access.server };
  }

  async #call(call: Call): Promise<unknown> {
    const { deadlineMs = CALL_DEADLINE_MS, signal } = call;
    const asked = this.#asked(call.verb, call.resource, call.where);
    const deadline = AbortSignal.timeout(deadlineMs);
    const either = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
    try {
      const { statusCode, body } = await this.#send(call, { signal: either });
      const text = await body.text();
      if (statusCode >= 200 && statusCode < 300) return JSON.parse(text);
      throw faultOfRefusal(asked, readRefusal(statusCode, text));
    } catch (error) {
      if (error instanceof KubeFault) throw error;
      signal?.throwIfAborted();
      throw faultOfError(asked, deadline.aborted ? new Error(`none within ${deadlineMs} ms`) : error);
    }
  }

  async #send(
    { method, resource, where, query = {}, body, type = 'application/json' }: Call,
    limits: Pick<Dispatcher.RequestOptions, 'signal' | 'headersTimeout' | 'bodyTimeout'>,
  ): Promise<Dispatcher.ResponseData> {
    const { headers, dispatcher } = await this.access.enter();
    const url = new URL(`${this.access.server.replace(/\/$/, '')}${pathOf(resource, where)}`);
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(key, String(value));
    }
    return await send(url, {
      method,
      dispatcher,
      headers: {
        ...headers,
        accept: 'application/json',
        'user-agent': FIELD_MANAGER,
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      ...limits,
    });
  }
}

function isQuiet(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'UND_ERR_BODY_TIMEOUT';
}
