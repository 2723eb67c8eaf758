// Keeps one Partition: reads what it asks for, leads it, follows its edits, and sees it off. Whatever is wrong with
// it is told by its conditions and by whoever calls for it, and is tried again; other partitions go on.

import type { Logger } from 'pino';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { PartitionSummary } from '../../../protos/generated/baton/v1/PartitionSummary.ts';
import { cutSentence } from '../../../protos/sentence.ts';
import { partitionSummary } from '../../api/view.ts';
import type { Target } from '../../core/model/partition.ts';
import type { Core } from '../../core/model/picture.ts';
import type { Leading } from '../../leading.ts';
import { Errand } from '../errand.ts';
import { withMembers } from '../pods/members.ts';
import { PodTracker } from '../pods/tracker.ts';
import { Publisher } from '../publisher.ts';
import { keyOf } from '../resources/metadata.ts';
import type { PartitionObject } from '../resources/partition.ts';
import type { Pod } from '../resources/pod.ts';
import type { PartitionWorld } from '../scale/world.ts';
import { LED } from './book.ts';
import { ORDERED_STOP_FINALIZER } from './farewell.ts';
import { Lead, ledAnew } from './lead.ts';
import { letGo } from './letGo.ts';
import type { KeeperParts } from './parts.ts';
import { Standing } from './standing.ts';
import { accept, makeOurs, setsFact } from './terms.ts';
import { samePartition, type Wanted } from './wanted.ts';

/** How soon a partition whose lead broke is led anew, in milliseconds. */
const LEAD_AGAIN_MS = 1_000;

/** How soon a deleted partition is looked at again that cannot be let go, in milliseconds. */
const STUCK_MS = 15_000;

/** From the first word of a Partition until it is disposed of. */
export class Keeper implements AsyncDisposable {
  readonly #parts: KeeperParts;
  readonly #log: Logger;
  readonly #tracker: PodTracker;
  readonly #publisher: Publisher;
  readonly #errand: Errand;
  #object: PartitionObject;
  #wanted: Wanted | undefined;
  readonly #standing: Standing;
  #lead: Lead | undefined;
  readonly #stopping = new AbortController();

  constructor(object: PartitionObject, parts: KeeperParts) {
    this.#object = object;
    this.#parts = parts;
    this.#log = parts.log.child({ partition: object.name, namespace: object.namespace });
    const { random, onFatal } = parts;
    this.#standing = new Standing({
      log: this.#log,
      publisher: () => this.#publisher,
      lead: () => this.#lead,
    });
    this.#tracker = new PodTracker({
      segments: [],
      addressOf: parts.addressOf,
      isPlaintext: ({ identity }) => parts.plaintextPods && identity === '',
      tell: (target, word) => this.#lead?.tell(target, word) ?? true,
      onClaims: () => void this.#errand.want(),
    });
    this.#publisher = new Publisher({
      ...parts,
      log: this.#log,
      partition: () => this.#object,
      document: () => this.#wanted?.document,
      facts: () => this.#standing.book.facts,
      sets: () => parts.sets().values(),
      placement: (core) => this.#placement(core),
    });
    const work = (): Promise<void> => this.#reconcile();
    this.#errand = new Errand({
      work,
      random,
      onFatal,
      onTrouble: (trouble) => this.#standing.failed(trouble),
    });
  }

  get name(): string {
    return this.#object.name;
  }

  get namespace(): string {
    return this.#object.namespace;
  }

  /** Reads what the Partition asks for, now. */
  begin(): void {
    void this.#errand.want();
  }

  /** The Partition was written: by an operator, or by us. */
  is(object: PartitionObject): void {
    const before = this.#object;
    this.#object = object;
    if (object.generation !== before.generation || object.isDeleting !== before.isDeleting) this.begin();
  }

  /** A pod with its label is there, or is like this now. */
  podIs(pod: Pod): void {
    this.#tracker.is(pod);
    this.#lead?.ripple.wake();
  }

  podGone(pod: Pod): void {
    this.#tracker.gone(pod);
    this.#lead?.ripple.wake();
  }

  /** A StatefulSet of its namespace has changed. */
  setsChanged(): void {
    this.begin();
    this.#publisher.looked();
  }

  /** A node, or a budget of its namespace, has changed. */
  looked(): void {
    this.#publisher.looked();
  }

  /** What answers for it; undefined while it is not led. */
  get led(): Leading | undefined {
    return this.#lead?.isBroken === false ? this.#lead.leading : undefined;
  }

  /** What answers for it. Throws RunControlError with what keeps it from being led. */
  leading(): Leading {
    if (this.led !== undefined) return this.led;
    throw this.#standing.refusal(keyOf(this.#object), this.#wanted !== undefined);
  }

  /** One line about it. */
  summary(): PartitionSummary {
    const { namespace, name } = this.#object;
    const trouble = cutSentence(this.#standing.notices().join('; '));
    if (this.led !== undefined) return { ...partitionSummary(this.led.core, namespace), trouble };
    return { name, namespace, state: '', runNumber: 0, operation: '', trouble };
  }

  /** What scaling knows of it. Throws RunControlError when `leading` is not what leads it any more. */
  world(leading: Leading): PartitionWorld {
    const lead = this.#lead;
    const wanted = this.#wanted;
    if (lead?.leading !== leading || wanted === undefined) throw ledAnew();
    return {
      document: () => this.#wanted?.document ?? wanted.document,
      pods: () => this.#tracker.pods(),
      nextChange: (signal) => lead.ripple.next(signal),
    };
  }

  /** Ends every watcher with `why`. */
  dismiss(why: RunControlError): void {
    this.#lead?.leading.dismiss(why);
  }

  /** Nothing is done for it any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#errand[Symbol.asyncDispose]();
    await this.#unlead();
    this.#tracker[Symbol.dispose]();
    await this.#publisher[Symbol.asyncDispose]();
  }

  async #reconcile(): Promise<void> {
    if (this.#lead?.isBroken === true) await this.#unlead();
    if (this.#object.isDeleting) return this.#letGo();
    const wanted = await this.#accept();
    // What cannot be read changes nothing: a partition that is led goes on as it was.
    if (wanted === undefined) return;
    const left = await makeOurs(this.#object, wanted, {
      ...this.#parts,
      log: this.#log,
      book: this.#standing.book,
    });
    await this.#follow(wanted);
    if (left !== undefined) throw left;
  }

  /** Leads what is wanted, with the members that there are now. */
  async #follow(wanted: Wanted): Promise<void> {
    const { document, segments, partition } = wanted;
    const sets = this.#parts.sets();
    this.#tracker.follow(segments);
    this.#standing.book.set(
      'StatefulSetsFound',
      setsFact(this.#object, wanted, { sets, strays: this.#tracker.claims.strays }),
    );
    const pods = this.#tracker.claims.pods.values();
    const present = withMembers(partition, segments, { sets, pods });
    const lead = this.#lead;
    // The interval goes out with Hello: to change it is to lead anew.
    if (lead !== undefined && lead.heartbeatMs !== document.heartbeatIntervalMs) await this.#unlead();
    else if (lead !== undefined) {
      if (!samePartition(lead.partition, present)) lead.change(present);
      return;
    }
    if (this.#stopping.signal.aborted) return;
    this.#lead = await Lead.begin({
      ...this.#parts,
      log: this.#log,
      name: this.#object,
      dialling: this.#parts.dialling(this.#object.namespace),
      partition: present,
      heartbeatMs: document.heartbeatIntervalMs,
      tracker: this.#tracker,
      gate: this.#publisher.gate,
      notices: () => this.#standing.notices(),
      onTurn: (core, change) => {
        this.#publisher.turned(core, change);
        if (change.recorded && this.#object.isDeleting) this.begin();
      },
      signal: this.#stopping.signal,
      onWait: (why) => this.#standing.waits(why),
      onBroken: () => {
        this.#standing.broke(this.#lead?.broken);
        this.#errand.wantIn(LEAD_AGAIN_MS);
      },
    });
    this.#standing.failed(undefined);
    this.#standing.book.set('Led', LED);
    const { sequencer } = this.#lead.leading;
    this.#publisher.led((toEvent) => sequencer.ask(toEvent));
    this.#tracker.begin();
  }

  async #letGo(): Promise<void> {
    const outcome = await letGo({
      ...this.#parts,
      object: this.#object,
      book: this.#standing.book,
      signal: this.#stopping.signal,
      lead: () => this.#lead,
      leadOnceMore: () => this.#leadOnceMore(),
      unlead: () => this.#unlead(),
    });
    if (outcome === 'stuck') this.#errand.wantIn(STUCK_MS);
    if (outcome === 'gone') this.#log.info({}, 'partition is let go');
  }

  async #accept(): Promise<Wanted | undefined> {
    const wanted = await accept(this.#object, this.#standing.book);
    this.#wanted = wanted ?? this.#wanted;
    return wanted;
  }

  async #leadOnceMore(): Promise<void> {
    const wanted = this.#wanted ?? (await this.#accept());
    if (wanted !== undefined) return this.#follow(wanted);
    const why = `it is deleted in a run, and its spec cannot be read: correct it, or give the run up by removing the finalizer ${ORDERED_STOP_FINALIZER}`;
    throw new RunControlError('MALFORMED', why);
  }

  async #unlead(): Promise<void> {
    const lead = this.#lead;
    this.#lead = undefined;
    this.#standing.waits(undefined);
    this.#tracker.end();
    if (lead === undefined) return;
    this.#publisher.unled();
    await lead[Symbol.asyncDispose]();
  }

  #placement(core: Core): ReadonlyMap<Target, string> {
    return new Map([...core.fleet.keys()].map((target) => [target, this.#tracker.word(target)?.node ?? '']));
  }
}
