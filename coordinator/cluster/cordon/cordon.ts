// What follows when a node is cordoned under a partition's targets. A drain comes next: its evictions are refused while
// a run is on, and a refused eviction never reaches the preStop hook. So the cordon is the sign.

import { createHash } from 'node:crypto';
import { isInRun } from '../../../protos/machine/table.ts';
import { isKnown } from '../../core/fleet.ts';
import type { OperationId, Target } from '../../core/model/partition.ts';
import type { Core, Observation } from '../../core/model/picture.ts';
import type { PartitionDocument } from '../../document/document.ts';
import type { Node } from '../resources/node.ts';
import type { Fact } from '../status/conditions.ts';

type OnCordon = PartitionDocument['onCordon'];

/** Node by target, as the platform placed its pod. */
export type Placement = ReadonlyMap<Target, string>;

/** A cordoned node, and who of the partition stands there. */
export type Cordoned = { readonly node: Node; readonly targets: readonly Target[] };

/** What the coordinator asks of itself because of a cordon. */
export type CordonOrder = {
  /** The same for the same cordon: the journal remembers it, so that no takeover and no second look asks again. */
  readonly id: OperationId;
  /** Who leaves; nobody named: the whole run stops. */
  readonly targets: readonly Target[];
  /** For the log and the event. */
  readonly sentence: string;
};

/** The cordoned nodes on which targets of the partition stand, by name. */
export function cordonedOf(core: Core, nodes: Iterable<Node>, placement: Placement): readonly Cordoned[] {
  const byNode = Map.groupBy(core.fleet.keys(), (target) => placement.get(target) ?? '');
  return [...nodes]
    .filter(({ isCordoned }) => isCordoned)
    .flatMap((node) => {
      const targets = byNode.get(node.name) ?? [];
      return targets.length === 0 ? [] : [{ node, targets }];
    })
    .toSorted((a, b) => (a.node.name < b.node.name ? -1 : 1));
}

/**
 * What is to be asked now; undefined: nothing. One order for each cordon that came after the run had begun: who
 * starts a run on a cordoned node means it. While an operation is open it waits.
 */
export function cordonOrder(
  core: Core,
  cordoned: readonly Cordoned[],
  policy: OnCordon,
): CordonOrder | undefined {
  const { run, open } = core.journal;
  if (policy === 'warn' || run === undefined || open !== undefined) return undefined;
  for (const { node, targets } of cordoned) {
    const { cordonedAtMs } = node;
    if (cordonedAtMs === undefined || cordonedAtMs < wholeSeconds(run.startedAtMs)) continue;
    const inRun = targets.filter((target) => standsInRun(core, core.fleet.get(target)));
    const id = orderId(node.name, cordonedAtMs);
    if (inRun.length > 0 && !isAsked(core, id)) return orderOf({ id, node, inRun }, policy);
  }
  return undefined;
}

type Due = { readonly id: OperationId; readonly node: Node; readonly inRun: readonly Target[] };

function orderOf({ id, node, inRun }: Due, policy: 'leave' | 'stopRun'): CordonOrder {
  const who = nameSome(inRun);
  return policy === 'stopRun'
    ? {
        id,
        targets: [],
        sentence: `node ${node.name} is cordoned: the run is stopped, since ${who} stood there`,
      }
    : { id, targets: inRun, sentence: `node ${node.name} is cordoned: ${who} leave the run` };
}

/** The API server tells the moment of a cordon to the second. */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}

const ID_LENGTH = 16;

function orderId(node: string, cordonedAtMs: number): OperationId {
  const digest = createHash('sha256').update(`${node} ${cordonedAtMs}`).digest('hex').slice(0, ID_LENGTH);
  return `cordon-${digest}` as OperationId;
}

function isAsked({ journal }: Core, id: OperationId): boolean {
  return journal.finished.some(({ operation }) => operation.id === id);
}

function standsInRun({ partition }: Core, observation: Observation | undefined): boolean {
  return (
    observation !== undefined &&
    isKnown(observation) &&
    isInRun(partition.machine, observation.reported.state)
  );
}

/**
 * Members by segment that may be evicted though a run is on: they stand on a cordoned node and are seen to have
 * left it. Only where the policy lets targets leave alone.
 */
export function sparedOf(
  core: Core,
  cordoned: readonly Cordoned[],
  policy: OnCordon,
): ReadonlyMap<string, number> {
  const spared = new Map<string, number>();
  if (policy !== 'leave') return spared;
  for (const target of cordoned.flatMap(({ targets }) => targets)) {
    const observation = core.fleet.get(target);
    if (observation === undefined || !isKnown(observation) || standsInRun(core, observation)) continue;
    spared.set(observation.segment, (spared.get(observation.segment) ?? 0) + 1);
  }
  return spared;
}

/**
 * The cordons that are worth telling, under a key that is the same for the same cordon in the same run. One of which
 * the API server has yet to say since when is not told yet: a moment later it would be told a second time.
 */
export function cordonNews(core: Core, cordoned: readonly Cordoned[]): ReadonlyMap<string, Cordoned> {
  const { run } = core.journal;
  if (run === undefined) return new Map();
  return new Map(
    cordoned.flatMap((each) => {
      const { name, cordonedAtMs } = each.node;
      return cordonedAtMs === undefined ? [] : [[`cordon ${name} ${cordonedAtMs} ${run.number}`, each]];
    }),
  );
}

/** The condition NodesSchedulable. */
export function cordonFact(core: Core, cordoned: readonly Cordoned[], policy: OnCordon): Fact {
  const [first] = cordoned;
  if (first === undefined) return { status: 'True', reason: 'NoneCordoned', message: '' };
  const others = cordoned.length > 1 ? ` (and ${cordoned.length - 1} more nodes)` : '';
  const whom = `node ${first.node.name} is cordoned under ${nameSome(first.targets)}${others}`;
  return {
    status: 'False',
    reason: 'Cordoned',
    message: `${whom}${WHAT_NOW[isGuarding(core) ? policy : 'idle']}`,
  };
}

function isGuarding({ journal }: Core): boolean {
  return journal.run !== undefined;
}

const WHAT_NOW = {
  idle: '',
  warn: ': a drain waits until the run is stopped',
  leave: ': its targets leave the run, then a drain goes on',
  stopRun: ': the run is stopped, then a drain goes on',
} as const satisfies Record<OnCordon | 'idle', string>;

/** Targets that are named in one sentence. */
const NAMED_MAX = 5;

/** A few of them by name. */
export function nameSome(targets: readonly string[]): string {
  const more = targets.length > NAMED_MAX ? ` and ${targets.length - NAMED_MAX} more` : '';
  return `${targets.slice(0, NAMED_MAX).join(', ')}${more}`;
}
