// What kubelets have told of pods.

import { z } from 'zod';
import type { Site } from './site.ts';

const eventsSchema = z.object({
  items: z.array(
    z.object({
      reason: z.string(),
      note: z.string(),
      regarding: z.object({ name: z.string() }),
      // As kubelets date their events: to the second.
      deprecatedFirstTimestamp: z.string().nullish(),
    }),
  ),
});

const SECOND_MS = 1_000;

/** One without a date counts as one of always. */
const BEGIN = '1970-01-01';

/**
 * What the Events of failed probes say, of one pod or of all; each once, however often it happened. With `beforeMs`
 * (milliseconds since 1970) those that surely were before.
 */
export async function failedProbes(
  site: Site,
  pod?: string,
  beforeMs = Number.POSITIVE_INFINITY,
): Promise<readonly string[]> {
  const { items } = eventsSchema.parse(await site.get('events.v1.events.k8s.io'));
  return items
    .filter(({ reason, regarding }) => reason === 'Unhealthy' && (pod ?? regarding.name) === regarding.name)
    .filter(({ deprecatedFirstTimestamp: at }) => Date.parse(at ?? BEGIN) + SECOND_MS <= beforeMs)
    .map(({ note }) => note);
}

/** Those of liveness alone. */
export async function failedLiveness(
  site: Site,
  pod?: string,
  beforeMs?: number,
): Promise<readonly string[]> {
  return (await failedProbes(site, pod, beforeMs)).filter((note) => note.startsWith('Liveness'));
}
