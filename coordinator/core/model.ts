// What the coordinator knows for certain (the journal), what it sees (the fleet), what can happen and
// what it does about it: data only.

import type { Problem, TroubleCode } from '../../protos/failure/trouble.ts';
import type { Arguments, Machine } from '../../protos/machine/table.ts';

/** `readout-3`. */
export type Target = string & { readonly __brand: 'Target' };
/** Chosen by the client; names one operation for ever. */
export type OperationId = string & { readonly __brand: 'OperationId' };
/** One life of a process: `<pod>.<life>`, so that two lives of one pod can be told from two pods. */
export type Incarnation = string & { readonly __brand: 'Incarnation' };

/** By segment and ordinal; empty string: does not take part. */
export type Incarnations = Readonly<Record<string, readonly (Incarnation | '')[]>>;

// ---- what the document says -------------------------------------------------------------------------

export type MemberOrder = 'together' | 'ascending' | 'descending' | { readonly batches: number };

export type Segment = {
  readonly name: string;
  readonly members: number;
  readonly critical: boolean;
  /** A segment that is not critical goes on while at least this many take part. */
  readonly minMembers: number;
  readonly order: MemberOrder;
};

export type Partition = {
  readonly name: string;
  readonly machine: Machine;
  readonly machineHash: string;
  readonly segments: readonly Segment[];
  /** What a leaving target leads to during a run. */
  readonly leavePolicy: 'stopRun' | 'leave';
};

// ---- what an operator asks --------------------------------------------------------------------------

export type Command =
  | { readonly kind: 'transition'; readonly name: string; readonly arguments: Arguments }
  | { readonly kind: 'sequence'; readonly name: string; readonly arguments: Arguments }
  | { readonly kind: 'goTo'; readonly state: string; readonly arguments: Arguments }
  | { readonly kind: 'recover'; readonly targets: readonly string[] }
  | { readonly kind: 'adopt'; readonly targets: readonly string[] }
  | { readonly kind: 'declareGone'; readonly targets: readonly string[] }
  /** The coordinator's own: targets that leave take the stop path; none named: the whole run stops. */
  | { readonly kind: 'leave'; readonly targets: readonly string[] };

// ---- an operation, frozen when it is accepted -------------------------------------------------------

/** Both ends included. */
export type OrdinalRange = readonly [first: number, last: number];

/** Targets of one segment that take a transition from the same state. */
export type Group = {
  readonly segment: string;
  readonly ordinals: readonly OrdinalRange[];
  /** Empty with recover. */
  readonly from: string;
  /** Empty with recover. */
  readonly to: string;
};

export type Wave = readonly Group[];

export type Step = {
  readonly transition: string;
  readonly arguments: Arguments;
  readonly onFailure: 'stop' | 'continue';
  readonly stopPath: boolean;
  /** For the process, in milliseconds. */
  readonly budgetMs: number;
  readonly waves: readonly Wave[];
};

export type Operation = {
  readonly id: OperationId;
  readonly number: number;
  readonly command: Command;
  readonly title: string;
  readonly operator: string;
  /** Milliseconds since 1970, for the record only. */
  readonly acceptedAtMs: number;
  readonly machineHash: string;
  /** Run that its requests belong to; 0 outside a run. */
  readonly runNumber: number;
  /** Step that leads into the run and spends its number; absent: none. */
  readonly startsRunAt?: number;
  /** Last step that leads out of the run; absent: none. */
  readonly endsRunAt?: number;
  readonly steps: readonly Step[];
  /** Incarnation by segment and ordinal of all that take part; empty string: does not. */
  readonly incarnations: Incarnations;
  readonly policies: Readonly<Record<string, { readonly critical: boolean; readonly minMembers: number }>>;
  /** Known before the first wave to be unable to take part. */
  readonly leftOut: readonly Trouble[];
};

/** A target that did not execute a step. */
export type Trouble = {
  readonly target: Target;
  readonly step: number;
  readonly transition: string;
  readonly kind: 'refused' | 'failed' | 'interrupted' | 'gone' | 'settled' | 'unknown' | 'absent';
  readonly cause: string;
  /** The operation went on without it by the policy of its segment or transition. */
  readonly excluded: boolean;
  /** It failed a step of the stop path and stands where that leads: it takes the rest of the stop path too. */
  readonly stopsOn?: true;
};

export type Outcome = 'succeeded' | 'failed' | 'cancelled';

// ---- the journal ------------------------------------------------------------------------------------

/** Durable facts, in the order in which they became true. Nothing else survives. */
export type JournalRecord =
  | {
      readonly kind: 'opened';
      readonly journalId: string;
      readonly partition: string;
      readonly operationsRememberedMax: number;
      /** Absent in journals of before: all are remembered whole. */
      readonly operationsInFullMax?: number;
    }
  /** A new leader, or the same one after a sidecar told of a higher epoch. */
  | { readonly kind: 'led'; readonly epoch: number; readonly operationNumber: number }
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
  readonly open: OpenOperation | undefined;
  /** Given when the journal was opened, so that a later release replays it alike (P13). */
  readonly operationsRememberedMax: number;
  /** As given then; absent: all are remembered whole. */
  readonly operationsInFullMax?: number;
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

// ---- what is seen -----------------------------------------------------------------------------------

/** Names one request. */
export type Token = { readonly operationNumber: number; readonly step: number; readonly operationId: string };

/** State as a sidecar tells it. */
export type ReportedState = {
  readonly incarnation: Incarnation;
  readonly stateNumber: number;
  /** Empty: unknown. In error: the state it came from. */
  readonly state: string;
  readonly inError: boolean;
  readonly attached: boolean;
  readonly doing: Token | undefined;
  readonly doingTransition: string;
  readonly leaving: boolean;
  readonly cause: string;
};

export type Answer = {
  readonly token: Token;
  readonly incarnation: Incarnation;
  readonly kind: 'executed' | 'refused' | 'failed' | 'interrupted';
  /** Only with refused. */
  readonly code: string;
  readonly cause: string;
};

export type PodPhase = 'unreported' | 'running' | 'deleting' | 'ended';

export type Observation = {
  readonly target: Target;
  readonly segment: string;
  readonly ordinal: number;
  readonly connected: boolean;
  /** Why it is not connected or not commanded, one sentence. */
  readonly trouble: string;
  readonly foreignJournalId: string;
  readonly machineHash: string;
  readonly reported: ReportedState | undefined;
  /** Milliseconds on the coordinator's monotonic clock when `reported` or `connected` last changed. */
  readonly observedAtMs: number;
  readonly podPhase: PodPhase;
  /** Digest of the pod that `podPhase` speaks of: the part of an incarnation before the dot. */
  readonly pod: string;
  /** Pods of this name that the platform has seen ending, newest last, at most ENDED_PODS_MAX. */
  readonly endedPods: readonly string[];
};

/** A target of the present wave that has not answered. */
export type Pending = {
  readonly incarnation: Incarnation;
  readonly from: string;
  readonly to: string;
  readonly refusal: string;
};

/** The present wave as seen since this coordinator leads. */
export type Progress = {
  readonly number: number;
  readonly step: number;
  readonly wave: number;
  /** 0 asked; 1 asked again; 2 told to settle. */
  phase: 0 | 1 | 2;
  readonly pending: Map<Target, Pending>;
  readonly troubles: Trouble[];
};

/** By target: `waiting` for an ordered stop, or one was `begun`, which is done once for each leaving. */
export type Leavers = ReadonlyMap<Target, 'waiting' | 'begun'>;

/** The picture. The two maps are changed in place: a copy for each answer would cost O(N²) a wave. */
export type Fleet = Map<Target, Observation>;

export type Core = {
  readonly partition: Partition;
  readonly journal: JournalState;
  readonly fleet: Fleet;
  readonly progress: Progress | undefined;
  /** Targets whose preStop waits, and whether an ordered stop was begun for it. */
  readonly leavers: Leavers;
};

// ---- what happens -----------------------------------------------------------------------------------

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

export type Event =
  /** This process holds the lock and has replayed the journal. */
  | { readonly type: 'lead'; readonly newJournalId: string }
  | {
      readonly type: 'submit';
      readonly caller: Caller;
      readonly id: OperationId;
      readonly command: Command;
      readonly highestSeen: number;
      readonly operator: string;
    }
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
    }
  | { readonly type: 'deadline'; readonly deadline: Deadline };

export type DownMessage =
  | { readonly type: 'request'; readonly request: RequestMessage }
  | { readonly type: 'settle'; readonly operationNumber: number; readonly step: number }
  | { readonly type: 'giveUp'; readonly operationNumber: number; readonly step: number }
  | {
      readonly type: 'leave';
      readonly incarnation: Incarnation;
      readonly verdict: 'ordered' | 'local' | 'restart' | 'forced';
    };

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
  /** Open every stream anew with a Hello of the present epoch. */
  | { readonly type: 'connectAll' }
  /** Open one target's stream anew. */
  | { readonly type: 'connect'; readonly target: Target };

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
};
