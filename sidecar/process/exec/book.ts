// What the adapter remembers across a restart of the sidecar: which command runs, and where the last one led.

import { z } from 'zod';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { NAME_LENGTH_MAX } from '../../../protos/machine/limits.ts';
import type { Identity } from '../../../protos/procfs.ts';
import type { Log } from '../../log.ts';
import { sameToken } from '../../rules/memory.ts';
import type { Token } from '../../rules/model.ts';
import { type Notes, openNotes } from '../notes.ts';
import { ID_CHARACTERS_MAX } from '../said.ts';
import type { Seen } from './ask.ts';

const token = z.strictObject({
  operationNumber: z.int().min(0),
  step: z.int().min(0),
  operationId: z.string().max(ID_CHARACTERS_MAX),
});

const page = z.strictObject({
  /** Life of the process that this is about. */
  startId: z.string().max(ID_CHARACTERS_MAX),
  /** Where the last command left it; empty when that is not known. */
  state: z.string().max(NAME_LENGTH_MAX + 1),
  /** A command that was begun and whose end was not seen. */
  running: z.strictObject({ token, pid: z.int().min(1), startTime: z.string() }).optional(),
  /** What was executed last. */
  executed: token.optional(),
});

type Page = z.output<typeof page>;
export type Running = { readonly token: Token } & Identity;

export type BookOptions = {
  readonly path: string;
  readonly bootId: string;
  /** State of a process that nothing is known of. */
  readonly initial: string;
  readonly log: Log;
};

export class Book {
  readonly #notes: Notes<Page>;
  readonly #log: Log;
  #page: Page;

  /** Throws RunControlError STORAGE when it cannot be read. */
  constructor({ path, bootId, initial, log }: BookOptions) {
    this.#notes = openNotes({ path, bootId, schema: page });
    this.#log = log;
    this.#page = this.#notes.now ?? { startId: '', state: initial };
  }

  get startId(): string {
    return this.#page.startId;
  }

  get state(): string {
    return this.#page.state;
  }

  get running(): Running | undefined {
    return this.#page.running;
  }

  get executed(): Token | undefined {
    return this.#page.executed;
  }

  /** Where the process is by its own word; of another life nothing that was remembered holds. */
  observe({ startId, state, executed: told }: Seen): void {
    const isSame = startId === this.#page.startId;
    const executed = told ?? (isSame ? this.#page.executed : undefined);
    const isKnown = isSame && state === this.#page.state;
    if (isKnown && (executed === this.#page.executed || sameToken(executed, this.#page.executed))) return;
    this.#write({ startId, state, ...(executed === undefined ? {} : { executed }) });
  }

  /** A command is about to begin; false when that cannot be remembered, and then it must not. */
  run(token: Token, { pid, startTime }: Identity): boolean {
    return this.#write({ ...this.#page, running: { token, pid, startTime } });
  }

  /** The command has ended, or never began. */
  close(state: string, executed?: Token): void {
    const newest = executed ?? this.#page.executed;
    const { startId } = this.#page;
    this.#write({ startId, state, ...(newest === undefined ? {} : { executed: newest }) });
  }

  /** What is not written is the safe side: a command that still counts as running is looked for, and not found. */
  #write(next: Page): boolean {
    this.#page = next;
    try {
      this.#notes.write(next);
      return true;
    } catch (error) {
      if (!(error instanceof RunControlError)) throw error;
      this.#log.error({ trouble: error.message }, 'what a command did cannot be remembered');
      return false;
    }
  }
}
