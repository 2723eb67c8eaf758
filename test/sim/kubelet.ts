// What happens to pods, and what the platform tells of it.

import type { Target } from '../../coordinator/core/model/partition.ts';
import type { PodPhase } from '../../coordinator/core/model/picture.ts';
import { segmentOf } from '../../coordinator/core/policy.ts';
import { targetsOfPartition } from '../../coordinator/core/targets.ts';
import { tableOf } from './machine.ts';
import { PRE_STOP_ANSWER_MS, SimPod } from './pod.ts';
import type { World } from './world.ts';

/** Grace period: when it is over everything is killed, answered or not. */
const GRACE_MS = PRE_STOP_ANSWER_MS + 500;

export class Kubelet {
  readonly #world: World;
  readonly #pods = new Map<Target, SimPod>();
  /** What the StatefulSets ask for: they follow the document. */
  #wanted: ReadonlySet<Target> = new Set();
  readonly #reportedAtMs = new Map<Target, number>();
  #uids = 0;

  constructor(world: World) {
    this.#world = world;
  }

  create(target: Target): SimPod {
    this.#uids += 1;
    const pod = new SimPod(this.#world, target, `pod${this.#uids}`, tableOf(this.#world.partition));
    this.#pods.set(target, pod);
    this.#report(pod, 'running');
    return pod;
  }

  /** Undefined: the StatefulSet does not ask for it, or not any more. */
  podOf(target: Target): SimPod | undefined {
    return this.#pods.get(target);
  }

  /** The StatefulSets of the document: who is missing is created, who is too many is deleted in order. */
  reconcile(): void {
    this.#wanted = new Set(targetsOfPartition(this.#world.partition));
    for (const target of this.#wanted) if (!this.#pods.has(target)) this.#createFound(target);
    for (const pod of this.all()) if (!this.#wanted.has(pod.target)) this.delete(pod);
  }

  /** Pods of another machine than the document's. */
  outdated(): readonly SimPod[] {
    return this.all().filter((pod) => pod.table !== tableOf(this.#world.partition));
  }

  #createFound(target: Target): void {
    this.create(target);
    this.#world.rediscover(target);
  }

  any(): SimPod {
    const pods = [...this.#pods.values()];
    const pod = pods[Math.floor(this.#world.random() * pods.length)];
    if (pod === undefined) throw new Error('there are no pods');
    return pod;
  }

  /** Mostly one whose hook runs: that is when a death hurts. */
  busiest(): SimPod {
    const busy = this.all().find((pod) => pod.process.busy !== undefined);
    return busy !== undefined && this.#world.random() < 0.7 ? busy : this.any();
  }

  all(): readonly SimPod[] {
    return [...this.#pods.values()];
  }

  killProcess(pod: SimPod): void {
    this.#world.note(() => `${pod.target} process dies`);
    pod.killProcess();
    this.#world.schedule.after(
      this.#world.between(20, 1_500),
      () => !pod.process.alive && pod.restartProcess(),
    );
  }

  /** Deletion in order: timestamp, preStop, SIGTERM, end, and a replacement under the same name. */
  delete(pod: SimPod): void {
    if (pod.deleting || pod.ended) return;
    this.#world.note(() => `${pod.target} (${pod.podUid}) is deleted`);
    pod.deleting = true;
    // The hook may come before a watcher sees the timestamp.
    const reportFirst = this.#world.random() < 0.7;
    if (reportFirst) this.#report(pod, 'deleting');
    this.#stop(pod, () => this.#gone(pod));
    if (!reportFirst && !pod.ended) this.#report(pod, 'deleting');
  }

  /** A liveness kill: preStop, SIGTERM, a new container in the same pod. */
  restartContainer(pod: SimPod): void {
    if (pod.deleting || pod.ended) return;
    this.#world.note(() => `${pod.target} container is restarted`);
    this.#stop(pod, () => pod.restartProcess());
  }

  /** The object is gone at once, a replacement runs, and the old process goes on for a while. */
  forceDelete(pod: SimPod): void {
    if (pod.ended) return;
    this.#world.note(() => `${pod.target} (${pod.podUid}) is deleted by force`);
    if (this.#wanted.has(pod.target)) this.#world.sometimes('two pods of one name ran side by side');
    pod.deleting = true;
    // Under the same name the word on the replacement takes the place of the word on it.
    if (!this.#wanted.has(pod.target)) this.#report(pod, 'removed');
    this.#replace(pod);
    this.#world.schedule.after(this.#world.between(200, 3_000), () => pod.end());
  }

  /** What a watch that begins now tells. */
  report(pod: SimPod): { readonly target: Target; readonly pod: string; readonly phase: PodPhase } {
    return {
      target: pod.target,
      pod: pod.podUid,
      phase: pod.ended ? 'ended' : pod.deleting ? 'deleting' : 'running',
    };
  }

  /** The last word on its pod once more: when it was said the target was in nobody's picture yet. */
  tellAgain(target: Target): void {
    const pod = this.#pods.get(target);
    if (pod !== undefined) this.#report(pod, this.report(pod).phase);
  }

  #stop(pod: SimPod, then: () => void): void {
    let over = false;
    const once = () => {
      if (over) return;
      over = true;
      then();
    };
    pod.preStop(once);
    if (this.#world.chance(0.2)) this.#world.schedule.after(300, () => !over && pod.preStop(once));
    this.#world.schedule.after(GRACE_MS, once);
  }

  #gone(pod: SimPod): void {
    pod.end();
    // Of a pod that was deleted by force the API tells nothing any more.
    if (this.#pods.get(pod.target) !== pod) return;
    this.#report(pod, 'ended');
    this.#replace(pod);
  }

  /** By the StatefulSet; nobody under this name when it does not ask for one any more. */
  #replace({ target }: SimPod): void {
    if (this.#wanted.has(target)) return this.#createFound(target);
    this.#pods.delete(target);
    this.#world.sometimes(`a ${segmentOf(target).segment} was scaled away`);
    this.#world.rediscover(target);
  }

  #report(pod: SimPod, phase: PodPhase): void {
    const report = { type: 'pod' as const, target: pod.target, pod: pod.podUid, phase };
    // A watch is late, but in order.
    const atMs = Math.max(
      this.#reportedAtMs.get(pod.target) ?? 0,
      this.#world.schedule.nowMs + this.#world.delayMs(),
    );
    this.#reportedAtMs.set(pod.target, atMs);
    this.#world.at(atMs, () => this.#world.tellCoordinators(report));
  }
}
