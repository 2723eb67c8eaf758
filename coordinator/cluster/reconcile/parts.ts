// What a keeper of one Partition needs of the process that leads.

import type { Logger } from 'pino';
import type { Dialling } from '../../../protos/credentials/dialling.ts';
import type { RunControlError } from '../../../protos/failure/trouble.ts';
import type { Clock } from '../../clock.ts';
import type { Journal } from '../../journal/journal.ts';
import type { KubeClient } from '../client/client.ts';
import type { Sets } from '../pods/members.ts';
import type { DisruptionBudget } from '../resources/disruptionBudget.ts';
import type { ObjectName } from '../resources/metadata.ts';
import type { Node } from '../resources/node.ts';
import type { Pod } from '../resources/pod.ts';

/** The journal of a partition: nothing is read or written before it is asked to. */
export type OpenJournal = (
  name: ObjectName,
  options: {
    /** Gives up whatever waits for the API server; nobody knows then whether it is durable. */
    readonly signal: AbortSignal;
    /** It waits, and why; undefined: it goes on. */
    readonly onWait: (why: RunControlError | undefined) => void;
  },
) => Journal;

export type KeeperParts = {
  readonly client: KubeClient;
  readonly clock: Clock;
  /** 0..1; Math.random in production. */
  readonly random: () => number;
  readonly log: Logger;
  /** How the sidecars of a namespace are dialled. */
  readonly dialling: (namespace: string) => Dialling;
  /** Pods without an identity are led too, in plaintext. */
  readonly plaintextPods: boolean;
  /** The pod that leads, for people. */
  readonly instance: string;
  /** The journal of a partition; it is opened anew for each lead. */
  readonly openJournal: OpenJournal;
  /** What the informers know, of the partition's namespace. */
  readonly sets: () => Sets;
  readonly budgets: () => Iterable<DisruptionBudget>;
  readonly nodes: () => Iterable<Node>;
  /** False once another coordinator may lead. */
  readonly isLeader: () => boolean;
  /** `host:port` of the sidecar in a pod; another one than in a cluster only in tests. */
  readonly addressOf?: ((pod: Pod) => string) | undefined;
  /** The process must end: a bug, or a lost lead (P8). */
  readonly onFatal: (error: unknown) => void;
};
