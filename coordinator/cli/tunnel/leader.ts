// Which of the coordinator's pods leads, judged from what the API server lists. Pure.

import { z } from 'zod';
import { CALLERS_ANNOTATION, LEADER_LABEL } from '../../cluster/names.ts';
import { listOf, metadata, text } from '../../cluster/resources/metadata.ts';

/** The labels that charts/baton gives to the pods of its coordinator, as a selector. */
export const COORDINATOR_PODS = 'app.kubernetes.io/name=baton,app.kubernetes.io/component=coordinator';

const INSTANCE_LABEL = 'app.kubernetes.io/instance';

export type CoordinatorPod = {
  readonly namespace: string;
  readonly name: string;
  /** The installation it belongs to: one namespace may hold several. */
  readonly installation: string;
  readonly isLeader: boolean;
  readonly isReady: boolean;
  /** Service accounts of its namespace as which people call it, best first; none: it asks nobody who they are. */
  readonly callers: readonly string[];
};

/** What the pods come to: candidates, best first, or why there is none. */
export type Found =
  | { readonly kind: 'leaders'; readonly pods: readonly CoordinatorPod[] }
  /** Coordinators are there, and none leads. */
  | { readonly kind: 'leaderless'; readonly pods: readonly CoordinatorPod[] }
  | { readonly kind: 'none' }
  /** Of several installations nobody said which. */
  | { readonly kind: 'several'; readonly places: readonly string[] };

const schema = z.object({
  items: listOf(
    z.object({
      metadata,
      status: z.object({ phase: text, conditions: listOf(z.object({ type: text, status: text })) }).nullish(),
    }),
  ),
});

/** The coordinator's pods that run, in a list of the API server. Throws ZodError for what is no list of pods. */
export function coordinatorPods(list: unknown): readonly CoordinatorPod[] {
  const { items } = schema.parse(list);
  return items.flatMap(
    ({ metadata: { namespace, name, labels, annotations, deletionTimestamp }, status }) => {
      if (status?.phase !== 'Running' || deletionTimestamp) return [];
      const installation = labels[INSTANCE_LABEL] ?? '';
      const isLeader = labels[LEADER_LABEL] === 'true';
      const isReady = status.conditions.some((each) => each.type === 'Ready' && each.status === 'True');
      const callers = (annotations[CALLERS_ANNOTATION] ?? '').split(',').filter((each) => each !== '');
      return [{ namespace, name, installation, isLeader, isReady, callers }];
    },
  );
}

/** Whom to ask. A leader that has died may keep its label for a while, so there may be several candidates. */
export function judgePods(pods: readonly CoordinatorPod[]): Found {
  if (pods.length === 0) return { kind: 'none' };
  const places = [...new Set(pods.map(({ namespace, installation }) => `${installation} in ${namespace}`))];
  if (places.length > 1) return { kind: 'several', places: places.toSorted() };
  const leaders = pods.filter(({ isLeader }) => isLeader);
  if (leaders.length === 0) return { kind: 'leaderless', pods };
  return { kind: 'leaders', pods: leaders.toSorted((a, b) => Number(b.isReady) - Number(a.isReady)) };
}
