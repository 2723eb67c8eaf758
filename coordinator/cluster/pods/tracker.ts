// The pods of one partition, as they come and go: where its sidecars are, and the platform's word on each pod.

import { showAddress } from '../../../protos/listen.ts';
import type { Target } from '../../core/model/partition.ts';
import { targetName } from '../../core/targets.ts';
import type { Discovery, Place, Places } from '../../fleet/discovery.ts';
import { SIDECAR_PORT } from '../names.ts';
import { keyOf } from '../resources/metadata.ts';
import type { Pod } from '../resources/pod.ts';
import { type Claims, claimsOf, type SegmentPods } from './claims.ts';
import { type Look, sameWord, type Word, wordAfter, wordOf, wordOfGone } from './word.ts';

/**
 * How long a pod that was removed by force keeps its place, in milliseconds: its processes get one second for the
 * hook and two to end, and what the sidecar still says of its stop is worth hearing.
 */
export const LINGER_MS = 5_000;

/** How soon a word that found no room is told again, in milliseconds. */
const AGAIN_MS = 100;

export type TrackerParts = {
  readonly segments: readonly SegmentPods[];
  /** `host:port` of the sidecar in a pod that has an address; another one only in tests. */
  readonly addressOf?: ((pod: Pod) => string) | undefined;
  /** True for a pod without an identity that may be led all the same. */
  readonly isPlaintext?: ((pod: Pod) => boolean) | undefined;
  /** Takes a word for the core; false when there is no room for it. */
  readonly tell: (target: Target, word: Word) => boolean;
  /** Told when other targets have a pod than before, or other pods are strays. */
  readonly onClaims?: () => void;
};

/** Tells nobody anything before `begin`, and nothing after `end`. */
export class PodTracker implements Discovery {
  readonly #parts: TrackerParts;
  #segments: readonly SegmentPods[];
  readonly #pods = new Map<string, Pod>();
  #claims: Claims = { pods: new Map(), strays: [] };
  #places: Places = new Map();
  readonly #words = new Map<Target, Word>();
  readonly #told = new Map<Target, Word>();
  /** Targets whose pod could not be looked at when it mattered: their phase counts as unreported until it can. */
  readonly #doubts = new Set<Target>();
  /** UIDs of pods whose sidecar has run. */
  readonly #seenUp = new Set<string>();
  readonly #lingering = new Map<Target, { readonly place: Place; readonly timer: NodeJS.Timeout }>();
  #listener = (): void => {};
  #isTelling = false;
  #soon: NodeJS.Immediate | undefined;
  #again: NodeJS.Timeout | undefined;

  constructor(parts: TrackerParts) {
    this.#parts = parts;
    this.#segments = parts.segments;
  }

  /** Tells the word on every pod, and from now on each change. */
  begin(): void {
    this.#isTelling = true;
    this.#tellAll();
  }

  /** Whoever was told is gone; the next one begins anew. */
  end(): void {
    this.#isTelling = false;
    this.#told.clear();
    this.#doubts.clear();
    this.#listener = () => undefined;
  }

  places(): Places {
    return this.#places;
  }

  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  /** Pods that carry the partition's label and are none of its targets. */
  get claims(): Claims {
    return this.#claims;
  }

  /** All pods that carry the partition's label. */
  pods(): Iterable<Pod> {
    return this.#pods.values();
  }

  /** The pod that is the target now. */
  pod(target: Target): Pod | undefined {
    return this.#claims.pods.get(target);
  }

  /** The last word on the pod of a target. */
  word(target: Target): Word | undefined {
    return this.#words.get(target);
  }

  /** The document names other segments, or other StatefulSets. */
  follow(segments: readonly SegmentPods[]): void {
    this.#segments = segments;
    this.#look();
  }

  /**
   * A pod with the partition's label is there, and is like this now. Those of one turn of the event loop are taken
   * together: a list of ten thousand is one look.
   */
  is(pod: Pod): void {
    const known = this.#pods.get(keyOf(pod));
    if (known !== undefined && known.uid !== pod.uid) this.gone(known);
    this.#pods.set(keyOf(pod), pod);
    this.#soon ??= setImmediate(() => this.#look());
  }

  /** A pod is gone, or has lost the label. Told at once: the next one may have its name already. */
  gone(pod: Pod): void {
    const last = this.#pods.get(keyOf(pod)) ?? pod;
    this.#pods.delete(keyOf(pod));
    this.#seenUp.delete(last.uid);
    this.#soon ??= setImmediate(() => this.#look());
    const target = targetName(last.segment, last.ordinal ?? 0);
    const word = this.#words.get(target);
    if (word?.podUid !== last.uid) return;
    // What came of it in this turn of the event loop may be the kubelet's last word.
    this.#lose(target, wordOf(last, word));
    this.#tell(target);
  }

  /**
   * Others are targets now than before. What was told of a pod while nobody knew its target was not heard: of those of
   * whose pod nothing `isKnown` it is told again.
   */
  targetsChanged(isKnown: (target: Target) => boolean): void {
    for (const target of [...this.#told.keys()]) if (!isKnown(target)) this.#told.delete(target);
    this.#tellAll();
  }

  /** A live look has shown more than the informer has told yet. */
  learn(target: Target, look: Look): void {
    this.#doubts.delete(target);
    const before = this.#words.get(target);
    if (before !== undefined) this.#words.set(target, wordAfter(before, look));
    this.#tell(target);
  }

  /** Nobody can tell what becomes of the pod: whoever asks decides without it, until `learn`. */
  doubt(target: Target): void {
    this.#doubts.add(target);
    this.#tell(target);
  }

  [Symbol.dispose](): void {
    this.end();
    clearTimeout(this.#again);
    clearImmediate(this.#soon);
    for (const { timer } of this.#lingering.values()) clearTimeout(timer);
    this.#lingering.clear();
  }

  #look(): void {
    clearImmediate(this.#soon);
    this.#soon = undefined;
    const before = this.#claims;
    this.#claims = claimsOf(this.#segments, this.#pods.values());
    for (const [target, pod] of this.#claims.pods) {
      this.#words.set(target, wordOf(pod, this.#words.get(target)));
    }
    this.#findPlaces();
    this.#tellAll();
    if (!sameClaims(before, this.#claims)) this.#parts.onClaims?.();
  }

  #lose(target: Target, last: Word): void {
    this.#words.set(target, wordOfGone(last));
    const place = this.#places.get(target);
    if (place === undefined || last.phase === 'ended') return;
    const timer = setTimeout(() => {
      this.#lingering.delete(target);
      this.#findPlaces();
    }, LINGER_MS);
    clearTimeout(this.#lingering.get(target)?.timer);
    this.#lingering.set(target, { place, timer });
  }

  #findPlaces(): void {
    const places = new Map<string, Place>();
    for (const [target, { place }] of this.#lingering) places.set(target, place);
    for (const [target, pod] of this.#claims.pods) {
      // Until it can be reached, whoever was there before it may still be heard.
      if (!this.#isReachable(pod)) continue;
      if (this.#words.get(target)?.phase === 'ended') places.delete(target);
      else places.set(target, this.#placeOf(pod));
    }
    if (samePlaces(this.#places, places)) return;
    this.#places = places;
    this.#listener();
  }

  #placeOf(pod: Pod): Place {
    const address = (this.#parts.addressOf ?? addressOf)(pod);
    const { id = '', isStarted = false } = pod.sidecar ?? {};
    // Of its life, and of its startup probe: neither alone says when it listens, and each is told once.
    const place = { address, podUid: pod.uid, sign: `${id} ${isStarted}` };
    return this.#parts.isPlaintext?.(pod) === true ? { ...place, isPlaintext: true } : place;
  }

  /**
   * It has an address, and its sidecar has run: a pod that pulls its image for an hour is not dialled for an hour,
   * and at once when it listens.
   */
  #isReachable(pod: Pod): boolean {
    if (pod.ip === '') return false;
    if (pod.sidecar?.state.kind === 'running') this.#seenUp.add(pod.uid);
    return this.#seenUp.has(pod.uid);
  }

  #tellAll(): void {
    clearTimeout(this.#again);
    this.#again = undefined;
    for (const target of this.#words.keys()) this.#tell(target);
  }

  #tell(target: Target): void {
    const word = this.#words.get(target);
    if (!this.#isTelling || word === undefined) return;
    const isDoubted = this.#doubts.has(target) && word.phase === 'running';
    const said: Word = isDoubted ? { ...word, phase: 'unreported' } : word;
    if (sameWord(this.#told.get(target), said)) return;
    if (this.#parts.tell(target, said)) this.#told.set(target, said);
    else this.#again ??= setTimeout(() => this.#tellAll(), AGAIN_MS);
  }
}

function addressOf({ ip }: Pod): string {
  return showAddress({ host: ip, port: SIDECAR_PORT });
}

function sameClaims(a: Claims, b: Claims): boolean {
  if (a.pods.size !== b.pods.size || a.strays.length !== b.strays.length) return false;
  const strays = new Set(a.strays.map(({ sentence }) => sentence));
  return (
    [...b.pods.keys()].every((key) => a.pods.has(key)) && b.strays.every((each) => strays.has(each.sentence))
  );
}

function samePlaces(a: Places, b: Places): boolean {
  if (a.size !== b.size) return false;
  return [...b].every(([target, { address, podUid, sign, isPlaintext }]) => {
    const place = a.get(target);
    const isSame = place?.address === address && place.podUid === podUid && place.sign === sign;
    return isSame && place.isPlaintext === isPlaintext;
  });
}
