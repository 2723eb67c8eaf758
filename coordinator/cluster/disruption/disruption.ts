// What the PodDisruptionBudgets of a partition shall say. In a run nobody may be evicted: an eviction that is refused
// waits (`kubectl drain` asks again every 5 s), one that is allowed would stop the run. Outside a run everybody may.

import type { Core } from '../../core/model/picture.ts';
import type { PartitionDocument } from '../../document/document.ts';
import { PARTITION_LABEL, SEGMENT_LABEL } from '../names.ts';
import type { DisruptionBudget } from '../resources/disruptionBudget.ts';
import type { StatefulSet } from '../resources/statefulSet.ts';
import type { Fact } from '../status/conditions.ts';
import { keysOf, selects } from './selector.ts';

/** What a document says of the segments whose pods are guarded. */
export type Guarded = {
  readonly name: string;
  readonly segments: readonly Pick<PartitionDocument['segments'][number], 'name' | 'statefulSet'>[];
};

/** What the budget of one segment shall say. */
export type Guard = {
  /** Of the StatefulSet, and so of the budget. */
  readonly name: string;
  readonly segment: string;
  /** How many of its pods may be evicted at once. */
  readonly maxUnavailable: number | '100%';
  /** Whether pods that are not Ready may be evicted beyond that. */
  readonly unhealthyPodEvictionPolicy: 'IfHealthyBudget' | 'AlwaysAllow';
};

export type BudgetChange =
  | { readonly kind: 'write'; readonly guard: Guard }
  /** Of a segment that the document does not have any more. */
  | { readonly kind: 'delete'; readonly name: string };

/** True while the pods of the partition must stay. It is so from `accepted` on, before anything is sent. */
export function isGuarded({ journal }: Core): boolean {
  return journal.run !== undefined;
}

/**
 * One guard for each segment. `spared` counts, by segment, the members that may be evicted in a run: they stand on
 * a node that is drained and have left the run.
 */
export function guardsOf(
  core: Core,
  document: Guarded,
  spared: ReadonlyMap<string, number>,
): readonly Guard[] {
  const members = Map.groupBy(core.fleet.values(), ({ segment }) => segment);
  return document.segments.map((segment) => {
    const free = spared.get(segment.name) ?? 0;
    const isOpen = !isGuarded(core) || free >= (members.get(segment.name)?.length ?? 0);
    return {
      name: segment.statefulSet ?? `${document.name}-${segment.name}`,
      segment: segment.name,
      maxUnavailable: isOpen ? '100%' : free,
      // In a run one that is not Ready may well be taking data; outside it must never keep a node from its drain.
      unhealthyPodEvictionPolicy: isOpen ? 'AlwaysAllow' : 'IfHealthyBudget',
    };
  });
}

/** What must be written so that `present`, the budgets of the namespace, say what `guards` want; nothing when they do. */
export function budgetChanges(
  partition: string,
  guards: readonly Guard[],
  present: readonly DisruptionBudget[],
): readonly BudgetChange[] {
  const byName = new Map(present.map((budget) => [budget.name, budget]));
  const writes = guards.filter((guard) => {
    const budget = byName.get(guard.name);
    if (budget === undefined) return true;
    return budget.partition === partition && !says(budget, guard, partition);
  });
  const wanted = new Set(guards.map(({ name }) => name));
  const stale = present.filter((budget) => budget.partition === partition && !wanted.has(budget.name));
  return [
    ...writes.map((guard): BudgetChange => ({ kind: 'write', guard })),
    ...stale.map(({ name }): BudgetChange => ({ kind: 'delete', name })),
  ];
}

function says(budget: DisruptionBudget, guard: Guard, partition: string): boolean {
  const selector = budget.selector?.matchLabels ?? {};
  return (
    budget.maxUnavailable === String(guard.maxUnavailable) &&
    budget.unhealthyPodEvictionPolicy === guard.unhealthyPodEvictionPolicy &&
    budget.selector?.matchExpressions.length === 0 &&
    Object.keys(selector).length === 2 &&
    selector[PARTITION_LABEL] === partition &&
    selector[SEGMENT_LABEL] === guard.segment
  );
}

/** Budgets of somebody else that keep ours from working, one sentence each. */
export function strangeBudgets(
  partition: string,
  guards: readonly Guard[],
  present: readonly DisruptionBudget[],
  sets: readonly StatefulSet[],
): readonly string[] {
  return guards.flatMap(({ name, segment }) => {
    const set = sets.find((candidate) => candidate.name === name);
    return present
      .filter((budget) => budget.partition !== partition)
      .flatMap((budget) => {
        if (set !== undefined && selectsPodsOf(budget, set)) return [overlap(budget, segment)];
        return budget.name === name ? [taken(budget, segment)] : [];
      });
  });
}

function overlap({ namespace, name }: DisruptionBudget, segment: string): string {
  return (
    `PodDisruptionBudget ${namespace}/${name} selects pods of ${segment} too: Kubernetes answers each eviction of ` +
    'them with an error, and kubectl drain gives up; delete it, or narrow its selector'
  );
}

function taken({ namespace, name }: DisruptionBudget, segment: string): string {
  return (
    `PodDisruptionBudget ${namespace}/${name} is not the coordinator's, which therefore has none for ${segment}: ` +
    'in a run its pods may be evicted; delete it, or give it another name'
  );
}

const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const ORDINAL_LABELS = [POD_NAME_LABEL, 'apps.kubernetes.io/pod-index'] as const;

function selectsPodsOf({ selector }: DisruptionBudget, set: StatefulSet): boolean {
  if (selector === undefined) return false;
  const asksForOne = keysOf(selector).some((key) => ORDINAL_LABELS.some((label) => label === key));
  const count = asksForOne ? set.replicas : 1;
  for (let index = 0; index < count; index++) {
    if (selects(selector, labelsOf(set, set.ordinalsStart + index))) return true;
  }
  return false;
}

/** Its revision is left out: nobody selects by that. */
function labelsOf({ name, podLabels }: StatefulSet, ordinal: number): Readonly<Record<string, string>> {
  return {
    ...podLabels,
    [POD_NAME_LABEL]: `${name}-${ordinal}`,
    'apps.kubernetes.io/pod-index': `${ordinal}`,
  };
}

/** The condition Protected. `failure`: why the budgets could not be written the last time. */
export function protectedFact(
  core: Core,
  { strange, failure }: { readonly strange: readonly string[]; readonly failure: string | undefined },
): Fact {
  const [first] = strange;
  if (first !== undefined) {
    const more = strange.length > 1 ? ` (and ${strange.length - 1} more like it)` : '';
    return { status: 'False', reason: 'OtherBudget', message: `${first}${more}` };
  }
  if (failure !== undefined) {
    return { status: 'False', reason: 'NotWritten', message: `its pods may be evicted in a run: ${failure}` };
  }
  return { status: 'True', reason: isGuarded(core) ? 'NoEviction' : 'EvictionAllowed', message: '' };
}
