// A guard as an object of the API server.

import { MANAGED_BY, MANAGED_LABEL, PARTITION_LABEL, SEGMENT_LABEL } from '../names.ts';
import { ownerOf } from '../resources/owner.ts';
import type { PartitionObject } from '../resources/partition.ts';
import type { Guard } from './disruption.ts';

/** What is applied, as a whole: nobody else has a say in it. */
export function budgetBody(
  partition: Pick<PartitionObject, 'namespace' | 'name' | 'uid'>,
  { name, segment, maxUnavailable, unhealthyPodEvictionPolicy }: Guard,
): Readonly<Record<string, unknown>> {
  const ours = { [PARTITION_LABEL]: partition.name, [SEGMENT_LABEL]: segment };
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: {
      namespace: partition.namespace,
      name,
      labels: { ...ours, [MANAGED_LABEL]: MANAGED_BY },
      ownerReferences: [ownerOf(partition)],
    },
    spec: { maxUnavailable, unhealthyPodEvictionPolicy, selector: { matchLabels: ours } },
  };
}
