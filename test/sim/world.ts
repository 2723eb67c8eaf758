// A seeded world: two coordinators, three targets, operators and a kubelet, in a mix of faults of its own.
// First a time with faults, in which no promise may be broken; then a time without, in which all must end.

import type { Partition, Target } from '../../coordinator/core/model/partition.ts';
import type { Event as CoreEvent } from '../../coordinator/core/model/turn.ts';
import type { HistoryEvent, Oracle } from '../promises/history.ts';
import { allOracles } from '../promises/oracles.ts';
import { Clients } from './clients.ts';
import { SimCoordinator } from './coordinator.ts';
import { drawFaults, type Faults } from './faults.ts';
import { SimJournal } from './journal.ts';
import { Kubelet } from './kubelet.ts';
import { edited, partition, withOtherMachine, withSources } from './machine.ts';
import type { SimPod } from './pod.ts';
import { createRandom } from './random.ts';
import type { Rules } from './rules.ts';
import { Schedule } from './schedule.ts';
import { SimStream } from './stream.ts';

export type Options = {
  readonly seed: number;
  readonly rules: Rules;
  /** Told each step of the story. */
  readonly trace?: (line: string) => void;
  /** Counts the rare cases. */
  readonly sometimes?: Map<string, number>;
};

export class World {
  readonly schedule = new Schedule();
  readonly random: () => number;
  readonly faults: Faults;
  readonly rules: Rules;
  readonly journal: SimJournal;
  readonly clients: Clients;
  readonly kubelet: Kubelet;
  readonly coordinators: readonly SimCoordinator[];
  partition: Partition;
  /** False in the second time: nothing goes wrong any more. */
  unkind = true;
  readonly #options: Options;
  readonly #oracle: Oracle = allOracles();
  readonly #journalByToken = new Map<string, string>();
  readonly #counts = new Map<number, { readOut: number; written: number }>();
  #counting = true;
  #ids = 0;
  #journalSwaps = 0;

  constructor(options: Options) {
    this.#options = options;
    this.rules = options.rules;
    this.random = createRandom(options.seed);
    this.faults = drawFaults(this.random);
    this.partition = partition(this.random() < 0.5, this.random() < 0.5 ? 'stopRun' : 'leave');
    this.journal = new SimJournal(this);
    this.clients = new Clients(this);
    this.kubelet = new Kubelet(this);
    this.coordinators = [new SimCoordinator(this, 'A'), new SimCoordinator(this, 'B')];
    this.kubelet.reconcile();
    this.coordinators[0]?.lead();
  }

  // ---- time and chance ----------------------------------------------------------------------------

  at(atMs: number, run: () => void): void {
    this.schedule.after(atMs - this.schedule.nowMs, run);
  }

  chance(rate: number): boolean {
    return this.unkind && rate > 0 && this.random() < rate;
  }

  between(minMs: number, maxMs: number): number {
    return minMs + this.random() * (maxMs - minMs);
  }

  delayMs(): number {
    return this.between(1, this.unkind ? this.faults.delayMaxMs : 3);
  }

  localDelayMs(): number {
    return this.between(1, this.unkind && this.random() < 0.1 ? 200 : 4);
  }

  /** Infinity: it hangs. */
  hookDurationMs(): number {
    if (this.chance(this.faults.hookHangs)) return Number.POSITIVE_INFINITY;
    return this.chance(this.faults.hookSlow) ? this.between(100, 4_000) : this.between(2, 40);
  }

  /** Wall clocks differ and step; nothing may depend on them. */
  wallClockSkewMs(): number {
    return this.unkind ? Math.floor(this.random() * 1e6) : 0;
  }

  nextId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  // ---- who is who ---------------------------------------------------------------------------------

  podOf(target: Target): SimPod | undefined {
    return this.kubelet.podOf(target);
  }

  rediscover(target: Target): void {
    for (const coordinator of this.coordinators) coordinator.rediscover(target);
  }

  /** Whom a client or the platform reaches: mostly the newest leader, sometimes one that was superseded. */
  anyCoordinator(): SimCoordinator | undefined {
    const alive = this.coordinators.filter((coordinator) => coordinator.alive);
    return alive.length > 1 && this.random() < 0.5 ? alive[1] : alive[0];
  }

  tellCoordinators(event: CoreEvent): void {
    for (const coordinator of this.coordinators) coordinator.push(event);
  }

  podReports(): readonly CoreEvent[] {
    return this.kubelet.all().map((pod) => ({ type: 'pod', ...this.kubelet.report(pod) }));
  }

  // ---- what happened ------------------------------------------------------------------------------

  happened(event: HistoryEvent): void {
    if (this.#options.trace !== undefined) this.#options.trace(line(this.schedule.nowMs, event));
    this.#oracle(event);
  }

  note(sentence: () => string): void {
    this.#options.trace?.(`${stamp(this.schedule.nowMs)} ${sentence()}`);
  }

  sometimes(what: string): void {
    const { sometimes } = this.#options;
    sometimes?.set(what, (sometimes.get(what) ?? 0) + 1);
  }

  rememberJournal(
    token: { readonly operationNumber: number; readonly operationId: string },
    journalId: string,
  ): void {
    this.#journalByToken.set(`${token.operationNumber}:${token.operationId}`, journalId);
  }

  journalOf(token: { readonly operationNumber: number; readonly operationId: string }): string {
    return (
      this.#journalByToken.get(`${token.operationNumber}:${token.operationId}`) ?? this.journal.journalId
    );
  }

  // ---- data ---------------------------------------------------------------------------------------

  readOut(runNumber: number, fragments: number): void {
    this.#count(runNumber).readOut += fragments;
  }

  written(runNumber: number, fragments: number): void {
    this.#count(runNumber).written += fragments;
  }

  /** Fragments reach the sink that runs now, if there is one; nobody else keeps them. */
  deliver(fragments: number, runNumber: number): void {
    const sink = this.kubelet.podOf('sink-0' as Target)?.process;
    if (sink?.alive === true && sink.runNumber === runNumber) sink.held += fragments;
  }

  /** Undefined once a journal was swapped: run numbers may have been given twice. */
  countOf(runNumber: number): { readonly readOut: number; readonly written: number } | undefined {
    return this.#counting ? { ...this.#count(runNumber) } : undefined;
  }

  #count(runNumber: number): { readOut: number; written: number } {
    const count = this.#counts.get(runNumber) ?? { readOut: 0, written: 0 };
    this.#counts.set(runNumber, count);
    return count;
  }

  // ---- the two times ------------------------------------------------------------------------------

  /** Faults for `safetyMs`; throws PromiseBroken or InvariantViolation when something is wrong. */
  unkindTime(safetyMs: number): void {
    const { faults } = this;
    const actEveryMs = this.between(100, 700);
    this.#every(actEveryMs, () => this.clients.act());
    this.#every(400, () => this.#keepALeader());
    this.#every(faults.takeoverEveryMs, () => this.#coordinator().lead());
    this.#every(faults.pauseEveryMs, () => this.#pause());
    this.#every(faults.killProcessEveryMs, () => this.kubelet.killProcess(this.kubelet.any()));
    this.#every(faults.killSidecarEveryMs, () => this.kubelet.busiest().killSidecar());
    this.#every(faults.pauseSidecarEveryMs, () => {
      const pod = this.kubelet.any();
      pod.pausedUntilMs = Math.max(pod.pausedUntilMs, this.schedule.nowMs + this.between(100, 6_000));
    });
    this.#every(faults.deletePodEveryMs, () => this.kubelet.delete(this.kubelet.any()));
    this.#every(faults.restartContainerEveryMs, () => this.kubelet.restartContainer(this.kubelet.any()));
    this.#every(faults.forceDeleteEveryMs, () => this.kubelet.forceDelete(this.kubelet.any()));
    this.#every(faults.restoreJournalEveryMs, () => this.#swapJournal(false));
    this.#every(faults.deleteJournalEveryMs, () => this.#swapJournal(true));
    this.#every(faults.editEveryMs, () => this.#edit(edited(this.partition)));
    this.#every(faults.scaleEveryMs, () => this.#edit(withSources(this.partition, this.#sources())));
    this.#every(faults.otherMachineEveryMs, () => this.#edit(withOtherMachine(this.partition)));
    // An operator replaces pods of another machine than the document's, whenever that seems good.
    this.#every(faults.otherMachineEveryMs / 3, () => {
      const [pod] = this.kubelet.outdated();
      if (pod !== undefined) this.kubelet.delete(pod);
    });
    this.#every(faults.strangerEveryMs, () => this.#stranger());
    this.#every(150, () => this.chance(faults.attachBreak) && this.kubelet.any().breakAttachment());
    this.schedule.run(safetyMs);
  }

  /** The document and the StatefulSets change; coordinators and controllers see it sooner or later. */
  #edit(partition: Partition): void {
    this.partition = partition;
    this.note(() => {
      const [source] = partition.segments;
      return `the document has ${source?.members} sources, ${source?.order}, machine ${partition.machineHash}`;
    });
    // Until its controller acts a pod runs on that the document does not have any more.
    const late = this.random() < 0.3 ? 60_000 : 300;
    this.schedule.after(this.between(0, late), () => this.kubelet.reconcile());
    this.schedule.after(this.delayMs(), () =>
      this.tellCoordinators({ type: 'document', partition: this.partition }),
    );
  }

  #sources(): number {
    return 1 + Math.floor(this.random() * 3);
  }

  /** The leader is gone, and the other one leads. */
  leadAnew(): void {
    const next = this.coordinators.find((coordinator) => !coordinator.alive) ?? this.#coordinator();
    for (const coordinator of this.coordinators) coordinator.die();
    next.lead();
    this.sometimes('a new leader was asked before it had heard of anybody');
  }

  #every(meanMs: number, act: () => void): void {
    if (!Number.isFinite(meanMs)) return;
    this.schedule.after(this.between(0.3, 1.7) * meanMs, () => {
      if (!this.unkind) return;
      act();
      this.#every(meanMs, act);
    });
  }

  #coordinator(): SimCoordinator {
    const [a, b] = this.coordinators;
    const chosen = this.random() < 0.5 ? a : b;
    if (chosen === undefined) throw new Error('there are two coordinators');
    return chosen;
  }

  #keepALeader(): void {
    if (this.coordinators.every((coordinator) => !coordinator.alive)) this.#coordinator().lead();
  }

  #pause(): void {
    const coordinator = this.#coordinator();
    if (!coordinator.alive) return;
    this.note(() => `${coordinator.name} is stopped for a while`);
    coordinator.pausedUntilMs = this.schedule.nowMs + this.between(100, 3_000);
  }

  /** An operator puts an old journal in place, or loses it: both coordinators are down meanwhile. */
  #swapJournal(lose: boolean): void {
    if (this.#journalSwaps >= 2) return;
    this.#journalSwaps += 1;
    this.#counting = false;
    for (const coordinator of this.coordinators) coordinator.die();
    const { entries } = this.journal;
    if (lose) this.journal.delete();
    else this.journal.restore(Math.max(1, Math.floor(entries.length * this.between(0.3, 1))));
    this.note(() =>
      lose ? 'the journal is lost' : `the journal is restored to ${this.journal.entries.length} records`,
    );
    this.clients.lookAgain(this.journal.replay().operationNumber);
    this.#coordinator().lead();
  }

  /** Another partition's coordinator claims a pod. */
  #stranger(): void {
    const nobody = () => undefined;
    const stream = new SimStream(this, this.kubelet.any(), nobody, nobody);
    stream.hello('somebody-elses', 7, 3, '');
  }
}

function stamp(nowMs: number): string {
  return `${(nowMs / 1_000).toFixed(3).padStart(8)}s`;
}

function line(nowMs: number, event: HistoryEvent): string {
  const { kind, ...rest } = event;
  if (event.kind === 'journaled')
    return `${stamp(nowMs)} ${event.by} journal ${event.index}: ${JSON.stringify(event.record)}`;
  if (event.kind === 'replayed' || event.kind === 'restored') return `${stamp(nowMs)} ${kind}`;
  return `${stamp(nowMs)} ${kind} ${JSON.stringify(rest)}`;
}
