// What happened, as an oracle needs it: written down by the simulation, or gathered from journals, hooks
// and streams of real processes.

import type { JournalRecord, JournalState } from '../../coordinator/core/model/journal.ts';
import type { Command } from '../../coordinator/core/model/operation.ts';

export type TokenSeen = {
  readonly operationNumber: number;
  readonly step: number;
  readonly operationId: string;
};

/** One life of a process, as whoever started it knows it; a sidecar's incarnation is only a claim about it. */
export type Life = string;

export type HistoryEvent =
  /** Durable, at this place of the line of records, written by this coordinator process. */
  | {
      readonly kind: 'journaled';
      readonly journalId: string;
      readonly index: number;
      readonly record: JournalRecord;
      readonly by: string;
    }
  /** An old copy was put in its place: all that followed it is gone. */
  | {
      readonly kind: 'restored';
      readonly journalId: string;
      readonly index: number;
      readonly state: JournalState;
    }
  /** An append was refused because another process leads. */
  | { readonly kind: 'superseded'; readonly by: string }
  /** A coordinator process had an effect on others. */
  | { readonly kind: 'acted'; readonly by: string }
  /** A new leader has replayed the journal. */
  | { readonly kind: 'replayed'; readonly journalId: string; readonly state: JournalState }
  | {
      readonly kind: 'requested';
      readonly journalId: string;
      readonly token: TokenSeen;
      readonly target: string;
      readonly incarnation: string;
    }
  | { readonly kind: 'lived'; readonly target: string; readonly incarnation: string; readonly life: Life }
  | { readonly kind: 'ended'; readonly life: Life }
  /** A sidecar lost its memory of this incarnation: it will never be reported again. */
  | { readonly kind: 'forgotten'; readonly incarnation: string }
  | {
      readonly kind: 'hookStarted';
      readonly target: string;
      readonly life: Life;
      /** Journal whose operation it is; empty for a stop that the sidecar makes by itself. */
      readonly journalId: string;
      readonly token: TokenSeen;
      readonly transition: string;
      readonly stopPath: boolean;
      readonly runNumber: number;
    }
  | {
      readonly kind: 'hookEnded';
      readonly life: Life;
      readonly token: TokenSeen;
      readonly executed: boolean;
      readonly refused: boolean;
    }
  | {
      readonly kind: 'answered';
      readonly target: string;
      readonly incarnation: string;
      readonly token: TokenSeen;
      readonly answer: string;
    }
  /** Persisted, loaded or acknowledged by one sidecar with one memory, under one journal. */
  | {
      readonly kind: 'fenced';
      readonly memory: string;
      readonly journalId: string;
      readonly epoch: number;
      readonly operationNumber: number;
      readonly step: number;
    }
  | {
      readonly kind: 'told';
      readonly incarnation: string;
      readonly stateNumber: number;
      readonly state: string;
      readonly inError: boolean;
    }
  | {
      readonly kind: 'pictured';
      readonly target: string;
      readonly incarnation: string;
      readonly stateNumber: number;
      readonly state: string;
      readonly inError: boolean;
    }
  | {
      readonly kind: 'accepted';
      readonly journalId: string;
      readonly id: string;
      readonly command: Command;
      readonly number: number;
      readonly outcome: string;
    }
  /** A sidecar began to stop its process by itself; it may join what already runs. */
  | { readonly kind: 'localStop'; readonly life: Life; readonly joins: TokenSeen | undefined }
  /** Its container was not ended after all: it serves again. */
  | { readonly kind: 'returned'; readonly life: Life }
  /** The preStop hook of this life was answered. */
  | {
      readonly kind: 'preStopAnswered';
      readonly life: Life;
      readonly clean: boolean;
      readonly atRest: boolean;
      readonly late: boolean;
    }
  /** Fragments of a run when its end was journaled. */
  | {
      readonly kind: 'counted';
      readonly journalId: string;
      readonly runNumber: number;
      readonly readOut: number;
      readonly written: number;
    };

/** A promise was broken. The text is the promise. */
export class PromiseBroken extends Error {
  override readonly name = 'PromiseBroken';
  readonly promise: string;

  constructor(promise: string, sentence: string, detail: string) {
    super(`${promise}: ${sentence} Broken: ${detail}`);
    this.promise = promise;
  }
}

/** Looks at each event in turn; throws PromiseBroken at the first that breaks its promise. */
export type Oracle = (event: HistoryEvent) => void;

export function stepKey(journalId: string, token: Pick<TokenSeen, 'operationNumber' | 'step'>): string {
  return `${journalId}:${token.operationNumber}:${token.step}`;
}
