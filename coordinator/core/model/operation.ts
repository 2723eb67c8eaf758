// What an operator asks, and an operation, frozen when it is accepted: data only.

import type { Arguments } from '../../../protos/machine/table.ts';
import type { Incarnations, OperationId, Target } from './partition.ts';

export type Command =
  | { readonly kind: 'transition'; readonly name: string; readonly arguments: Arguments }
  | { readonly kind: 'sequence'; readonly name: string; readonly arguments: Arguments }
  | {
      readonly kind: 'goTo';
      readonly state: string;
      readonly arguments: Arguments;
      /** Targets or segments; absent: all. */
      readonly targets?: readonly string[];
    }
  | { readonly kind: 'recover'; readonly targets: readonly string[] }
  | { readonly kind: 'adopt'; readonly targets: readonly string[] }
  | { readonly kind: 'declareGone'; readonly targets: readonly string[] }
  /** Asked inside of the process only: these targets take the stop path; none named: the whole run stops. */
  | { readonly kind: 'leave'; readonly targets: readonly string[] };

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
