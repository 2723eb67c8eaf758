// The `http` adapter: drives a process that has an HTTP interface of its own. See README.md beside it.

import type { HttpSettings } from '../../../protos/adapter/http.ts';
import type { Clock } from '../../clock.ts';
import type { Adapter, PerformCall, ProcessEvent } from '../adapter.ts';
import { Attempts } from '../attempts.ts';
import { sentence } from '../said.ts';
import { HttpAttachment } from './attachment.ts';
import { Book, storageTrouble } from './book.ts';
import { type Callbacks, openCallbacks } from './callbacks.ts';
import type { Who } from './command.ts';
import { Hooks } from './hooks.ts';
import { type Line, lineTo } from './line.ts';
import { look, type Seen } from './look.ts';

/** How long a process may take to answer the looks with which an attachment begins, in milliseconds. */
export const ATTACH_TIMEOUT_MS = 2_000;

/** Between two looks whether something listens, in milliseconds: it is driven soon after it does. */
const ABSENT_INTERVAL_MS = 200;

export type HttpProcessOptions = {
  readonly settings: HttpSettings;
  /** Where the process listens, on loopback. */
  readonly address: { readonly host: string; readonly port: number };
  readonly who: Who;
  /** State of a process that has just begun. */
  readonly initial: string;
  readonly clock: Clock;
  readonly nextAttachment: () => number;
  /** File for what the process cannot tell. */
  readonly notesFile: string;
  readonly bootId: string;
  /** What was noted could not be written: nothing more may follow. */
  readonly fatal: (trouble: unknown) => void;
};

/** An adapter for a process that is driven by HTTP. Throws RunControlError STORAGE when it cannot remember. */
export function httpProcess(options: HttpProcessOptions): Adapter {
  const driver = new Driver(options);
  return {
    start: (tell) => driver.start(tell),
    perform: (call) => driver.perform(call),
    giveUp: (attachment) => driver.giveUp(attachment.id),
    [Symbol.asyncDispose]: () => driver.stop(),
  };
}

class Driver {
  readonly #options: HttpProcessOptions;
  readonly #book: Book;
  readonly #attempts: Attempts;
  readonly #stopping = new AbortController();
  readonly #tasks = new Set<Promise<void>>();
  #hooks: Hooks | undefined;
  #callbacks: Callbacks | undefined;
  #live: HttpAttachment | undefined;
  /** Another life, or none, was seen since this adapter began: the next one is born before our eyes. */
  #hasSeenOther = false;

  constructor(options: HttpProcessOptions) {
    this.#options = options;
    const { clock, nextAttachment } = options;
    this.#book = new Book(options.notesFile, options.bootId);
    this.#attempts = new Attempts({
      clock,
      nextAttachment,
      attach: (id) => this.#run(this.#attach(id)),
    });
  }

  start(tell: (event: ProcessEvent) => void): void {
    this.#attempts.start(tell);
  }

  /** The attachment of that number, if it is the present one. */
  at(id: number): HttpAttachment | undefined {
    return this.#live?.attachment.id === id ? this.#live : undefined;
  }

  perform(call: PerformCall): void {
    try {
      this.at(call.attachment.id)?.perform(call);
    } catch (trouble) {
      storageTrouble(this.#options.fatal)(trouble);
    }
  }

  giveUp(id: number): void {
    const live = this.at(id);
    if (live !== undefined) this.#run(live.giveUp());
  }

  async stop(): Promise<void> {
    this.#attempts.stop();
    this.#stopping.abort();
    this.#live?.end('the sidecar stops');
    await this.#hooks?.done();
    await Promise.all(this.#tasks);
    await this.#callbacks?.[Symbol.asyncDispose]();
  }

  /** A task that is joined at the stop. */
  #run(work: Promise<void>): void {
    const task = work.catch(storageTrouble(this.#options.fatal)).finally(() => this.#tasks.delete(task));
    this.#tasks.add(task);
  }

  async #attach(id: number): Promise<void> {
    const greeted = await this.#greet();
    if (this.#stopping.signal.aborted) return;
    if ('why' in greeted) this.#attempts.failed(id, greeted.why, greeted.retryMsMax);
    else await this.#observe(id, greeted);
  }

  async #greet(): Promise<Greeted> {
    const { address, clock, settings } = this.#options;
    const shown = `${address.host}:${address.port}`;
    const trouble = await this.#openCallbacks();
    if (trouble !== undefined) return { why: trouble };
    const line = await lineTo({ address, clock, signal: this.#stopping.signal }).catch(whyNoLine);
    if (line === undefined) {
      this.#hasSeenOther = true;
      return { why: `no process listens on ${shown}`, retryMsMax: ABSENT_INTERVAL_MS };
    }
    if ('why' in line) return line;
    const { changes } = this.#minding();
    const looked = await look(settings, line, ATTACH_TIMEOUT_MS);
    switch (looked.kind) {
      case 'seen':
        return { line, seen: looked, changes };
      case 'gone':
        return { why: `no process listens on ${shown}`, retryMsMax: ABSENT_INTERVAL_MS };
      case 'late':
        return { why: looked.why ?? `the process on ${shown} did not answer within ${ATTACH_TIMEOUT_MS} ms` };
      case 'broken':
        return { why: `the process on ${shown} cannot be attached: ${looked.why}` };
    }
  }

  async #observe(id: number, { line, seen, changes }: Met): Promise<void> {
    const startId = seen.startId ?? line.listener;
    const hooks = this.#minding();
    // What was seen while a transition ended may be of either side of its end.
    if (changes !== hooks.changes) return this.#attach(id);
    if (startId !== this.#book.startId) {
      hooks.cut();
      this.#book.begin(startId, this.#hasSeenOther ? this.#options.initial : '');
    }
    this.#hasSeenOther = true;
    this.#attempts.begun();
    const { settings, clock } = this.#options;
    const live = new HttpAttachment({
      ...{ settings, clock, line, hooks },
      attachment: { id, startId },
      tell: (event) => this.#attempts.heard(event),
      ended: (cause) => {
        this.#live = undefined;
        this.#attempts.ended(id, cause);
      },
    });
    this.#live = live;
    await live.run(seen);
  }

  #minding(): Hooks {
    const { settings, who, clock, fatal } = this.#options;
    const { signal } = this.#stopping;
    const book = this.#book;
    this.#hooks ??= new Hooks({ settings, who, clock, book, callbacks: this.#callbacks, signal, fatal });
    return this.#hooks;
  }

  /** Why answers cannot be taken; undefined when they can. */
  async #openCallbacks(): Promise<string | undefined> {
    const { completion } = this.#options.settings;
    if (completion.type !== 'callback' || this.#callbacks !== undefined) return undefined;
    try {
      this.#callbacks = await openCallbacks(completion.port);
      this.#callbacks.keep(this.#book.sent?.callback ?? '');
      return undefined;
    } catch (error) {
      return sentence(error instanceof Error ? error.message : String(error));
    }
  }
}

type Met = { readonly line: Line; readonly seen: Seen; readonly changes: number };

type Greeted = Met | { readonly why: string; readonly retryMsMax?: number };

function whyNoLine(error: unknown): { readonly why: string } {
  const why = error instanceof Error ? error.message : String(error);
  return { why: sentence(`lives of the process cannot be told apart: ${why}`) };
}
