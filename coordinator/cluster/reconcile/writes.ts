// What the reconciler writes. Each is one call, made only when it changes something.

import type { KubeClient } from '../client/client.ts';
import { isFault } from '../client/fault.ts';
import { JOURNALS, PARTITIONS, STATEFUL_SETS } from '../client/resource.ts';
import type { ObjectName } from '../resources/metadata.ts';
import type { PartitionObject } from '../resources/partition.ts';
import { ORDERED_STOP_FINALIZER } from './farewell.ts';
import type { FirstSize } from './replicas.ts';

/** The finalizer that keeps a deleted Partition until its run has ended, or not. Throws KubeFault. */
export async function setFinalizer(
  client: Pick<KubeClient, 'patch'>,
  { namespace, name, resourceVersion, finalizers, isDeleting }: PartitionObject,
  wanted: boolean,
): Promise<void> {
  if (finalizers.includes(ORDERED_STOP_FINALIZER) === wanted || (wanted && isDeleting)) return;
  const others = finalizers.filter((each) => each !== ORDERED_STOP_FINALIZER);
  const next = wanted ? [...others, ORDERED_STOP_FINALIZER] : others;
  // With the version: the list is replaced as a whole, and another controller may have added to it.
  const body = { metadata: { resourceVersion, finalizers: next } };
  await client.patch(PARTITIONS, { namespace, name }, { kind: 'merge', body });
}

/** The number of replicas through the scale subresource, so that the field is ours from then on. Throws KubeFault. */
export async function setFirstSize(
  client: Pick<KubeClient, 'patch'>,
  namespace: string,
  { statefulSet: name, replicas }: FirstSize,
): Promise<void> {
  const body = { spec: { replicas } };
  await client.patch(STATEFUL_SETS, { namespace, name, subresource: 'scale' }, { kind: 'merge', body });
}

/** The journal of a partition that is gone. Throws KubeFault. */
export async function deleteJournal(
  client: Pick<KubeClient, 'delete'>,
  { namespace, name }: ObjectName,
): Promise<void> {
  try {
    await client.delete(JOURNALS, { namespace, name });
  } catch (error) {
    if (!isFault(error, 'notFound')) throw error;
  }
}
