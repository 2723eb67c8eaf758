// The label by which the Service finds the pod that leads. It is a signpost and no proof: who has it by mistake says
// NO_LEADER to whoever comes.

import * as z from 'zod';
import type { KubeClient } from '../client/client.ts';
import { PODS } from '../client/resource.ts';
import type { OwnPod } from '../config/options.ts';
import { LEADER_LABEL } from '../names.ts';

const page = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

type Client = Pick<KubeClient, 'list' | 'patch'>;

/**
 * Puts the label on our pod and takes it off every other. In this order: with nobody under it the Service leads nowhere,
 * for up to a second on nodes whose proxy gathers changes. Throws KubeFault.
 */
export async function takeLabel(client: Client, { namespace, name }: OwnPod): Promise<void> {
  const listed = page.parse(
    await client.list(PODS, { namespace }, { labelSelector: `${LEADER_LABEL}=true` }),
  );
  const names = listed.items.map(({ metadata }) => metadata.name);
  if (!names.includes(name)) await label(client, { namespace, name }, 'true');
  for (const other of names.filter((each) => each !== name))
    await label(client, { namespace, name: other }, null);
}

/** Takes the label off our pod. Throws KubeFault. */
export async function dropLabel(
  client: Client,
  { namespace, name }: OwnPod,
  deadlineMs: number,
): Promise<void> {
  await label(client, { namespace, name }, null, deadlineMs);
}

async function label(
  client: Client,
  where: { readonly namespace: string; readonly name: string },
  value: 'true' | null,
  deadlineMs?: number,
): Promise<void> {
  const body = { metadata: { labels: { [LEADER_LABEL]: value } } };
  await client.patch(PODS, where, { kind: 'merge', body }, { deadlineMs });
}
