// Somebody holds the Lease who is no coordinator: people are told, for nobody leads.

import type { KubeClient } from '../client/client.ts';
import { isFault } from '../client/fault.ts';
import { apiVersionOf, EVENTS, LEASES } from '../client/resource.ts';
import { eventBody } from '../events/body.ts';
import { digestOf } from '../events/book.ts';
import { LEASE_NAME } from '../names.ts';

/** That `name` holds the Lease who is no coordinator, and what to do about it. */
export function strangerSentence(name: string): string {
  return `the Lease ${LEASE_NAME} is held by ${JSON.stringify(name)}, which is no coordinator of Baton, so nobody leads; stop it, or take the Lease from it: kubectl delete lease ${LEASE_NAME}`;
}

/** Writes an Event of the Lease, once for each stranger. Throws KubeFault. */
export async function tellStranger(
  client: Pick<KubeClient, 'create'>,
  {
    namespace,
    name,
    instance,
    nowMs,
  }: {
    readonly namespace: string;
    readonly name: string;
    readonly instance: string;
    /** Milliseconds since 1970. */
    readonly nowMs: number;
  },
): Promise<void> {
  const regarding = {
    apiVersion: apiVersionOf(LEASES),
    kind: LEASES.kind,
    namespace,
    name: LEASE_NAME,
  };
  const note = {
    type: 'Warning',
    reason: 'HeldByStranger',
    action: 'Observe',
    sentence: strangerSentence(name),
  } as const;
  try {
    await client.create(
      EVENTS,
      { namespace },
      eventBody(digestOf(name), note, { regarding, instance, nowMs }),
    );
  } catch (error) {
    if (!isFault(error, 'exists')) throw error;
  }
}
