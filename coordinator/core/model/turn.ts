// What happens, and what the coordinator does about it: data only.

import type { Problem, TroubleCode } from '../../../protos/failure/trouble.ts';
import type { Arguments } from '../../../protos/machine/table.ts';
import type { JournalRecord } from './journal.ts';
import type { Command } from './operation.ts';
import type { Incarnation, OperationId, Partition, Target } from './partition.ts';
import type { Answer, Leavers, PodFacts, PodPhase, Progress, ReportedState, Token } from './picture.ts';

/** When an event happened: the monotonic clock for durations, the wall clock for the record only. */
export type Instant = { readonly monotonicMs: number; readonly wallMs: number };

/** Correlates a client's call with its response; chosen by the shell. */
export type Caller = number;

export type Deadline = {
  readonly number: number;
  readonly step: number;
  readonly wave: number;
  readonly phase: 0 | 1 | 2;
};

export type Submit = {
  readonly type: 'submit';
  readonly caller: Caller;
  readonly id: OperationId;
  readonly command: Command;
  readonly highestSeen: number;
  readonly operator: string;
};

/** Verdicts are sent: the ordered stop of those who leave may begin. */
export type LeaversTold = { readonly type: 'leaversTold' };

export type Event =
  /** This process holds the lock and has replayed the journal. */
  | { readonly type: 'lead'; readonly newJournalId: string }
  | Submit
  | { readonly type: 'cancel'; readonly caller: Caller; readonly id: string }
  | {
      readonly type: 'welcome';
      readonly target: Target;
      readonly journalId: string;
      readonly foreign: boolean;
      readonly fence: { readonly epoch: number; readonly operationNumber: number; readonly step: number };
      readonly machineHash: string;
      readonly last: { readonly token: Token; readonly answer: Answer | undefined } | undefined;
      readonly state: ReportedState;
    }
  | { readonly type: 'disconnected'; readonly target: Target; readonly cause: string }
  | { readonly type: 'state'; readonly target: Target; readonly state: ReportedState }
  | {
      readonly type: 'answer';
      readonly target: Target;
      readonly answer: Answer;
      readonly state: ReportedState;
    }
  | {
      readonly type: 'settled';
      readonly target: Target;
      readonly incarnation: Incarnation;
      readonly doing: Token | undefined;
      readonly operationNumber: number;
      readonly step: number;
    }
  | {
      readonly type: 'leaving';
      readonly target: Target;
      readonly incarnation: Incarnation;
      readonly done: boolean;
      readonly clean: boolean;
    }
  | {
      readonly type: 'pod';
      readonly target: Target;
      readonly pod: string;
      readonly phase: PodPhase;
      /** Absent: nothing is known of it but its phase. */
      readonly facts?: PodFacts;
    }
  | { readonly type: 'deadline'; readonly deadline: Deadline }
  /** The time to hear of every target is over. */
  | { readonly type: 'heardEnough' }
  | LeaversTold
  /** The document was edited, or a segment has another number of members. */
  | { readonly type: 'document'; readonly partition: Partition };

export type DownMessage =
  | { readonly type: 'request'; readonly request: RequestMessage }
  | { readonly type: 'settle'; readonly operationNumber: number; readonly step: number }
  | { readonly type: 'giveUp'; readonly operationNumber: number; readonly step: number }
  | {
      readonly type: 'leave';
      readonly incarnation: Incarnation;
      readonly verdict: 'ordered' | 'local' | 'restart' | 'forced';
    }
  /** What only the platform knows of its pod: for people, and followed by nothing. */
  | { readonly type: 'podFacts'; readonly sentence: string; readonly restarts: number };

export type RequestMessage = {
  readonly token: Token;
  readonly incarnation: Incarnation;
  readonly machineHash: string;
  readonly transition: string;
  readonly arguments: Arguments;
  readonly from: string;
  readonly to: string;
  readonly budgetMs: number;
  readonly stopPath: boolean;
  readonly runNumber: number;
};

/** What a client is told. */
export type Response =
  /** Empty: done, but the operation that it was about is forgotten. */
  | { readonly kind: 'operation'; readonly id: OperationId }
  | {
      readonly kind: 'trouble';
      readonly code: TroubleCode;
      readonly sentence: string;
      readonly problems: readonly Problem[];
    };

export type Effect =
  | { readonly type: 'send'; readonly target: Target; readonly message: DownMessage }
  | { readonly type: 'arm'; readonly deadline: Deadline; readonly afterMs: number }
  | { readonly type: 'respond'; readonly caller: Caller; readonly response: Response }
  /** Tell of `heardEnough` when that time has passed. */
  | { readonly type: 'hear'; readonly afterMs: number }
  /** Take the event in a turn of its own, after those that wait already. */
  | { readonly type: 'takeNext'; readonly event: Submit | LeaversTold }
  /** Open every stream anew with a Hello of the present epoch. */
  | { readonly type: 'connectAll' }
  /** Open one target's stream anew. */
  | { readonly type: 'connect'; readonly target: Target }
  /** From now on there are these targets: open the streams of those that came, close those that went. */
  | { readonly type: 'follow'; readonly targets: readonly Target[] };

/** What holds of the document after a decision. */
export type Following = {
  readonly partition: Partition;
  readonly wanted: Partition;
  /** Everybody in the picture, in the document's order. */
  readonly targets: readonly Target[];
  readonly departing: ReadonlySet<Target>;
};

/**
 * What one event leads to. The shell makes `records` durable, then calls `commit`, and only then runs
 * `effects`, in this order and no other.
 */
export type Decision = {
  readonly records: readonly JournalRecord[];
  readonly effects: readonly Effect[];
  /** The wave that is present after `records`; absent: unchanged. */
  readonly progress?: Progress | 'none';
  readonly leavers?: Leavers;
  readonly waiting?: readonly Submit[];
  /** Absent: unchanged. */
  readonly document?: Following;
};
