// What the coordinator publishes of a partition in its own cluster, as people and programs wait for it.

import { z } from 'zod';
import type { Site } from './site.ts';

/** For pods that are placed, started and greeted, or a status that is only written now and then; in seconds. */
const PATIENCE_SECONDS = 120;

/**
 * Waits for what `kubectl wait --for` understands, such as `jsonpath={.status.state}=configured`, of a Partition or
 * of what `resource` names. Throws with what kubectl says when it does not become so.
 */
export async function untilPublished(site: Site, condition: string, resource: string): Promise<void> {
  await site.kubectl('wait', resource, `--for=${condition}`, `--timeout=${PATIENCE_SECONDS}s`);
}

const eventsSchema = z.object({
  items: z.array(
    z.object({ reason: z.string(), note: z.string(), regarding: z.object({ kind: z.string() }) }),
  ),
});

/** Notes of the Events on Partitions with that reason. */
export async function eventsOf(site: Site, reason: string): Promise<readonly string[]> {
  const { items } = eventsSchema.parse(await site.get('events.v1.events.k8s.io'));
  const ours = items.filter((event) => event.regarding.kind === 'Partition' && event.reason === reason);
  return ours.map(({ note }) => note);
}
