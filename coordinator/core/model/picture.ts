// What is seen of the targets, and the core that decides on it: data only.

import type { JournalState } from './journal.ts';
import type { Trouble } from './operation.ts';
import type { Incarnation, Partition, Target } from './partition.ts';
import type { Submit } from './turn.ts';

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

/**
 * The platform's word on a pod. `removed`: nothing is left of it but perhaps its processes, which nobody answers
 * for: a forced deletion. `ended`: whoever runs it has seen its processes end.
 */
export type PodPhase = 'unreported' | 'running' | 'deleting' | 'removed' | 'ended';

/** What the platform tells people of a pod. */
export type PodFacts = {
  /** One sentence, without ages; empty: nothing worth telling. */
  readonly sentence: string;
  /** Where it runs; empty outside a cluster, or while it is not placed. */
  readonly node: string;
  /** How often the process's container was started again. */
  readonly restarts: number;
};

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
  readonly podFacts: PodFacts;
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

/**
 * The verdict of a target that leaves is on the way (`told`), it is `waiting` for an ordered stop, or one was `begun`,
 * which is done once for each leaving.
 */
export type LeaverStage = 'told' | 'waiting' | 'begun';

/** By target. */
export type Leavers = ReadonlyMap<Target, LeaverStage>;

/** The picture. The two maps are changed in place: a copy for each answer would cost O(N²) a wave. */
export type Fleet = Map<Target, Observation>;

export type Core = {
  /** What holds of the document now. */
  readonly partition: Partition;
  /** The newest document: `partition` itself, unless its machine must wait. */
  readonly wanted: Partition;
  readonly journal: JournalState;
  readonly fleet: Fleet;
  /** Targets of the fleet that the document does not have: the journal still speaks of them. */
  readonly departing: ReadonlySet<Target>;
  readonly progress: Progress | undefined;
  /** Of whom this leader has not heard since it leads. Changed in place. */
  readonly hearing: Set<Target>;
  /** What was asked before everybody was heard of, in its order: as many as there are callers at most. */
  readonly waiting: readonly Submit[];
  /** Targets whose preStop waits, and whether an ordered stop was begun for it. */
  readonly leavers: Leavers;
};
