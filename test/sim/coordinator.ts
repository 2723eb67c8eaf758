// A coordinator process around the product's core: one event at a time; records durable, commit, effects.

import { initialCore } from '../../coordinator/core/core.ts';
import { isPodKnown } from '../../coordinator/core/fleet.ts';
import type { JournalRecord } from '../../coordinator/core/model/journal.ts';
import type { Target } from '../../coordinator/core/model/partition.ts';
import type { Core } from '../../coordinator/core/model/picture.ts';
import type { Decision, Effect, Event } from '../../coordinator/core/model/turn.ts';
import { PromiseBroken } from '../promises/history.ts';
import { SimStream } from './stream.ts';
import type { World } from './world.ts';

export class SimCoordinator {
  alive = false;
  pausedUntilMs = 0;
  core: Core;
  /** Name of the present process: a restarted coordinator is another writer. */
  name = '';
  readonly node: string;
  readonly #world: World;
  #at = 0;
  #boot = 0;
  #inbox: Event[] = [];
  #busy = false;
  #streams = new Map<Target, SimStream>();

  constructor(world: World, node: string) {
    this.#world = world;
    this.node = node;
    this.core = initialCore(world.partition, world.journal.replay(0));
  }

  /** Starts a process that takes the lead: replay, then a higher epoch by compare-and-swap. */
  lead(): void {
    this.die();
    const { journal, rules, partition } = this.#world;
    this.#boot += 1;
    this.name = `${this.node}.${this.#boot}`;
    this.alive = true;
    this.#busy = false;
    const stale = this.#world.chance(this.#world.faults.staleRead) ? Math.floor(this.#world.random() * 3) : 0;
    this.#at = Math.max(0, journal.entries.length - stale);
    const state = journal.replay(this.#at);
    if (stale === 0 && state.journalId !== '')
      this.#world.happened({ kind: 'replayed', journalId: state.journalId, state });
    this.core = rules.takeOver(initialCore(partition, state));
    if (state.open !== undefined) this.#world.sometimes('a takeover found an open operation');
    if (this.core.partition.machineHash !== partition.machineHash)
      this.#world.sometimes('a takeover found a run of another machine');
    if ((state.open?.wave ?? 0) + (state.open?.step ?? 0) > 0)
      this.#world.sometimes('a takeover during a later wave');
    this.#world.note(() => `${this.name} leads from record ${this.#at}`);
    this.#inbox = [{ type: 'lead', newJournalId: `j${this.#world.nextId()}` }, ...this.#world.podReports()];
    this.#pumpSoon();
  }

  die(): void {
    if (!this.alive) return;
    this.alive = false;
    this.#inbox = [];
    for (const stream of this.#streams.values()) stream.abandon();
    this.#streams.clear();
  }

  push(event: Event): void {
    if (!this.alive) return;
    this.#inbox.push(event);
    this.#pumpSoon();
  }

  /** Discovery: the target's pod is another one now. */
  rediscover(target: Target): void {
    if (this.alive && this.core.fleet.has(target)) this.#connect(target);
  }

  /** Opens the streams of targets that came, closes those of targets that went. */
  #follow(targets: readonly Target[]): void {
    const staying = new Set(targets);
    for (const [target, stream] of this.#streams) {
      if (staying.has(target)) continue;
      this.#streams.delete(target);
      stream.breakNow();
    }
    for (const target of targets) {
      // As PodTracker.targetsChanged has it.
      if (!isPodKnown(this.core.fleet.get(target))) this.#world.kubelet.tellAgain(target);
      if (!this.#streams.has(target)) this.#connect(target);
    }
  }

  #pumpSoon(): void {
    const { name } = this;
    const afterMs = Math.max(0, this.pausedUntilMs - this.#world.schedule.nowMs);
    if (afterMs === 0 && !this.#busy) return this.#pump();
    if (afterMs > 0) this.#world.schedule.after(afterMs, () => this.name === name && this.#pumpSoon());
  }

  #pump(): void {
    while (this.alive && !this.#busy && this.pausedUntilMs <= this.#world.schedule.nowMs) {
      const event = this.#inbox.shift();
      if (event === undefined) return;
      this.#handle(event);
    }
  }

  #handle(event: Event): void {
    const { rules, schedule } = this.#world;
    const now = { monotonicMs: schedule.nowMs, wallMs: schedule.nowMs + this.#world.wallClockSkewMs() };
    const seen = rules.see(this.core, event);
    rules.observe(this.core, seen, now);
    this.#pictured(seen);
    const decision = forgetfulJournal(rules.decide(this.core, seen, now));
    if (rules.sendsBeforeAppend && this.#run(decision.effects)) return;
    if (
      rules.respondsBeforeAppend &&
      this.#run(decision.effects.filter((effect) => effect.type === 'respond'))
    )
      return;
    if (this.#crashes()) return;
    if (decision.records.length === 0) return this.#commit(decision);
    if (decision.records.some((r) => r.kind === 'waveDone' && r.troubles.some((t) => t.kind === 'gone'))) {
      this.#world.sometimes('a process was replaced in a running step');
    }
    this.#append(decision);
  }

  /** Durable first. What the store does not answer is read back before anything is decided. */
  #append(decision: Decision): void {
    const { journal, faults } = this.#world;
    const appendId = this.#world.nextId();
    if (!this.#world.chance(faults.appendUnknown)) {
      if (!journal.append(this.#at, decision.records, this.name, appendId)) return this.#superseded();
      return this.#appended(decision);
    }
    this.#world.sometimes('an append had an unknown outcome');
    const landsNow = this.#world.random() < 0.5;
    if (landsNow) journal.append(this.#at, decision.records, this.name, appendId);
    else this.#landsLate(this.#at, decision.records, appendId);
    this.#busy = true;
    const { name } = this;
    this.#world.schedule.after(this.#world.between(5, 60), () => {
      if (!this.alive || this.name !== name) return;
      this.#busy = false;
      this.#readBack(decision, appendId);
      this.#pumpSoon();
    });
  }

  #landsLate(at: number, records: readonly JournalRecord[], appendId: number): void {
    const { journal } = this.#world;
    const { journalId } = journal;
    const { name } = this;
    this.#world.schedule.after(this.#world.between(1, 120), () => {
      if (journal.journalId === journalId && journal.entries.length === at)
        journal.append(at, records, name, appendId);
    });
  }

  #readBack(decision: Decision, appendId: number): void {
    const { journal, rules } = this.#world;
    const ours = () => journal.entries[this.#at]?.appendId === appendId;
    if (rules.readsBack && ours()) return this.#appended(decision);
    const at = rules.readsBack ? this.#at : journal.entries.length;
    if (journal.append(at, decision.records, this.name, appendId) || (rules.readsBack && ours())) {
      this.#at = at;
      return this.#appended(decision);
    }
    this.#superseded();
  }

  #appended(decision: Decision): void {
    this.#at += decision.records.length;
    if (this.#crashes()) return;
    this.#commit(decision);
  }

  #commit(decision: Decision): void {
    const { rules } = this.#world;
    this.#noteDocument(decision);
    this.core = rules.commit(this.core, decision);
    this.#obeysItsMachine();
    const responded = rules.respondsBeforeAppend;
    if (!rules.sendsBeforeAppend)
      this.#run(decision.effects.filter((effect) => !responded || effect.type !== 'respond'));
  }

  /** What a run was begun with is what can stop it. */
  #obeysItsMachine(): void {
    const { partition, journal } = this.core;
    if (journal.open === undefined && journal.run === undefined) return;
    if (journal.machine === undefined || journal.machine.hash === partition.machineHash) return;
    throw new PromiseBroken(
      'P10',
      'Another machine is taken only when no operation and no run is open.',
      `${this.name} plans by ${partition.machineHash}, the run was begun by ${journal.machine.hash}`,
    );
  }

  #noteDocument({ document }: Decision): void {
    if (document === undefined) return;
    if (document.departing.size > 0) this.#world.sometimes('a member that went was still named');
    const waits = document.partition.machineHash !== document.wanted.machineHash;
    if (waits) this.#world.sometimes('another machine waited for the end of a run');
  }

  /** Gives true when the process died on the way. */
  #run(effects: readonly Effect[]): boolean {
    const { name } = this;
    for (const effect of effects) {
      this.#act(effect);
      if (this.#crashes()) return true;
    }
    return !this.alive || this.name !== name;
  }

  #act(effect: Effect): void {
    this.#world.happened({ kind: 'acted', by: this.name });
    switch (effect.type) {
      case 'send':
        return this.#send(effect);
      case 'takeNext':
        return this.#later(0, effect.event);
      case 'hear':
        return this.#later(effect.afterMs, { type: 'heardEnough' });
      case 'arm':
        return this.#later(effect.afterMs, { type: 'deadline', deadline: effect.deadline });
      case 'respond':
        return this.#world.clients.responded(effect.caller, effect.response, this.core);
      case 'connect':
        return this.#connect(effect.target);
      case 'connectAll':
        for (const target of this.core.fleet.keys()) this.#connect(target);
        return;
      case 'follow':
        return this.#follow(effect.targets);
    }
  }

  #later(afterMs: number, event: Event): void {
    const { name } = this;
    this.#world.schedule.after(afterMs, () => this.name === name && this.push(event));
  }

  #send({ target, message }: Extract<Effect, { type: 'send' }>): void {
    if (message.type === 'request') {
      const { token, incarnation } = message.request;
      const { journalId } = this.core.journal;
      this.#world.rememberJournal(token, journalId);
      this.#world.happened({ kind: 'requested', journalId, token, target, incarnation });
    }
    this.#streams.get(target)?.down(message);
  }

  #connect(target: Target): void {
    this.#streams.get(target)?.breakNow();
    this.#streams.delete(target);
    const { name } = this;
    this.#world.schedule.after(this.#world.between(1, 20), () => {
      if (this.alive && this.name === name && !this.#streams.has(target)) this.#open(target);
    });
  }

  #open(target: Target): void {
    const pod = this.#world.podOf(target);
    if (!this.core.fleet.has(target)) return;
    // Without a place it is not dialled; `rediscover` tells of one.
    if (pod === undefined)
      return this.push({ type: 'disconnected', target, cause: 'its address is not known yet' });
    const { name } = this;
    const here = () => this.alive && this.name === name && this.#streams.get(target) === stream;
    const stream: SimStream = new SimStream(
      this.#world,
      pod,
      (event) => here() && this.push(event),
      () => {
        if (!here()) return;
        this.#streams.delete(target);
        this.push({ type: 'disconnected', target, cause: 'the stream broke' });
        this.#world.schedule.after(this.#world.between(20, 200), () => {
          if (this.alive && this.name === name && !this.#streams.has(target)) this.#open(target);
        });
      },
    );
    this.#streams.set(target, stream);
    const { journalId, epoch, operationNumber, open, adopted } = this.core.journal;
    const closedThrough = open === undefined ? operationNumber : open.operation.number - 1;
    stream.hello(journalId, epoch, closedThrough, adopted[target] ?? '');
  }

  #superseded(): void {
    this.#world.sometimes('a leader that was superseded found out by its append');
    this.#world.happened({ kind: 'superseded', by: this.name });
    this.die();
  }

  #pictured(event: Event): void {
    if (event.type !== 'state' && event.type !== 'answer' && event.type !== 'welcome') return;
    const seen = this.core.fleet.get(event.target)?.reported;
    if (seen === undefined) return;
    const { incarnation, stateNumber, state, inError } = seen;
    this.#world.happened({
      kind: 'pictured',
      target: event.target,
      incarnation,
      stateNumber,
      state,
      inError,
    });
  }

  #crashes(): boolean {
    if (!this.#world.chance(this.#world.faults.coordinatorCrash)) return false;
    this.#world.note(() => `${this.name} crashes`);
    this.die();
    return true;
  }
}

/** So that retention matters within one run: a journal that remembers few operations. */
const OPERATIONS_REMEMBERED = 3;

function forgetfulJournal(decision: Decision): Decision {
  const records = decision.records.map((record) =>
    record.kind === 'opened' ? { ...record, operationsRememberedMax: OPERATIONS_REMEMBERED } : record,
  );
  return { ...decision, records };
}
