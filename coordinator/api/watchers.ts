// Who watches: each gets the whole partition first, then each change. One that does not read is dropped, so
// that a forgotten terminal cannot fill the coordinator's memory.

import type { Writable } from 'node:stream';
import { toStatus } from '../../protos/failure/status.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { WatchResponse } from '../../protos/generated/baton/v1/WatchResponse.ts';
import type { FinishedOperation, JournalState, OpenOperation } from '../core/model/journal.ts';
import type { Target } from '../core/model/partition.ts';
import type { Core } from '../core/model/picture.ts';
import type { Change } from '../sequencer.ts';
import { fittingOperation, splitPartition } from './size.ts';
import { partitionHead, partitionView, presentOperation, type Surroundings, targetView } from './view.ts';

/** Watchers at the same time; a dropped one counts until its connection has ended. */
export const WATCHERS_MAX = 64;

/** Messages that wait for a watcher: this many for each target, but at least QUEUE_MIN. */
export const QUEUE_PER_TARGET = 4;
export const QUEUE_MIN = 1_024;

/** Changes of targets are gathered for this long, in milliseconds; one answer each of thousands is one wave. */
export const GATHER_MS = 50;

/** What is used of a ServerWritableStream of grpc-js. */
export type WatchCall = Pick<Writable, 'writableLength' | 'write' | 'emit' | 'on'>;

type Source = { readonly core: () => Core; readonly surroundings: () => Surroundings };

/** The watchers of one leader. */
export class Watchers {
  readonly #source: Source;
  readonly #calls = new Set<WatchCall>();
  /** Counts those that were dropped too. */
  #connections = 0;
  #revision = 0;
  readonly #changed = new Set<Target>();
  /** Targets came or went since the last flush. */
  #isOther = false;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;
  #toldHead = '';
  #toldOperation: OpenOperation | FinishedOperation | undefined;
  #toldJournal: JournalState | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Grows with each change. */
  get revision(): number {
    return this.#revision;
  }

  /** Begins to tell `call`. Ends it with RESOURCE_EXHAUSTED when there are too many already. */
  add(call: WatchCall): void {
    if (this.#connections >= WATCHERS_MAX) {
      const sentence = `${WATCHERS_MAX} watchers are connected already; end one and try again`;
      call.emit('error', toStatus(new RunControlError('LIMIT', sentence)));
      return;
    }
    this.#connections += 1;
    call.on('close', () => {
      this.#calls.delete(call);
      this.#connections -= 1;
    });
    // What was told last to all is from now on what this snapshot tells: the next change is judged by it.
    this.#flush();
    for (const message of this.#whole()) call.write({ revision: this.#revision, ...message });
    this.#calls.add(call);
  }

  /** Takes note of one turn: what was recorded is told at once, what was only seen is gathered. */
  changed({ target, recorded, members = false }: Change): void {
    this.#revision += 1;
    if (this.#calls.size === 0) return;
    if (target !== undefined) this.#changed.add(target);
    this.#isOther ||= members;
    // After the effects of this turn: watchers must not hold up the next wave.
    if (recorded) this.#soon ??= setImmediate(() => this.#flush());
    else this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS);
  }

  /** Ends every watcher with a trouble. */
  close(why: RunControlError): void {
    this.#flush();
    for (const call of [...this.#calls]) this.#drop(call, why);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#soon);
    this.#timer = undefined;
    this.#soon = undefined;
    const core = this.#source.core();
    this.#tellWhole();
    this.#noteRecorded(core.journal);
    // The targets first: whoever waits for the end of an operation then sees where it has led.
    this.#tellTargets(core);
    this.#tellOperation(core);
    this.#tellHead(core);
  }

  #tellWhole(): void {
    if (!this.#isOther) return;
    this.#isOther = false;
    for (const message of this.#whole()) this.#tell(message);
    // A snapshot tells few of its operation's troubles.
    this.#toldOperation = undefined;
  }

  /** The whole partition, in parts when it is large. */
  #whole(): readonly WatchResponse[] {
    const { core, surroundings } = this.#source;
    const { first, rest } = splitPartition(partitionView(core(), surroundings()));
    return [{ snapshot: first }, ...rest.map((target) => ({ target }))];
  }

  /** What a record says of a target is told too, though no event spoke of it: that its part is unknown, say. */
  #noteRecorded(journal: JournalState): void {
    const before = this.#toldJournal;
    this.#toldJournal = journal;
    for (const target of differing(before?.unknown ?? {}, journal.unknown)) this.#changed.add(target);
    for (const target of differing(before?.excluded ?? {}, journal.excluded)) this.#changed.add(target);
  }

  #tellTargets(core: Core): void {
    const surroundings = this.#source.surroundings();
    for (const target of this.#changed) {
      const observation = core.fleet.get(target);
      if (observation !== undefined) this.#tell({ target: targetView(core, observation, surroundings) });
    }
    this.#changed.clear();
  }

  #tellOperation({ journal }: Core): void {
    const present = journal.open ?? journal.finished.at(-1);
    if (present === this.#toldOperation) return;
    this.#toldOperation = present;
    const operation = presentOperation(journal);
    if (operation !== undefined) this.#tell({ operation: fittingOperation(operation) });
  }

  #tellHead(core: Core): void {
    const partition = partitionHead(core, this.#source.surroundings());
    const head = JSON.stringify(partition);
    if (head === this.#toldHead) return;
    this.#toldHead = head;
    this.#tell({ partition });
  }

  #tell(change: WatchResponse): void {
    const queueMax = Math.max(QUEUE_MIN, QUEUE_PER_TARGET * this.#source.core().fleet.size);
    const message = { ...change, revision: this.#revision };
    for (const call of [...this.#calls]) {
      if (call.writableLength < queueMax) call.write(message);
      else {
        const sentence = `this watcher does not read: ${queueMax} messages wait for it; watch again`;
        this.#drop(call, new RunControlError('LIMIT', sentence));
      }
    }
  }

  #drop(call: WatchCall, why: RunControlError): void {
    this.#calls.delete(call);
    call.emit('error', toStatus(why));
  }
}

/** Targets of which two records of the journal say different things. */
function differing(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): Target[] {
  if (a === b) return [];
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].filter((name) => a[name] !== b[name]).map((name) => name as Target);
}
