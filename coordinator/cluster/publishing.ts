// What everything that writes about a partition needs.

import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { KubeClient } from './client/client.ts';
import type { PartitionObject } from './resources/partition.ts';

/** The calls that publishing makes. */
export type PublishingClient = Pick<KubeClient, 'list' | 'create' | 'patch' | 'delete'>;

export type Publishing = {
  /** The Partition as it is known now. */
  readonly partition: () => PartitionObject;
  readonly client: PublishingClient;
  /** The pod that writes: who told it, for people. */
  readonly instance: string;
  readonly clock: Clock;
  /** 0..1; Math.random in production. */
  readonly random: () => number;
  readonly log: Logger;
  /** A bug: nothing is published any more. */
  readonly onFatal: (error: unknown) => void;
};
