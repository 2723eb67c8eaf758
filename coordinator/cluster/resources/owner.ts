import { API_GROUP, API_VERSION } from '../names.ts';
import type { PartitionObject } from './partition.ts';

/** The owner of what goes with the partition. */
export function ownerOf({
  name,
  uid,
}: Pick<PartitionObject, 'name' | 'uid'>): Readonly<Record<string, unknown>> {
  return { apiVersion: `${API_GROUP}/${API_VERSION}`, kind: 'Partition', name, uid };
}
