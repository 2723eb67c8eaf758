// The `child` adapter: the sidecar is the parent of the process. They end together.

import type { SignalsConfig } from '../../../protos/adapter/signals.ts';
import { exitWords } from '../../../protos/exit.ts';
import type { Machine } from '../../../protos/machine/table.ts';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { Adapter, OwnChild, ProcessEvent } from '../adapter.ts';
import { LineReader } from '../lineReader.ts';
import { Desk } from './desk.ts';
import { beginLife, type Life, type Program, type Words } from './life.ts';
import { linesManner } from './lines.ts';
import type { Manner } from './manner.ts';
import { signalsManner } from './signals.ts';

/**
 * How long after the end of its output or input a process may still end by itself, in milliseconds: that it
 * has ended is the better word then.
 */
const CLOSED_MS_MAX = 200;

export type ChildProcessOptions = Program & {
  /** How it obeys signals; without it, it obeys lines. */
  readonly signals: SignalsConfig | undefined;
  /** A child that says nothing for so long counts as hung, in milliseconds; undefined: for any time. */
  readonly silenceLimitMs: number | undefined;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly log: Log;
  readonly nextAttachment: () => number;
  readonly words: Words;
};

/** An adapter for a process that the sidecar starts itself. Disposing it kills the process if it still lives. */
export function childProcess(options: ChildProcessOptions): Adapter & { readonly child: OwnChild } {
  const wrapper = new Wrapper(options);
  return {
    start: (tell) => wrapper.start(tell),
    perform: (call) => wrapper.at(call.attachment.id)?.perform(call),
    giveUp: (attachment, token) => wrapper.at(attachment.id)?.giveUp(token),
    child: { ended: wrapper.ended.promise, signal: (name) => wrapper.signal(name) },
    [Symbol.asyncDispose]: () => wrapper.stop(),
  };
}

class Wrapper {
  readonly ended: PromiseWithResolvers<Awaited<Life['ended']>> = Promise.withResolvers();
  readonly #options: ChildProcessOptions;
  #life: Life | undefined;
  #desk: Desk | undefined;
  #manner: Manner | undefined;
  /** It is disposed of, or cannot be understood any more. */
  #isOver = false;

  constructor(options: ChildProcessOptions) {
    this.#options = options;
  }

  start(tell: (event: ProcessEvent) => void): void {
    const { words, log, nextAttachment } = this.#options;
    const life = beginLife(this.#options, words);
    const desk = new Desk({ startId: life.startId, nextAttachment, tell });
    const manner = this.#mannerOf(life, desk);
    log.info({ pid: life.identity.pid, startId: life.startId }, 'process started');
    this.#life = life;
    this.#desk = desk;
    this.#manner = manner;
    this.#listen(life, manner);
    void life.ended.then((exit) => {
      this.#lose(`the process ${exitWords(exit)}`);
      this.ended.resolve(exit);
    });
  }

  /** How to talk with the process, if that attachment is the present one. */
  at(id: number): Manner | undefined {
    return this.#desk?.at(id) === undefined ? undefined : this.#manner;
  }

  signal(name: NodeJS.Signals): void {
    this.#life?.signal(name);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    this.#manner?.close();
    this.signal('SIGKILL');
    await this.#life?.ended;
  }

  #mannerOf(life: Life, desk: Desk): Manner {
    const { signals, machine, clock, log, silenceLimitMs, words } = this.#options;
    if (signals !== undefined) return signalsManner({ desk, config: signals, log, send: life.signal });
    const say = (text: string) => words.write(text);
    return linesManner({ desk, machine, clock, log, input: life.input, say, silenceLimitMs });
  }

  #listen({ input, output }: Life, manner: Manner): void {
    const reader = new LineReader((line) => {
      if (!this.#isOver) manner.heard(line);
    });
    const { signals, words } = this.#options;
    output.on('data', (chunk: Buffer) => {
      // By signals all that it says is meant for people; some of it is proof beside that.
      if (signals !== undefined) words.write(chunk);
      reader.push(chunk);
    });
    output.on('close', () => this.#closed('output'));
    output.on('error', () => this.#closed('output'));
    // Only for one that is asked by lines is this the end: one that obeys signals need not read.
    input.on('error', () => {
      if (signals === undefined) this.#closed('input');
    });
  }

  /** Most often it has just ended; one that goes on living can never be asked, or heard, again. */
  #closed(which: 'input' | 'output'): void {
    this.#options.clock.after(CLOSED_MS_MAX, () => this.#lose(`the process closed its standard ${which}`));
  }

  /** Nothing more is heard of this life. */
  #lose(cause: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#manner?.close();
    this.#desk?.lose(cause);
  }
}
