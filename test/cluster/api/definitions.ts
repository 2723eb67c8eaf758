// Our own kinds at an API server, as the chart installs them.

import * as z from 'zod';
import { definitionOf, KINDS } from '../../../charts/generate/resources.ts';
import type { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { isFault } from '../../../coordinator/cluster/client/fault.ts';
import { DEFINITIONS } from '../../../coordinator/cluster/client/resource.ts';
import { condition } from '../../sidecar/condition.ts';

const schema = z.object({
  status: z
    .object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).nullish() })
    .optional(),
});

/** Installs Partition, Journal and Run unless they are there; resolves once they can be used. */
export async function installDefinitions(client: KubeClient): Promise<void> {
  for (const kind of KINDS) {
    const definition = definitionOf(kind);
    try {
      await client.create(DEFINITIONS, {}, definition);
    } catch (error) {
      if (!isFault(error, 'exists')) throw error;
    }
    const { name } = z.object({ metadata: z.object({ name: z.string() }) }).parse(definition).metadata;
    await condition(`${name} is established`, async () => {
      const { status } = schema.parse(await client.get(DEFINITIONS, { name }));
      return (
        status?.conditions?.some((each) => each.type === 'Established' && each.status === 'True') ?? false
      );
    });
  }
}
