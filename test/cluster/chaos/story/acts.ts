// What may happen in a story of chaos, as data: nothing here knows a cluster.

import { unreachable } from '../../../../protos/failure/invariant.ts';

/** A transition that a process of the miniature DAQ may do badly, and how. */
export type BadHook = {
  readonly transition: string;
  readonly how: 'slow' | 'hang' | 'refuse' | 'fail' | 'dropAnswer' | 'crash';
};

/** Something is broken. It stands for some steps; what does not mend itself is then undone. */
export type Trouble =
  | { readonly kind: 'kill'; readonly whose: 'process' | 'sidecar'; readonly target: string }
  | { readonly kind: 'pause'; readonly whose: 'process' | 'sidecar'; readonly target: string }
  | { readonly kind: 'deletePod'; readonly target: string; readonly how: 'inOrder' | 'now' | 'byForce' }
  | { readonly kind: 'deleteAll' }
  | { readonly kind: 'killCoordinator'; readonly which: 'leader' | 'standby' }
  | { readonly kind: 'pauseLeader' }
  | { readonly kind: 'deleteLeader' }
  | { readonly kind: 'cutLeader'; readonly from: 'apiServer' | 'sidecars' }
  | { readonly kind: 'cutPod'; readonly target: string; readonly what: Cut }
  | { readonly kind: 'badHook'; readonly target: string; readonly bad: BadHook }
  | { readonly kind: 'cordon'; readonly node: string; readonly drain: boolean }
  | { readonly kind: 'kubelet'; readonly node: string; readonly how: 'killed' | 'paused' }
  | { readonly kind: 'apiServer'; readonly how: 'killed' | 'paused' }
  | { readonly kind: 'scaleSet'; readonly segment: string; readonly from: number; readonly to: number };

/** What no longer comes through a pod's network: the sidecar's control stream one way, both ways, or anything. */
export type Cut = 'controlIn' | 'controlOut' | 'control' | 'all';

/** An operator asks for something. */
export type Command =
  /** A line of `baton`; `again` may be about it when it submits an operation. */
  | { readonly kind: 'say'; readonly line: string; readonly submits: boolean }
  /** Whoever is in error is recovered, all are brought to configured, and a run is begun. */
  | { readonly kind: 'begin' }
  /** The same without a run. */
  | { readonly kind: 'mend' }
  /** The latest operation is asked for again under its id: in the same words, or in `other` ones. */
  | { readonly kind: 'again'; readonly other: boolean }
  /** The document is edited: what it says of this step, in seconds. */
  | { readonly kind: 'edit'; readonly transition: string; readonly seconds: number }
  /** A segment has a newer pod template, and its pods are replaced. */
  | { readonly kind: 'rollout'; readonly segment: string };

/** Nothing, for a moment. */
export type Quiet = { readonly kind: 'quiet' };

export type Act = Trouble | Command | Quiet;

/** One sentence's worth of an act, for people. */
export function wordsOf(act: Act): string {
  switch (act.kind) {
    case 'kill':
      return `kill the ${act.whose} of ${act.target}`;
    case 'pause':
      return `stop the ${act.whose} of ${act.target} where it stands`;
    case 'deletePod':
      return `delete the pod of ${act.target} ${HOW[act.how]}`;
    case 'deleteAll':
      return 'delete all pods of the partition';
    case 'killCoordinator':
      return `kill the ${act.which}`;
    case 'pauseLeader':
      return 'stop the leader where it stands';
    case 'deleteLeader':
      return "delete the leader's pod";
    case 'cutLeader':
      return `cut the leader off from ${act.from === 'apiServer' ? 'the API server' : 'all sidecars'}`;
    case 'cutPod':
      return `cut ${CUTS[act.what]} of ${act.target}`;
    case 'badHook':
      return `let ${act.target} do ${act.bad.transition} badly: ${act.bad.how}`;
    case 'cordon':
      return `${act.drain ? 'drain' : 'cordon'} ${act.node}`;
    case 'kubelet':
      return `let the kubelet of ${act.node} be ${act.how}`;
    case 'apiServer':
      return `let the API server be ${act.how}`;
    case 'scaleSet':
      return `kubectl scale ${act.segment} from ${act.from} to ${act.to}`;
    case 'say':
      return `baton ${act.line}`;
    case 'begin':
      return 'mend what can be, and begin a run';
    case 'mend':
      return 'mend what can be';
    case 'again':
      return act.other ? 'ask for something else under the latest id' : 'ask again under the latest id';
    case 'edit':
      return `edit the document: ${act.transition} has ${act.seconds} s`;
    case 'rollout':
      return `give ${act.segment} a newer template, and baton rollout ${act.segment}`;
    case 'quiet':
      return 'let it be';
    default:
      return unreachable(act);
  }
}

const HOW = { inOrder: 'in order', now: 'with a grace of one second', byForce: 'by force' } as const;

const CUTS: Readonly<Record<Cut, string>> = {
  controlIn: 'what the coordinator says to the sidecar',
  controlOut: 'what the sidecar says to the coordinator',
  control: 'the control stream',
  all: 'the network',
};
