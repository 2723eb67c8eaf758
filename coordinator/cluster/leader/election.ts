// Goes for the Lease under our name.

import type { Logger } from 'pino';
import type { Clock } from '../../clock.ts';
import { Candidate } from '../../lease/candidate.ts';
import type { KubeClient } from '../client/client.ts';
import type { OwnPod } from '../config/options.ts';
import type { Election } from '../coordinator.ts';
import { LEASE_NAME } from '../names.ts';
import { holderOf, identityOf } from './identity.ts';
import { strangerSentence } from './noLeader.ts';

export type ElectionParts = {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly ownPod: OwnPod | undefined;
  /** Where others reach this process. */
  readonly address: string;
  /** Another one for each start of the process. */
  readonly life: string;
  readonly clock: Clock;
  /** 0..1; Math.random in production. */
  readonly random: () => number;
  readonly log: Logger;
  /** It leads no more: the process must end at once (P8). */
  readonly onLost: (holder: string) => void;
  readonly onFatal: (error: unknown) => void;
};

/** Goes for the Lease of the coordinators in `namespace`, at once. */
export function electionOf(parts: ElectionParts): Election {
  const { ownPod, address, life, log, namespace } = parts;
  const lease = `${namespace}/${LEASE_NAME}`;
  return Candidate.start({
    ...parts,
    name: LEASE_NAME,
    identity: identityOf(ownPod, address, life),
    onWait: (identity) => {
      const { isStranger, ...leader } = holderOf(identity);
      if (isStranger) log.warn({ lease, leader }, strangerSentence(leader.pod));
      else log.info({ lease, leader }, 'stands by');
    },
    onTrouble: (why) => {
      if (why === undefined) log.info({ lease }, 'the Lease is in order again');
      else log.warn({ lease }, why.message);
    },
  });
}
