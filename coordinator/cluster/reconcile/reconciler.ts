// What a leading coordinator does: it follows the Partitions of its namespaces, with their pods and StatefulSets,
// and has a keeper for each.

import { assert } from '../../../protos/failure/invariant.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { PartitionSummary } from '../../../protos/generated/baton/v1/PartitionSummary.ts';
import { cutSentence } from '../../../protos/sentence.ts';
import { chosen } from '../../api/partitions.ts';
import type { Leading } from '../../leading.ts';
import { Informer } from '../client/informer.ts';
import type { Change, Project } from '../client/known.ts';
import {
  DISRUPTION_BUDGETS,
  NODES,
  PARTITIONS,
  PODS,
  type Resource,
  STATEFUL_SETS,
} from '../client/resource.ts';
import type { Figures } from '../http/metrics.ts';
import { PARTITION_LABEL } from '../names.ts';
import { disruptionBudgetOf } from '../resources/disruptionBudget.ts';
import { keyOf } from '../resources/metadata.ts';
import { type Node, nodeOf } from '../resources/node.ts';
import { type PartitionObject, partitionObjectOf } from '../resources/partition.ts';
import { type Pod, podOf } from '../resources/pod.ts';
import { type StatefulSet, statefulSetOf } from '../resources/statefulSet.ts';
import type { PartitionWorld } from '../scale/world.ts';
import { Keeper } from './keeper.ts';
import { ledAnew } from './lead.ts';
import type { KeeperParts } from './parts.ts';

/** Partitions that one coordinator leads. */
export const PARTITIONS_MAX = 100;

const TOO_MANY = `not led: one coordinator leads ${PARTITIONS_MAX} partitions; delete one, or give some of the namespaces to another coordinator`;

export type ReconcilerParts = Omit<KeeperParts, 'sets' | 'budgets' | 'nodes'> & {
  readonly namespaces: readonly string[];
  /** What is wrong with what sidecars are shown, in one line; empty: nothing. */
  readonly identityTrouble: () => string;
};

/** Keepers of all Partitions, until it is disposed of. */
export class Reconciler implements AsyncDisposable {
  readonly #parts: ReconcilerParts;
  readonly #held = new AsyncDisposableStack();
  readonly #keepers = new Map<string, Keeper>();
  /** Those for which there is no room. */
  readonly #beyond = new Map<string, { readonly object: PartitionObject; readonly world: World }>();
  /** Keepers that are being disposed of: the next one of that name waits. */
  readonly #leaving = new Map<string, Promise<void>>();
  /** By what is not kept up, why, and since when. */
  readonly #troubles = new Map<string, { readonly why: RunControlError; readonly since: string }>();
  readonly #pods: Informer<Pod>[] = [];
  #unread: number;
  #isOver = false;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    this.#unread = parts.namespaces.length;
    const nodes = this.#informer(NODES, undefined, nodeOf, () =>
      this.#each(
        () => true,
        (keeper) => keeper.looked(),
      ),
    );
    const all = (): Iterable<Node> => valuesOf(nodes.all());
    for (const namespace of parts.namespaces) this.#follow(namespace, all);
  }

  /** The partition that `name` means. Throws RunControlError: none, several, or what keeps it from being led. */
  find(name: string): Leading {
    const keepers = [...this.#keepers.values()];
    const isKnown = keepers.some((keeper) => name === '' || keeper.name === name || keyOf(keeper) === name);
    // What is not listed yet may well be there.
    if (!isKnown) this.requireAll();
    return chosen(keepers, name).leading();
  }

  /** Throws RunControlError while there may be partitions that are not listed yet. */
  requireAll(): void {
    if (this.#unread > 0) throw this.#unreadTrouble();
  }

  /** One line about each, by namespace and name. Throws RunControlError when none can be listed. */
  list(): readonly PartitionSummary[] {
    const keepers = [...this.#keepers].toSorted(([a], [b]) => (a < b ? -1 : 1));
    if (keepers.length === 0) this.requireAll();
    const { blindness } = this;
    const led = keepers.map(([, keeper]) => {
      const summary = keeper.summary();
      const troubles = [blindness, this.#parts.identityTrouble(), summary.trouble].filter(
        (sentence) => sentence !== '',
      );
      return { ...summary, trouble: cutSentence(troubles.join('; ')) };
    });
    const beyond = [...this.#beyond.values()].map(({ object: { namespace, name } }) => {
      return { namespace, name, trouble: TOO_MANY };
    });
    return [...led, ...beyond];
  }

  /** What scaling knows of a partition. Throws RunControlError when it is not led any more. */
  worldOf(leading: Leading): PartitionWorld {
    const keeper = this.#keepers.get(keyOf(leading));
    if (keeper !== undefined) return keeper.world(leading);
    throw ledAnew();
  }

  /** For metrics. */
  figures(): Figures {
    const keepers = [...this.#keepers.values()];
    const led = keepers.flatMap((keeper) => keeper.led ?? []);
    return { isLeader: true, led, unled: keepers.length - led.length };
  }

  /** All pods of partitions that are known. */
  *pods(): Iterable<Pod> {
    for (const pods of this.#pods) yield* valuesOf(pods.all());
  }

  /** What is not kept up of what is known of the cluster, since when, and why; empty: nothing. What is led goes on. */
  get blindness(): string {
    const [first] = this.#troubles.values();
    if (first === undefined) return '';
    return `not seen since ${first.since}: ${[...this.#troubles.keys()].join(', ')} (${first.why.message})`;
  }

  /** Ends every watcher with `why`. */
  dismiss(why: RunControlError): void {
    for (const keeper of this.#keepers.values()) keeper.dismiss(why);
  }

  /** Ends every lead; journals are given back, and whoever waits is answered. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all([...this.#keepers.values()].map((keeper) => keeper[Symbol.asyncDispose]()));
    await Promise.all(this.#leaving.values());
    await this.#held.disposeAsync();
  }

  #follow(namespace: string, nodes: () => Iterable<Node>): void {
    const inNamespace = (keeper: Keeper): boolean => keeper.namespace === namespace;
    const sets = this.#informer(STATEFUL_SETS, namespace, statefulSetOf, () =>
      this.#each(inNamespace, (keeper) => keeper.setsChanged()),
    );
    const budgets = this.#informer(DISRUPTION_BUDGETS, namespace, disruptionBudgetOf, () =>
      this.#each(inNamespace, (keeper) => keeper.looked()),
    );
    const pods = this.#informer(PODS, namespace, podOf, (change) => this.#podChanged(namespace, change));
    this.#pods.push(pods);
    const world = {
      sets: (): ReadonlyMap<string, StatefulSet> =>
        new Map([...sets.all()].map(([, set]) => [set.name, set])),
      budgets: () => valuesOf(budgets.all()),
      nodes,
      pods: () => valuesOf(pods.all()),
    };
    // Before that a Partition would seem to have no pods and no StatefulSets.
    const ready = Promise.all([sets.synced, pods.synced]);
    void ready.then(() => {
      if (this.#isOver) return;
      const partitions = this.#informer(PARTITIONS, namespace, partitionObjectOf, (change) =>
        this.#partitionChanged(change, world),
      );
      void partitions.synced.then(() => {
        this.#unread -= 1;
      });
    });
  }

  #informer<T>(
    resource: Resource,
    namespace: string | undefined,
    project: Project<T>,
    onChange: (change: Change<T>) => void,
  ): Informer<T> {
    const { client, clock, random, onFatal, log } = this.#parts;
    const what = namespace === undefined ? resource.plural : `${resource.plural} of ${namespace}`;
    const isOurs = resource === PODS || resource === STATEFUL_SETS;
    return this.#held.use(
      Informer.start({
        client,
        resource,
        namespace,
        project,
        onChange,
        onFatal,
        clock,
        random,
        labelSelector: isOurs ? PARTITION_LABEL : undefined,
        onTrouble: (trouble) => {
          // The first moment of it stays, whatever the words.
          const since = this.#troubles.get(what)?.since ?? timeOf(clock().wallMs);
          if (trouble === undefined) this.#troubles.delete(what);
          else this.#troubles.set(what, { why: trouble, since });
          if (trouble === undefined) log.info({ what }, 'kept up again');
          else log.warn({ what, code: trouble.code }, trouble.message);
        },
      }),
    );
  }

  #partitionChanged(change: Change<PartitionObject>, world: World): void {
    const { key, after } = change;
    const keeper = this.#keepers.get(key);
    if (after === undefined) return this.#drop(key);
    if (keeper !== undefined) return keeper.is(after);
    if (this.#keepers.size < PARTITIONS_MAX) return this.#add(key, after, world);
    this.#beyond.set(key, { object: after, world });
    this.#parts.log.error({ partition: key }, TOO_MANY);
  }

  #add(key: string, object: PartitionObject, world: World): void {
    const keeper = new Keeper(object, { ...this.#parts, ...world });
    this.#keepers.set(key, keeper);
    for (const pod of world.pods()) if (pod.partition === object.name) keeper.podIs(pod);
    const before = this.#leaving.get(key);
    if (before === undefined) keeper.begin();
    else void before.then(() => keeper.begin());
  }

  /** There is room again: for whoever has waited longest. */
  #addNext(): void {
    for (const [key, { object, world }] of this.#beyond) {
      this.#beyond.delete(key);
      return this.#add(key, object, world);
    }
  }

  #drop(key: string): void {
    this.#beyond.delete(key);
    const keeper = this.#keepers.get(key);
    if (keeper === undefined) return;
    this.#keepers.delete(key);
    this.#addNext();
    const before = this.#leaving.get(key) ?? Promise.resolve();
    const left = before
      .then(() => keeper[Symbol.asyncDispose]())
      .catch(this.#parts.onFatal)
      .finally(() => {
        if (this.#leaving.get(key) === left) this.#leaving.delete(key);
      });
    this.#leaving.set(key, left);
  }

  /** A pod may change its partition by its label: it is gone from one, and another one's from then on. */
  #podChanged(namespace: string, { before, after }: Change<Pod>): void {
    if (before !== undefined && before.partition !== after?.partition) {
      this.#keepers.get(keyOf({ namespace, name: before.partition }))?.podGone(before);
    }
    if (after !== undefined) this.#keepers.get(keyOf({ namespace, name: after.partition }))?.podIs(after);
  }

  #each(which: (keeper: Keeper) => boolean, run: (keeper: Keeper) => void): void {
    for (const keeper of this.#keepers.values()) if (which(keeper)) run(keeper);
  }

  #unreadTrouble(): RunControlError {
    const [trouble] = this.#troubles.values();
    if (trouble !== undefined) return trouble.why;
    assert(this.#unread > 0, 'what is read is told');
    return new RunControlError('NO_LEADER', 'this coordinator begins to lead; ask again');
  }
}

/** `15:03:12 UTC`. */
function timeOf(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(11, 19)} UTC`;
}

/** What is known of a namespace. */
type World = Pick<KeeperParts, 'sets' | 'budgets' | 'nodes'> & { readonly pods: () => Iterable<Pod> };

function* valuesOf<T>(entries: Iterable<readonly [string, T]>): Iterable<T> {
  for (const [, value] of entries) yield value;
}
