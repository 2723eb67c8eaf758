// Who leads in a cluster, and how a test waits for the next one.

import { holderOf } from '../../coordinator/cluster/leader/identity.ts';
import { LEASE_NAME } from '../../coordinator/cluster/names.ts';
import type { JudgedDaq } from './judged.ts';
import type { ContainerOf } from './trouble.ts';

/** Container of a coordinator in its pod. */
const COORDINATOR = 'coordinator';

/** Where the coordinator runs that holds the Lease: labels follow a moment later. */
export async function leaderOf({ site }: Pick<JudgedDaq, 'site'>): Promise<ContainerOf> {
  const holder = '--output=jsonpath={.spec.holderIdentity}';
  const { pod } = holderOf(await site.kubectl('get', 'lease', LEASE_NAME, holder));
  return { pod, container: COORDINATOR };
}

/** The epoch of whoever leads now. */
export async function epochOf({ eye }: Pick<JudgedDaq, 'eye'>): Promise<number> {
  return (await eye.until('somebody leads', () => true)).partition.epoch;
}

/** Resolves once somebody leads under a higher epoch. */
export async function nextLeader({ eye }: Pick<JudgedDaq, 'eye'>, epoch: number): Promise<void> {
  await eye.until('another one leads', ({ partition }) => partition.epoch > epoch);
}
