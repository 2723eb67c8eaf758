// One live look at a pod, past all caches.

import type { KubeClient } from '../client/client.ts';
import { isFault, KubeFault } from '../client/fault.ts';
import { PODS } from '../client/resource.ts';
import type { Look } from '../pods/word.ts';
import type { ObjectName } from '../resources/metadata.ts';
import { podOf } from '../resources/pod.ts';

/** Half of what a sidecar waits for its verdict, in milliseconds. */
export const LOOK_DEADLINE_MS = 500;

/**
 * What the API server says now of the pod of that name and UID: a deletion timestamp, none, or no such pod.
 * Undefined when it does not say so in time.
 */
export async function lookAt(
  client: Pick<KubeClient, 'get'>,
  { namespace, name }: ObjectName,
  podUid: string,
): Promise<Look['phase'] | undefined> {
  try {
    const pod = podOf(await client.get(PODS, { namespace, name }, { deadlineMs: LOOK_DEADLINE_MS }));
    if (pod.uid !== podUid || pod.isForced) return 'removed';
    return pod.isDeleting ? 'deleting' : 'running';
  } catch (error) {
    if (isFault(error, 'notFound')) return 'removed';
    if (error instanceof KubeFault) return undefined;
    throw error;
  }
}
