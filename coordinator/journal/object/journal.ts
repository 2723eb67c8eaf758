// The journal in one object of the API server, written by compare-and-swap: whoever wrote last knows its version.

import { setTimeout as sleep } from 'node:timers/promises';
import { assert, unreachable } from '../../../protos/failure/invariant.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { isFault, type KubeFault } from '../../cluster/client/fault.ts';
import type { JournalSpec } from '../../cluster/resources/journal.ts';
import type { JournalRecord } from '../../core/model/journal.ts';
import { backoffMs } from '../../fleet/backoff.ts';
import { type Journal, type Position, type Replayed, StaleAppend } from '../journal.ts';
import type { End } from '../replay.ts';
import { rowsAfter } from '../rows.ts';
import { storageTrouble } from '../trouble.ts';
import { recall } from './recall.ts';
import { ACCEPTED_BYTES_MAX, briefer, EMPTY_SPEC, OBJECT_BYTES_MAX, parseSpec, specWith } from './spec.ts';
import type { ObjectStore, Stored } from './store.ts';

export type ObjectJournalParts = {
  readonly store: ObjectStore;
  /** The journal waits, and why: each new reason once; undefined: it goes on. */
  readonly onWait: (why: RunControlError | undefined) => void;
  /** Gives up whatever waits, which then throws RunControlError STOPPING; nobody knows whether it is durable. */
  readonly signal: AbortSignal;
  /** 0..1; Math.random in production. */
  readonly random: () => number;
  /** Waits, or less once the signal aborts; the machine's own unless a test has another time. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** What the API server has, as far as we know; version undefined: nothing. */
type Base = { readonly version: string | undefined; readonly spec: JournalSpec; readonly end: End };

/**
 * The journal in `store`. While the API server is away it waits, for as long as that takes: it neither repeats
 * blindly nor gives up a lead that nobody else can have taken. Reading throws RunControlError STORAGE for an object
 * that was changed by hand or is of a newer release.
 */
export function createObjectJournal(parts: ObjectJournalParts): Journal {
  const { store } = parts;
  const stopping = new AbortController();
  const signal = AbortSignal.any([parts.signal, stopping.signal]);
  const line = new Line({ ...parts, signal });
  let base: Base | undefined;

  const read = async (): Promise<Replayed> => {
    const stored = await line.read();
    base = { version: stored?.version, ...parseSpec(store.name, stored?.spec ?? EMPTY_SPEC) };
    return { state: base.end.state, at: base.end.at };
  };
  const append = async (at: Position, records: readonly JournalRecord[]): Promise<Position> => {
    assert(base !== undefined, 'a journal is read before it is written');
    assert(records.length > 0, 'an append has records');
    const { end } = base;
    if (at.index !== end.at.index || at.epoch !== end.at.epoch) throw new StaleAppend(store.name, at, end.at);
    const { rows, next } = rowsAfter(end, records);
    const written = specWith(base, rows, OBJECT_BYTES_MAX);
    if (written === undefined) throw tooLarge(store.name);
    const { spec, isBrief } = written;
    const version = await line.write(base, spec);
    // What the next reader will not see is not kept here either.
    const state = isBrief ? briefer(next.state) : next.state;
    base = { version, spec, end: { ...next, state } };
    return next.at;
  };
  return {
    read,
    append,
    room: (records) => {
      assert(base !== undefined, 'a journal is read before it is asked for room');
      const { rows } = rowsAfter(base.end, records);
      // What ends a run may take the room that was left for it.
      const bytesMax = base.end.state.run === undefined ? ACCEPTED_BYTES_MAX : OBJECT_BYTES_MAX;
      return specWith(base, rows, bytesMax) === undefined ? noRoom(store.name, bytesMax) : undefined;
    },
    [Symbol.asyncDispose]: async () => stopping.abort(),
  };
}

/** Calls to the store, repeated until they are answered. */
class Line {
  readonly #parts: ObjectJournalParts;
  #why: string | undefined;
  #failures = 0;

  constructor(parts: ObjectJournalParts) {
    this.#parts = parts;
  }

  async read(): Promise<Stored | undefined> {
    const stored = await this.#ask();
    this.#goOn();
    return stored;
  }

  /** Gives the version after `spec` has taken the place of what `base` knows. Throws StaleAppend (P8). */
  async write(base: Base, spec: JournalSpec): Promise<string> {
    const { store, signal } = this.#parts;
    let { version } = base;
    for (;;) {
      try {
        const written = await store.write(version, spec, signal);
        this.#goOn();
        return written;
      } catch (error) {
        if (version === undefined && isFault(error, 'notFound')) throw nowhere(store.name, error);
        if (!isFault(error, 'conflict', 'exists', 'notFound')) await this.#wait(error);
      }
      // P8: never blindly again.
      const recalled = recall({ before: base.spec, after: spec, found: await this.#ask() });
      switch (recalled.kind) {
        case 'ours':
          this.#goOn();
          return recalled.version;
        case 'again':
          version = recalled.version;
          break;
        case 'others':
          throw new StaleAppend(store.name, base.end.at, recalled.at);
        default:
          return unreachable(recalled);
      }
    }
  }

  async #ask(): Promise<Stored | undefined> {
    const { store, signal } = this.#parts;
    for (;;) {
      try {
        return await store.read(signal);
      } catch (error) {
        await this.#wait(error);
      }
    }
  }

  /** Not after every read: as long as writes fail it still waits. */
  #goOn(): void {
    this.#failures = 0;
    if (this.#why !== undefined) this.#parts.onWait(undefined);
    this.#why = undefined;
  }

  /** Waits if it can help, else throws: STOPPING, or STORAGE for what no waiting mends. */
  async #wait(error: unknown): Promise<void> {
    const { store, signal, random, onWait, pause = pauseFor } = this.#parts;
    if (signal.aborted) throw stopped(store.name, error);
    if (!(error instanceof RunControlError) || error.code === 'STORAGE') throw error;
    if (isFault(error, 'invalid')) throw refused(store.name, error);
    if (error.message !== this.#why) onWait(error);
    this.#why = error.message;
    this.#failures += 1;
    await pause(backoffMs(this.#failures, random()), signal);
    if (signal.aborted) throw stopped(store.name, error);
  }
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  // The abort only shortens the wait.
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

function stopped(name: string, cause: unknown): RunControlError {
  const sentence = `journal ${name}: given up while it waited for the API server; ask the next leader`;
  return new RunControlError('STOPPING', sentence, { cause });
}

function refused(name: string, error: KubeFault): RunControlError {
  return storageTrouble(
    name,
    {
      wrong: `is not taken by the API server: ${error.message}`,
      todo: 'do its CustomResourceDefinitions belong to this release?',
    },
    error,
  );
}

function nowhere(name: string, error: unknown): RunControlError {
  return storageTrouble(
    name,
    {
      wrong: 'has no place: its namespace or the CustomResourceDefinition journals.baton.dev is missing',
      todo: 'install them and start again',
    },
    error,
  );
}

function tooLarge(name: string): RunControlError {
  return storageTrouble(name, {
    wrong: `would take more than ${OBJECT_BYTES_MAX} bytes, and the API server keeps no larger object`,
    todo: 'nothing was written; split the partition',
  });
}

function noRoom(name: string, bytesMax: number): RunControlError {
  return new RunControlError(
    'LIMIT',
    `journal ${name}: with this operation it would take more than ${bytesMax} bytes, and there must be ` +
      'room for how the operation goes on; give shorter arguments, or take its transitions one by one',
  );
}
