// The Lease object, read and written by compare-and-swap.

import type { KubeClient } from '../cluster/client/client.ts';
import { isFault, KubeFault } from '../cluster/client/fault.ts';
import { LEASES } from '../cluster/client/resource.ts';
import { type LeaseRecord, leaseBody, parseLease } from './record.ts';

/** How long a leader is silent before it is superseded: leaseDurationSeconds. */
export const LEASE_DURATION_MS = 5_000;

/**
 * How often a leader renews. Who dies has renewed at most so long ago, so the next leads at most LEASE_DURATION_MS
 * after its death, and the time that one write takes.
 */
export const LEASE_RENEW_MS = 1_500;

/** A renewal that takes longer is given up: after one that was lost there is time for another. */
export const LEASE_CALL_MS = 1_500;

export type LeasePlace = {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
};

/** The Lease as it is now; undefined: there is none. Throws KubeFault. */
export async function readLease(
  { client, namespace, name }: LeasePlace,
  signal: AbortSignal,
): Promise<LeaseRecord | undefined> {
  try {
    const options = { signal, deadlineMs: LEASE_CALL_MS };
    return recordOf(await client.get(LEASES, { namespace, name }, options));
  } catch (error) {
    if (isFault(error, 'notFound')) return undefined;
    throw error;
  }
}

/**
 * Writes `holder`, empty: nobody, if nobody has written since `before`, undefined: since there was none; gives what
 * the Lease then says. Throws KubeFault.
 */
export async function writeLease(
  { client, namespace, name }: LeasePlace,
  {
    before,
    holder,
    nowMs,
    signal,
  }: {
    readonly before: LeaseRecord | undefined;
    readonly holder: string;
    readonly nowMs: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<LeaseRecord> {
  const body = leaseBody({ name, before, holder, durationMs: LEASE_DURATION_MS, nowMs });
  const options = { signal, deadlineMs: LEASE_CALL_MS };
  const written =
    before === undefined
      ? client.create(LEASES, { namespace }, body, options)
      : client.replace(LEASES, { namespace, name }, body, options);
  return recordOf(await written);
}

function recordOf(object: unknown): LeaseRecord {
  const record = parseLease(object);
  if (record === undefined) throw new KubeFault('unknown', 'the API server sent what is no Lease');
  return record;
}
