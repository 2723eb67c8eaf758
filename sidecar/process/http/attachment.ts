// One attachment to an HTTP process: looks that follow one another until one of them fails.

import type { HttpSettings } from '../../../protos/adapter/http.ts';
import { unreachable } from '../../../protos/failure/invariant.ts';
import type { Clock } from '../../clock.ts';
import type { Attachment } from '../../rules/model.ts';
import type { PerformCall, ProcessEvent } from '../adapter.ts';
import type { Hooks, Listener } from './hooks.ts';
import type { Line } from './line.ts';
import { type Looked, look, type Seen } from './look.ts';
import { pause } from './pause.ts';
import { IDLE_MS_MIN } from './reading.ts';

/** How long a process may take to answer a look before it counts as hung, in milliseconds. */
export const SILENCE_MS_MAX = 5_000;

/** How long a process may take to answer a request to give up, in milliseconds. */
const GIVE_UP_TIMEOUT_MS = 2_000;

export type HttpAttachmentOptions = {
  readonly settings: HttpSettings;
  readonly clock: Clock;
  readonly line: Line;
  readonly hooks: Hooks;
  readonly attachment: Attachment;
  readonly tell: (event: ProcessEvent) => void;
  /** Called once, after the last event; `cause` is one sentence. */
  readonly ended: (cause: string) => void;
};

export class HttpAttachment {
  readonly attachment: Attachment;
  /** Hears of what was sent, as long as the attachment lasts. */
  readonly listener: Listener;
  readonly #options: HttpAttachmentOptions;
  readonly #over = new AbortController();

  constructor(options: HttpAttachmentOptions) {
    this.#options = options;
    this.attachment = options.attachment;
    this.listener = {
      ended: ({ token }, end) => {
        if (this.#isOver()) return;
        options.tell({ type: 'hookEnded', attachment: this.attachment.id, token, ...end });
      },
      lost: (why) => this.end(why),
    };
  }

  /** Tells `attached`, and looks until the end. */
  async run(first: Seen): Promise<void> {
    const { settings, clock, hooks, tell, line } = this.#options;
    hooks.settle(first, line, this.listener);
    tell({ type: 'attached', attachment: this.attachment, process: hooks.read(first) });
    while (!this.#isOver()) {
      await pause(clock, settings.lookIntervalMs, this.#over.signal);
      if (!this.#isOver()) await this.#lookOnce();
    }
  }

  perform(call: PerformCall): void {
    if (this.#isOver()) return;
    this.#options.hooks.begin(call, this.#options.line, this.listener);
  }

  /** Asks for the end of what runs. That the process cannot is no trouble: it ends when it ends. */
  async giveUp(): Promise<void> {
    const { line, settings, hooks } = this.#options;
    if (settings.giveUp === undefined) return;
    // It has a connection of its own, which could be faster than that of the command.
    await hooks.left();
    if (this.#isOver()) return;
    const { method, path } = settings.giveUp;
    const { signal } = this.#over;
    await line.ask({ method, path, headers: {}, body: '' }, { deadlineMs: GIVE_UP_TIMEOUT_MS, signal });
  }

  /** Ends it: nothing more is told but `detached`. What was sent stays sent. */
  end(cause: string): void {
    if (this.#isOver()) return;
    this.#over.abort();
    this.#options.ended(cause);
  }

  #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  async #lookOnce(): Promise<void> {
    const { settings, line, hooks } = this.#options;
    const { changes, isOutstanding } = hooks;
    const looked = await look(settings, line, SILENCE_MS_MAX);
    if (this.#isOver()) return;
    // A process of one thread answers nothing while it works: that it is there is seen by its socket.
    const isExcused = isOutstanding || hooks.isOutstanding || changes !== hooks.changes;
    if (looked.kind === 'late' && isExcused) return;
    // What was seen while a transition began or ended may be of either side of it.
    if (looked.kind === 'seen' && changes !== hooks.changes) return;
    this.#saw(looked);
  }

  #saw(looked: Looked): void {
    switch (looked.kind) {
      case 'gone':
        return this.end('the process is gone');
      case 'late':
        return this.end(looked.why ?? `the process said nothing for ${SILENCE_MS_MAX} ms`);
      case 'broken':
        return this.end(looked.why);
      case 'seen':
        return this.#heard(looked);
      default:
        return unreachable(looked);
    }
  }

  #heard(seen: Seen): void {
    const { hooks, tell } = this.#options;
    if (seen.startId !== undefined && seen.startId !== this.attachment.startId) {
      this.end('the process was replaced');
      return;
    }
    tell({ type: 'observed', attachment: this.attachment.id, process: hooks.read(seen) });
    // The answer will never come: what has happened is asked at a new attachment.
    if (hooks.owes(seen)) this.end(`the process has been idle for ${IDLE_MS_MIN} ms and has not answered`);
  }
}
