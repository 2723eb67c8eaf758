// Looking for the coordinator that leads, through the API server.

import { unreachable } from '../../../protos/failure/invariant.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { KubeClient } from '../../cluster/client/client.ts';
import { isFault } from '../../cluster/client/fault.ts';
import { PODS } from '../../cluster/client/resource.ts';
import { COORDINATOR_PODS, type CoordinatorPod, coordinatorPods, judgePods } from './leader.ts';

/** How long the API server may take to list the coordinator's pods, in milliseconds. */
const LIST_MS_MAX = 5_000;

/** What of the API server is needed for it. */
export type Lister = Pick<KubeClient, 'list'> & {
  readonly access: Pick<KubeClient['access'], 'server' | 'namespace'>;
};

/** More coordinators than anybody runs in one cluster. */
const PODS_MAX = 100;

/**
 * The pods that may lead, best first. Without `namespace` all are looked through; who may not do that finds it in
 * the namespace of the context. Throws RunControlError: NO_LEADER while none leads, UNREACHABLE when there is none,
 * NOT_ALLOWED with the right that is missing, MALFORMED when there are several and nobody said which.
 */
export async function findLeaders(
  client: Lister,
  namespace: string | undefined,
): Promise<readonly CoordinatorPod[]> {
  const { pods, where } = await listPods(client, namespace);
  const found = judgePods(pods);
  switch (found.kind) {
    case 'leaders':
      return found.pods;
    case 'leaderless':
      throw new RunControlError('NO_LEADER', `of ${podWords(found.pods)} in ${where} none leads now`, {
        facts: { next: 'try again in some seconds, or see the logs of its pods' },
      });
    case 'none':
      throw new RunControlError(
        'UNREACHABLE',
        `no coordinator runs in ${where} of ${client.access.server}: no pod there has the labels ${COORDINATOR_PODS}`,
        { facts: { next: 'install one (charts/baton), or say where it is by --coordinator-namespace' } },
      );
    case 'several':
      throw new RunControlError('MALFORMED', 'there are several coordinators', {
        problems: [
          { path: '--coordinator-namespace', want: `one of: ${found.places.join(', ')}`, got: 'nothing' },
        ],
      });
    default:
      return unreachable(found);
  }
}

type Listed = { readonly pods: readonly CoordinatorPod[]; readonly where: string };

async function listPods(client: Lister, namespace: string | undefined): Promise<Listed> {
  const list = async (within: string | undefined) =>
    coordinatorPods(
      await client.list(
        PODS,
        { namespace: within },
        { labelSelector: COORDINATOR_PODS, limit: PODS_MAX, deadlineMs: LIST_MS_MAX },
      ),
    );
  if (namespace !== undefined) return { pods: await list(namespace), where: `namespace ${namespace}` };
  try {
    return { pods: await list(undefined), where: 'all namespaces' };
  } catch (error) {
    if (!isFault(error, 'forbidden')) throw error;
    // Most people may look only where they work.
    const own = client.access.namespace;
    const pods = await list(own).catch((fault: unknown) => {
      throw isFault(fault, 'forbidden') ? error : fault;
    });
    if (pods.length > 0) return { pods, where: `namespace ${own}` };
    const sentence = `${error.message}; in namespace ${own} of the context there is none`;
    const facts = { next: 'say where it is by --coordinator-namespace' };
    throw new RunControlError('NOT_ALLOWED', sentence, { cause: error, facts });
  }
}

function podWords(pods: readonly CoordinatorPod[]): string {
  return pods.length === 1 ? 'one coordinator' : `${pods.length} coordinators`;
}
