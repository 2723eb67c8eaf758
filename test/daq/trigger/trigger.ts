import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { Arguments } from '../../../protos/machine/table.ts';
import { type Duty, EXECUTED, type Order, type Outcome } from '../process/steps.ts';
import { ordinalOf, processNames } from '../run/names.ts';
import type { Settings } from '../run/settings.ts';
import { Station } from '../run/station.ts';
import { OUTBOX_BYTES_MAX } from '../wire/links.ts';
import type { Message } from '../wire/messages.ts';
import { createPlaces } from '../wire/places.ts';
import { type Credits, dropCredits, giveCredits, noCredits, takeCredit } from './credits.ts';
import { dueNow, newPace, nextInMs, type Pace } from './pace.ts';

/** The trigger does not fire faster, in Hz. */
export const TRIGGER_RATE_HZ_MAX = 10_000;

type Run = {
  readonly number: number;
  credits: Credits;
  readonly builders: Set<number>;
  rateHz: number;
  decisions: number;
  /** Decisions sent, by the name of the readout. */
  readonly sent: Map<string, number>;
};

/** Makes trigger decisions at a rate, for builders that have credit, and sends each to every readout. */
export class Trigger implements Duty {
  readonly steps: Duty['steps'] = {
    conf: (order) => this.station.conf(this.#reach(order)),
    start: (order) => this.#start(order),
    enable_triggers: async () => this.#enable(),
    change_rate: async (order) => this.#changeRate(order),
    disable_triggers: async () => this.#disable(),
    drain_dataflow: (order) => this.#drain(order),
    stop: async () => this.#endRun(),
    scrap: async () => this.#scrap(),
  };
  readonly station: Station;
  readonly #settings: Settings;
  readonly #readouts: readonly string[];
  readonly #builders: readonly string[];
  #run: Run | undefined;
  #pace: Pace | undefined;
  #timer: NodeJS.Timeout | undefined;
  #decided = 0;
  #inhibited = 0;

  constructor(settings: Settings, onTrouble: () => void) {
    this.#settings = settings;
    this.#readouts = processNames('readout', settings.readouts);
    this.#builders = processNames('builder', settings.builders);
    this.station = new Station({
      name: settings.name,
      places: createPlaces(settings),
      isUpstream: () => false,
      onMessage: (from, message) => this.#onMessage(from, message),
      onGone: (peer) => this.#onGone(peer),
      onTrouble,
    });
  }

  async recover(): ReturnType<Duty['recover']> {
    this.#endRun();
    const readouts = this.#settings.lackMax === 0 ? this.#readouts : [];
    return this.station.recovered([...readouts, ...this.#builders]);
  }

  trouble(): string {
    return this.station.trouble();
  }

  counters(): Readonly<Record<string, number>> {
    return { decided: this.#decided, inhibited: this.#inhibited, strays: this.station.strays };
  }

  async close(): Promise<void> {
    this.#endRun();
    await this.station.links[Symbol.asyncDispose]();
  }

  #reach({ signal }: Order): Parameters<Station['reach']>[0] {
    return { peers: this.#builders, spare: this.#readouts, lackMax: this.#settings.lackMax, signal };
  }

  async #start(order: Order): Promise<Outcome> {
    if (order.run === 0) return { kind: 'refused', cause: 'start needs a run number' };
    const rateHz = parseRate(order.arguments) ?? this.#settings.triggerRateHz;
    const reached = await this.station.reach(this.#reach(order));
    if (reached.kind !== 'executed') return reached;
    const builders = new Set<number>();
    const credits = noCredits(this.#builders.length);
    const run: Run = { number: order.run, credits, builders, rateHz, decisions: 0, sent: new Map() };
    this.#run = run;
    for (const builder of this.#builders) this.station.links.send(builder, { kind: 'ask', run: run.number });
    const everybody = (): boolean => run.builders.size === this.#builders.length;
    if (await this.station.changes.until(everybody, order.signal)) return EXECUTED;
    this.#endRun();
    return {
      kind: 'failed',
      cause: `only ${builders.size} of ${this.#builders.length} builders gave credit`,
    };
  }

  #enable(): Outcome {
    if (this.#run === undefined) return { kind: 'failed', cause: 'no run is open' };
    this.#pace = newPace(this.#run.rateHz, performance.now());
    this.#schedule();
    return EXECUTED;
  }

  #changeRate(order: Order): Outcome {
    const rateHz = parseRate(order.arguments);
    if (rateHz === undefined) return { kind: 'refused', cause: 'change_rate needs trigger_rate' };
    if (this.#run !== undefined) this.#run.rateHz = rateHz;
    return this.#pace === undefined ? EXECUTED : this.#enable();
  }

  #disable(): Outcome {
    clearTimeout(this.#timer);
    this.#pace = undefined;
    return EXECUTED;
  }

  async #drain(order: Order): Promise<Outcome> {
    this.#disable();
    const run = this.#run;
    const { links, changes } = this.station;
    if (run === undefined) return { kind: 'failed', cause: 'no run is open' };
    for (const readout of this.#readouts) {
      links.send(readout, { kind: 'marker', run: run.number, count: run.sent.get(readout) ?? 0 });
    }
    if (await changes.until(() => links.queuedBytes === 0, order.signal)) return EXECUTED;
    return {
      kind: 'failed',
      cause: `in flight: ${links.queuedBytes} bytes of decisions that readouts do not take`,
    };
  }

  #endRun(): Outcome {
    this.#disable();
    this.#run = undefined;
    return EXECUTED;
  }

  #scrap(): Outcome {
    this.station.scrap();
    return EXECUTED;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const waitMs = this.#pace === undefined ? undefined : nextInMs(this.#pace, performance.now());
    if (waitMs !== undefined) this.#timer = setTimeout(() => this.#tick(), waitMs);
  }

  #tick(): void {
    const { pace, due, missed } = dueNow(this.#pace ?? newPace(0, 0), performance.now());
    this.#pace = pace;
    this.#inhibited += missed;
    for (let count = 0; count < due; count += 1) if (!this.#decide()) this.#inhibited += 1;
    this.#schedule();
  }

  /** False when the trigger is inhibited: no builder has credit, or no readout takes decisions. */
  #decide(): boolean {
    const run = this.#run;
    const { links } = this.station;
    const readouts = this.#readouts.filter((readout) => links.reaches(readout));
    if (run === undefined || readouts.length === 0 || links.queuedBytes > OUTBOX_BYTES_MAX) return false;
    const taken = takeCredit(run.credits);
    if (taken === undefined) return false;
    run.credits = taken.credits;
    run.decisions += 1;
    this.#decided += 1;
    const timestampNs = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1_000)) * 1_000n;
    const stamp = { run: run.number, number: run.decisions, timestampNs, builder: taken.builder };
    for (const readout of readouts) {
      links.send(readout, { kind: 'decision', ...stamp });
      run.sent.set(readout, (run.sent.get(readout) ?? 0) + 1);
    }
    return true;
  }

  #onMessage(from: string, message: Message): void {
    const builder = ordinalOf('builder', from);
    const run = this.#run;
    if (message.kind !== 'credit' || builder === undefined) return this.station.stray();
    // Credit of an earlier run may come after its end; it is no loss.
    if (run === undefined || message.run !== run.number) return;
    run.builders.add(builder);
    run.credits = giveCredits(run.credits, builder, message.count);
  }

  #onGone(peer: string): void {
    const builder = ordinalOf('builder', peer);
    if (builder !== undefined && this.#run !== undefined) {
      this.#run.credits = dropCredits(this.#run.credits, builder);
    }
  }
}

/** Hz, or undefined when none is given. Throws RunControlError MALFORMED. */
function parseRate(given: Arguments): number | undefined {
  const rate = given['trigger_rate'];
  if (rate === undefined) return undefined;
  if (typeof rate === 'number' && rate >= 0 && rate <= TRIGGER_RATE_HZ_MAX) return rate;
  throw new RunControlError('MALFORMED', `trigger_rate: want 0..${TRIGGER_RATE_HZ_MAX} Hz, got ${rate}`);
}
