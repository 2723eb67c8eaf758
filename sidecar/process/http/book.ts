// What the adapter remembers of a process that has no memory of its own for us: across a restart of the sidecar.

import { z } from 'zod';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { NAME_LENGTH_MAX } from '../../../protos/machine/limits.ts';
import type { Token } from '../../rules/model.ts';
import { type Notes, openNotes } from '../notes.ts';
import { ID_CHARACTERS_MAX } from '../said.ts';

/** Longest name of a job that a process gives, in characters. */
export const JOB_CHARACTERS_MAX = 256;

const token = z.strictObject({
  operationNumber: z.int().min(0),
  step: z.int().min(0),
  operationId: z.string().max(ID_CHARACTERS_MAX),
});

const sent = z.strictObject({
  token,
  transition: z.string(),
  from: z.string(),
  to: z.string(),
  /** The process has answered that it takes it. */
  accepted: z.boolean(),
  /** What the process calls it; empty when it says nothing. */
  job: z.string().max(JOB_CHARACTERS_MAX),
  /** Names the callback that is awaited; empty without one. */
  callback: z.string(),
});

const page = z.strictObject({
  /** Life of the process that this is about. */
  startId: z.string(),
  /** Where it was last, by its own word; empty when that is not known. */
  state: z.string().max(NAME_LENGTH_MAX + 1),
  /** A transition that was sent and of whose end nothing is known. */
  sent: sent.optional(),
  /** What it executed last. */
  executed: token.optional(),
});

type Page = z.output<typeof page>;
export type Sent = z.output<typeof sent>;

export class Book {
  readonly #notes: Notes<Page>;
  #page: Page;

  /** Throws RunControlError STORAGE when it cannot be read. */
  constructor(path: string, bootId: string) {
    this.#notes = openNotes({ path, bootId, schema: page });
    this.#page = this.#notes.now ?? { startId: '', state: '' };
  }

  get startId(): string {
    return this.#page.startId;
  }

  get state(): string {
    return this.#page.state;
  }

  get sent(): Sent | undefined {
    return this.#page.sent;
  }

  get executed(): Token | undefined {
    return this.#page.executed;
  }

  /** Another life begins: nothing of the one before holds. */
  begin(startId: string, state: string): void {
    this.#write({ startId, state });
  }

  /** A transition is about to be sent. */
  send(request: Sent): void {
    this.#write({ ...this.#page, sent: request });
  }

  /** The process takes it, and goes on with it after its answer. */
  accept(job: string): void {
    const { sent: open } = this.#page;
    if (open !== undefined) this.#write({ ...this.#page, sent: { ...open, accepted: true, job } });
  }

  /** What was sent has ended, or never left. */
  close({ executed, state }: { readonly executed?: Token; readonly state: string }): void {
    const { startId, executed: before } = this.#page;
    const newest = executed ?? before;
    this.#write({ startId, state, ...(newest === undefined ? {} : { executed: newest }) });
  }

  /** Where it says it is; not worth a write when it is known. */
  observe(state: string): void {
    if (state !== this.#page.state) this.#write({ ...this.#page, state });
  }

  #write(next: Page): void {
    this.#notes.write(next);
    this.#page = next;
  }
}

/** What to do with an error of a task: a disk that cannot be written ends the sidecar in words, a bug as it is. */
export function storageTrouble(fatal: (trouble: unknown) => void): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof RunControlError)) throw error;
    fatal(error);
  };
}
