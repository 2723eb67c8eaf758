// What kubelets have told of pods.

import { z } from 'zod';
import type { Site } from './site.ts';

const eventsSchema = z.object({
  items: z.array(
    z.object({ reason: z.string(), note: z.string(), regarding: z.object({ name: z.string() }) }),
  ),
});

/** What the Events of failed probes say, of one pod or of all; each once, however often it happened. */
export async function failedProbes(site: Site, pod?: string): Promise<readonly string[]> {
  const { items } = eventsSchema.parse(await site.get('events.v1.events.k8s.io'));
  return items
    .filter(({ reason, regarding }) => reason === 'Unhealthy' && (pod ?? regarding.name) === regarding.name)
    .map(({ note }) => note);
}

/** Those of liveness alone. */
export async function failedLiveness(site: Site, pod?: string): Promise<readonly string[]> {
  return (await failedProbes(site, pod)).filter((note) => note.startsWith('Liveness'));
}
