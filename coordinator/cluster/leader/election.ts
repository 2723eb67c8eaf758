// Goes for the Lease under our name.

import type { Logger } from 'pino';
import type { Clock } from '../../clock.ts';
import { Candidate } from '../../lease/candidate.ts';
import type { KubeClient } from '../client/client.ts';
import type { OwnPod } from '../config/options.ts';
import type { Election } from '../coordinator.ts';
import { Errand } from '../errand.ts';
import { LEASE_NAME } from '../names.ts';
import { holderOf, identityOf } from './identity.ts';
import { strangerSentence, tellStranger } from './stranger.ts';

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
  const { client, ownPod, address, life, log, namespace, clock, random, onFatal } = parts;
  const lease = `${namespace}/${LEASE_NAME}`;
  let stranger: string | undefined;
  const telling = new Errand({
    work: async () => {
      if (stranger === undefined) return;
      const instance = ownPod?.name ?? 'baton';
      await tellStranger(client, { namespace, name: stranger, instance, nowMs: clock().wallMs });
    },
    onTrouble: (trouble) => {
      if (trouble !== undefined) log.warn({ lease, err: trouble }, 'an event is not written');
    },
    random,
    onFatal,
  });
  const candidate = Candidate.start({
    ...parts,
    name: LEASE_NAME,
    identity: identityOf(ownPod, address, life),
    onWait: (identity) => {
      const { isStranger, ...leader } = holderOf(identity);
      stranger = isStranger ? leader.pod : undefined;
      if (!isStranger) return log.info({ lease, leader }, 'stands by');
      log.warn({ lease, leader }, strangerSentence(leader.pod));
      telling.wantIn(0);
    },
    onTrouble: (why) => {
      if (why === undefined) log.info({ lease }, 'the Lease is in order again');
      else log.warn({ lease }, why.message);
    },
  });
  return {
    elected: candidate.elected,
    isCertain: () => candidate.isCertain(),
    holder: () => candidate.holder(),
    [Symbol.asyncDispose]: async () => {
      await telling[Symbol.asyncDispose]();
      await candidate[Symbol.asyncDispose]();
    },
  };
}
