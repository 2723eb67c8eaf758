// The loop around the rules: one event at a time; what changed in memory is written first, then its effects
// run. Everything that waits, looks or rolls dice hangs on this.

import { randomBytes } from 'node:crypto';
import { unreachable } from '../protos/failure/invariant.ts';
import { reach } from '../protos/failure/reach.ts';
import { RunControlError } from '../protos/failure/trouble.ts';
import { incarnationOf } from '../protos/identity.ts';
import type { Clock } from './clock.ts';
import {
  type Change,
  reachAfter,
  reachBefore,
  reachObserved,
  reachUnwritten,
  reachWritten,
} from './failpoints.ts';
import { type Log, logChange, logRemembered } from './log.ts';
import { type Notice, noticesOf } from './notice.ts';
import type { Adapter, ProcessEvent } from './process/adapter.ts';
import { freshMemory, initialSidecar } from './rules/memory.ts';
import type { Effect, Event, Memory, Settings, Sidecar, Timer } from './rules/model.ts';
import { react } from './rules/react.ts';
import { type View, viewOf } from './rules/view.ts';
import type { Present, ProcessLink, RunningSidecar } from './running.ts';
import { type Outlet, Streams } from './streams.ts';
import { type PreStopAnswer, PreStopWaiters } from './waiters.ts';

export type SidecarOptions = {
  readonly settings: Settings;
  /** What was remembered, and where to remember. */
  readonly stateFile: { readonly memory: Memory | undefined; write(memory: Memory): void };
  readonly adapter: Adapter;
  readonly clock: Clock;
  readonly log: Log;
  /** Told what happened, for figures. */
  readonly notice?: (notice: Notice) => void;
  /** Memory could not be written. Nothing more happens; the process that hosts the sidecar must end. */
  readonly fatal: (trouble: unknown) => void;
};

/** Starts a sidecar: from its memory if it has any. Throws RunControlError STORAGE when it cannot remember. */
export function createSidecar(options: SidecarOptions): RunningSidecar {
  const shell = new Shell(options);
  shell.start();
  return shell;
}

class Shell implements RunningSidecar {
  readonly #options: SidecarOptions;
  readonly #queue: Event[] = [];
  readonly #timers = new Map<Timer, () => void>();
  readonly #streams: Streams;
  readonly #preStops = new PreStopWaiters();
  readonly #watchers = new Set<() => void>();
  #sidecar: Sidecar;
  #view: View;
  #viewSinceMs: number;
  #detachedSinceMs: number;
  #detachCause = 'no process has attached yet';
  #draining = false;
  #stopped = false;

  constructor(options: SidecarOptions) {
    this.#options = options;
    const { settings, stateFile, clock } = options;
    const memory = stateFile.memory ?? freshMemory(randomBytes(9).toString('base64url'));
    // An incarnation that was told must be told again after a restart, so its id is kept before anything is.
    if (stateFile.memory === undefined) {
      stateFile.write(memory);
      reach('sidecar.memory-begun');
    }
    this.#sidecar = initialSidecar(settings, memory);
    this.#view = viewOf(this.#sidecar);
    this.#viewSinceMs = clock.nowMs();
    this.#detachedSinceMs = this.#viewSinceMs;
    this.#streams = new Streams(() => ({
      stream: this.#sidecar.stream?.id,
      stateNumber: this.#view.stateNumber,
    }));
  }

  start(): void {
    const { log, stateFile } = this.#options;
    // Written, but perhaps never told: who was killed in between has left no other line of it.
    if (stateFile.memory !== undefined) logRemembered(log, this.#view);
    this.#options.adapter.start((event) => this.#heard(event));
  }

  present(): Present {
    const sinceMs = Math.round(this.#options.clock.nowMs() - this.#viewSinceMs);
    const { memory, pod } = this.#sidecar;
    return { settings: this.#options.settings, memory, view: this.#view, pod, sinceMs };
  }

  link(): ProcessLink {
    if (this.#view.attached) return { detachedForMs: 0, detachCause: '' };
    const detachedForMs = this.#options.clock.nowMs() - this.#detachedSinceMs;
    return { detachedForMs, detachCause: this.#detachCause };
  }

  open(outlet: Outlet): number {
    return this.#streams.open(outlet);
  }

  watch(run: () => void): () => void {
    this.#watchers.add(run);
    return () => this.#watchers.delete(run);
  }

  preStop(): Promise<PreStopAnswer> {
    const answered = this.#preStops.wait();
    const { state, attached } = this.#view;
    this.#options.log.info({ state, attached }, 'the preStop hook is called');
    this.#awaitNextLife();
    this.take({ type: 'preStop' });
    return answered;
  }

  /** Events that come while one is handled wait for it: the rules see one at a time. */
  take(event: Event): void {
    if (this.#stopped) return;
    this.#queue.push(event);
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#handle(next);
    } finally {
      this.#draining = false;
    }
  }

  closeStreams(): void {
    this.#stopped = true;
    this.#streams.closeAll(new RunControlError('STOPPING', 'the sidecar stops'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closeStreams();
    for (const cancel of this.#timers.values()) cancel();
    await this.#options.adapter[Symbol.asyncDispose]();
  }

  #heard(event: ProcessEvent): void {
    if (event.type !== 'attached') {
      if (event.type === 'detached') this.#noteDetached(event.cause);
      this.take(event);
      return;
    }
    const { podUid } = this.#options.settings;
    const { memoryId } = this.#sidecar.memory;
    const incarnation = incarnationOf({ podUid, memoryId, startId: event.attachment.startId });
    this.take({ ...event, incarnation });
  }

  #noteDetached(cause: string): void {
    if (this.#view.attached) this.#detachedSinceMs = this.#options.clock.nowMs();
    this.#detachCause = cause;
    this.#options.log.warn({ cause }, 'process is not attached');
  }

  #handle(event: Event): void {
    const before = this.#sidecar;
    reachObserved(before, event);
    const { sidecar, effects } = react(before, event);
    const change = { event, before: before.memory, after: sidecar.memory };
    if (change.after !== change.before && !this.#remember(change)) return;
    this.#sidecar = sidecar;
    if (sidecar !== before) this.#look();
    if (event.type === 'podFacts') this.#options.log.info(event.pod, 'the platform tells of the pod');
    if (event.type === 'streamClosed') this.#streams.forget(event.stream);
    this.#notice(before, effects);
    for (const effect of effects) {
      reachBefore(effect);
      this.#run(effect);
      reachAfter(effect, sidecar.memory);
    }
  }

  #notice(before: Sidecar, effects: readonly Effect[]): void {
    const { notice } = this.#options;
    if (notice === undefined) return;
    for (const each of noticesOf(before, this.#sidecar, effects)) notice(each);
  }

  /** Nothing may follow from what could not be remembered: P9. */
  #remember(change: Change): boolean {
    try {
      reachUnwritten(change);
      this.#options.stateFile.write(change.after);
      reachWritten(change);
      return true;
    } catch (trouble) {
      this.#stopped = true;
      this.#queue.length = 0;
      this.#options.fatal(trouble);
      return false;
    }
  }

  #look(): void {
    const before = this.#view;
    this.#view = viewOf(this.#sidecar);
    if (this.#view.stateNumber === before.stateNumber) return;
    this.#viewSinceMs = this.#options.clock.nowMs();
    logChange(this.#options.log, before, this.#view);
    for (const run of this.#watchers) run();
  }

  #run(effect: Effect): void {
    const { adapter } = this.#options;
    switch (effect.type) {
      case 'send':
        this.#streams.send(effect.message);
        break;
      case 'closeStream':
        this.#streams.close(effect.stream, new RunControlError('REFUSED', effect.reason));
        break;
      case 'perform':
        adapter.perform(effect);
        break;
      case 'giveUp':
        adapter.giveUp(effect.attachment, effect.token);
        break;
      case 'arm':
        this.#arm(effect.timer, effect.afterMs);
        break;
      case 'disarm':
        this.#disarm(effect.timer);
        break;
      case 'answerPreStop':
        this.#answerPreStop(effect);
        break;
      default:
        unreachable(effect);
    }
  }

  /** A kubelet looks at nothing of the answer, so people find it here. */
  #answerPreStop({ clean, sentence }: PreStopAnswer): void {
    this.#options.log.info({ clean, sentence }, 'the preStop hook is answered');
    this.#awaitNextLife();
    this.#preStops.answer({ clean, sentence });
  }

  /**
   * The life for which a hook is called ends, however long it was silent. A kubelet may ask for liveness before the next
   * one has started up, and while the hook of the one before still waits.
   */
  #awaitNextLife(): void {
    this.#detachedSinceMs = this.#options.clock.nowMs();
  }

  #arm(timer: Timer, afterMs: number): void {
    this.#disarm(timer);
    const cancel = this.#options.clock.after(afterMs, () => {
      this.#timers.delete(timer);
      this.take({ type: 'timer', timer });
    });
    this.#timers.set(timer, cancel);
  }

  #disarm(timer: Timer): void {
    this.#timers.get(timer)?.();
    this.#timers.delete(timer);
  }
}
