// What is known for certain: the records in the order in which they became true, and what they come to.

import type { Machine } from '../../../protos/machine/table.ts';
import type { Operation, Outcome, Trouble } from './operation.ts';
import type { Incarnation, Incarnations, Target } from './partition.ts';

/** Durable facts, in the order in which they became true. Nothing else survives. */
export type JournalRecord =
  | {
      readonly kind: 'opened';
      readonly journalId: string;
      readonly partition: string;
      readonly operationsRememberedMax: number;
      readonly operationsInFullMax: number;
    }
  /** A new leader, or the same one after a sidecar told of a higher epoch. */
  | { readonly kind: 'led'; readonly epoch: number; readonly operationNumber: number }
  /** The machine by which operations are planned from here on: a later leader may be given another document. */
  | { readonly kind: 'machine'; readonly hash: string; readonly table: Machine }
  | { readonly kind: 'accepted'; readonly operation: Operation }
  | {
      readonly kind: 'waveDone';
      readonly number: number;
      readonly step: number;
      readonly wave: number;
      readonly troubles: readonly Trouble[];
    }
  | { readonly kind: 'cancelRequested'; readonly number: number; readonly cause: string }
  | {
      readonly kind: 'finished';
      readonly number: number;
      readonly outcome: Outcome;
      readonly cause: string;
      readonly atMs: number;
      /** Targets whose part is not known: they get only Settle from here on (P3). */
      readonly unknown: readonly Target[];
      readonly run?: RunEnd;
    }
  | { readonly kind: 'released'; readonly target: Target }
  | { readonly kind: 'declaredGone'; readonly target: Target; readonly incarnation: Incarnation }
  /** An operator took the target over; empty: it has welcomed us since. */
  | { readonly kind: 'adopted'; readonly target: Target; readonly fromJournalId: string }
  /** Something happened outside an operation after which the run's end cannot be clean. */
  | { readonly kind: 'runUnclean'; readonly cause: string }
  /** Nobody who started the run is in it any more, and no operation has ended it. */
  | { readonly kind: 'runAbandoned'; readonly run: RunEnd; readonly atMs: number };

export type RunEnd = { readonly number: number; readonly clean: boolean; readonly cause: string };

export type OpenOperation = {
  readonly operation: Operation;
  /** Where it is: the present wave is present from the moment the record before it is durable. */
  readonly step: number;
  readonly wave: number;
  readonly troubles: readonly Trouble[];
  readonly cancelRequested: boolean;
  /** Lives of which an operator said that they have ended. */
  readonly declaredGone: readonly Incarnation[];
  readonly cancelCause: string;
};

/** What is remembered of an operation that has ended. */
export type FinishedOperation = {
  readonly operation: Omit<Operation, 'incarnations' | 'policies'>;
  readonly step: number;
  readonly wave: number;
  readonly troubles: readonly Trouble[];
  readonly outcome: Outcome;
  readonly cause: string;
  readonly finishedAtMs: number;
};

export type OpenRun = {
  readonly number: number;
  readonly startedAtMs: number;
  /** Who took part when it started. */
  readonly incarnations: Incarnations;
  /** Why its end will be unclean; empty while nothing went wrong. */
  readonly unclean: string;
};

export type FinishedRun = RunEnd & { readonly startedAtMs: number; readonly endedAtMs: number };

/** A target whose part in a finished step is not known: it gets only Settle (P3). */
export type UnknownTarget = {
  readonly incarnation: Incarnation;
  readonly number: number;
  readonly step: number;
};

/** `records.reduce(apply)`. Plain JSON, so that a snapshot is just this. */
export type JournalState = {
  readonly journalId: string;
  /** Name of the partition whose journal it is. */
  readonly partition: string;
  readonly epoch: number;
  readonly operationNumber: number;
  readonly runNumber: number;
  /** By which the newest operation was planned; absent in journals of before it was recorded. */
  readonly machine: { readonly hash: string; readonly table: Machine } | undefined;
  readonly open: OpenOperation | undefined;
  /** Given when the journal was opened, so that a later release replays it alike (P13). */
  readonly operationsRememberedMax: number;
  /** Given then as well. */
  readonly operationsInFullMax: number;
  /** Oldest first, at most operationsRememberedMax, of which the newest operationsInFullMax are whole. */
  readonly finished: readonly FinishedOperation[];
  /** Highest operation number that is forgotten. */
  readonly forgottenThrough: number;
  readonly run: OpenRun | undefined;
  /** Oldest first, at most RUNS_REMEMBERED_MAX. */
  readonly runs: readonly FinishedRun[];
  readonly unknown: Readonly<Record<string, UnknownTarget>>;
  /** Cause by target: left out until it stands again where the others are. */
  readonly excluded: Readonly<Record<string, string>>;
  /** Foreign journal by target that an operator took over. */
  readonly adopted: Readonly<Record<string, string>>;
};
