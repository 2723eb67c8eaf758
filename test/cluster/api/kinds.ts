// The kinds of Baton in an API server that is fresh.

import { definitionOf, KINDS } from '../../../charts/generate/resources.ts';
import type { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { DEFINITIONS, JOURNALS, PARTITIONS, RUNS } from '../../../coordinator/cluster/client/resource.ts';
import { condition } from '../../sidecar/condition.ts';

/** Creates them, and waits until objects of each are taken. */
export async function installKinds(client: KubeClient): Promise<void> {
  for (const kind of KINDS) {
    const definition = definitionOf(kind);
    await client.patch(
      DEFINITIONS,
      { name: `${kind.plural}.baton.dev` },
      { kind: 'apply', body: definition, force: true },
    );
  }
  for (const resource of [PARTITIONS, JOURNALS, RUNS]) {
    await condition(`${resource.plural} are served`, () =>
      client.list(resource, { namespace: 'default' }).then(
        () => true,
        () => false,
      ),
    );
  }
}
