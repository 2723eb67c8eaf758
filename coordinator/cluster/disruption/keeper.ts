// Keeps the budgets of one partition as they should be: closed before anybody is sent into a run, opened after it.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '../../core/model/picture.ts';
import { isFault } from '../client/fault.ts';
import { DISRUPTION_BUDGETS } from '../client/resource.ts';
import { Errand } from '../errand.ts';
import type { Publishing } from '../publishing.ts';
import { type DisruptionBudget, disruptionBudgetOf } from '../resources/disruptionBudget.ts';
import type { StatefulSet } from '../resources/statefulSet.ts';
import type { Fact } from '../status/conditions.ts';
import { budgetBody } from './body.ts';
import {
  type BudgetChange,
  budgetChanges,
  type Guard,
  type Guarded,
  guardsOf,
  isGuarded,
  protectedFact,
  strangeBudgets,
} from './disruption.ts';

/**
 * How long a start waits for its budgets, in milliseconds. Then it goes on, and the partition tells that it is not
 * protected: a budget saves a run from being stopped early, not its data, since who is evicted still leaves in order.
 * A missing right must not keep a detector from taking data.
 */
export const GATE_MS_MAX = 3_000;

/** After a target was seen while a node is cordoned, in milliseconds: one wave is one look. */
const SOON_MS = 500;

export type KeeperSource = {
  readonly core: () => Core | undefined;
  readonly document: () => Guarded;
  /** All of the namespace. */
  readonly budgets: () => Iterable<DisruptionBudget>;
  readonly sets: () => Iterable<StatefulSet>;
  /** Members by segment that may be evicted in a run. */
  readonly spared: (core: Core) => ReadonlyMap<string, number>;
  /** The condition may have changed. */
  readonly onChange: () => void;
};

/** A change that we have sent, until the informer tells anything of that budget. */
type Sent = {
  /** What the informer knew when it was sent. */
  readonly before: DisruptionBudget | undefined;
  /** What the API server has answered; undefined while it has not. `gone`: it is deleted. */
  answer: DisruptionBudget | 'gone' | undefined;
};

export class BudgetKeeper implements AsyncDisposable {
  readonly #publishing: Publishing;
  readonly #source: KeeperSource;
  readonly #errand: Errand;
  readonly #sent = new Map<string, Sent>();

  constructor(publishing: Publishing, source: KeeperSource) {
    this.#publishing = publishing;
    this.#source = source;
    const { random, onFatal, log } = publishing;
    this.#errand = new Errand({
      work: (signal) => this.#write(signal),
      onTrouble: (trouble) => {
        if (trouble !== undefined) log.warn({ err: trouble }, 'disruption budgets are not written');
        source.onChange();
      },
      random,
      onFatal,
    });
  }

  /** Before what follows from a turn is done: waits while a run begins whose targets may still be evicted. */
  gate(core: Core): Promise<void> | undefined {
    if (!isGuarded(core) || this.#changes(core).length === 0) return undefined;
    // The abort only shortens the wait.
    const giveUp = new AbortController();
    const late = sleep(GATE_MS_MAX, undefined, { signal: giveUp.signal }).catch(() => undefined);
    return Promise.race([this.#errand.want(), late]).finally(() => giveUp.abort());
  }

  /** The core, a budget, a node or the document may have changed. */
  changed(): void {
    const core = this.#source.core();
    if (core !== undefined && this.#changes(core).length > 0) this.#errand.wantIn(0);
  }

  /** A target was seen that may have made room for a drain. */
  soon(): void {
    this.#errand.wantIn(SOON_MS);
  }

  /** Budgets of others that keep ours from working, one sentence each. */
  strange(): readonly string[] {
    const { core, document, sets } = this.#source;
    const led = core();
    if (led === undefined) return [];
    const guards = guardsOf(led, document(), this.#source.spared(led));
    return strangeBudgets(this.#publishing.partition().name, guards, this.#present(), [...sets()]);
  }

  fact(core: Core): Fact {
    return protectedFact(core, { strange: this.strange(), failure: this.#errand.trouble?.message });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#errand[Symbol.asyncDispose]();
  }

  #changes(core: Core): readonly BudgetChange[] {
    const guards: readonly Guard[] = guardsOf(core, this.#source.document(), this.#source.spared(core));
    return budgetChanges(this.#publishing.partition().name, guards, this.#present());
  }

  /**
   * What the informer knows, and where it cannot know it yet what we were answered. It is asked at each change that the
   * informer tells: whatever that says of a budget is newer than what we have sent, even before our answer is here.
   */
  #present(): readonly DisruptionBudget[] {
    const byName = new Map([...this.#source.budgets()].map((budget) => [budget.name, budget]));
    for (const [name, { before, answer }] of this.#sent) {
      if (byName.get(name) !== before) this.#sent.delete(name);
      else if (answer === 'gone') byName.delete(name);
      else if (answer !== undefined) byName.set(name, answer);
    }
    return [...byName.values()];
  }

  /** All at once: a run waits for them. */
  async #write(signal: AbortSignal): Promise<void> {
    const core = this.#source.core();
    if (core === undefined) return;
    const done = await Promise.allSettled(this.#changes(core).map((change) => this.#send(change, signal)));
    const failed = done.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async #send(change: BudgetChange, signal: AbortSignal): Promise<void> {
    const name = change.kind === 'write' ? change.guard.name : change.name;
    const before = [...this.#source.budgets()].find((budget) => budget.name === name);
    const sent: Sent = { before, answer: undefined };
    this.#sent.set(name, sent);
    sent.answer =
      change.kind === 'write' ? await this.#apply(change.guard, signal) : await this.#delete(name, signal);
  }

  async #delete(name: string, signal: AbortSignal): Promise<'gone'> {
    const { client, partition } = this.#publishing;
    const where = { namespace: partition().namespace, name };
    await client.delete(DISRUPTION_BUDGETS, where, { signal }).catch((error: unknown) => {
      if (!isFault(error, 'notFound')) throw error;
    });
    return 'gone';
  }

  async #apply(guard: Guard, signal: AbortSignal): Promise<DisruptionBudget> {
    const { client, partition } = this.#publishing;
    const where = { namespace: partition().namespace, name: guard.name };
    const body = budgetBody(partition(), guard);
    return disruptionBudgetOf(
      await client.patch(DISRUPTION_BUDGETS, where, { kind: 'apply', body, force: true }, { signal }),
    );
  }
}
