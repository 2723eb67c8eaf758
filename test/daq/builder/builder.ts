import { type Duty, drainedWithLoss, EXECUTED, type Order, type Outcome } from '../process/steps.ts';
import { Arrivals } from '../run/arrivals.ts';
import { Ledger } from '../run/ledger.ts';
import { ledgerPath, ordinalOf, processName } from '../run/names.ts';
import { openLedger } from '../run/open.ts';
import type { Settings } from '../run/settings.ts';
import { Station } from '../run/station.ts';
import { parseFragment } from '../wire/fragment.ts';
import type { FragmentMessage, Message } from '../wire/messages.ts';
import { createPlaces } from '../wire/places.ts';
import { Assembly, type Part } from './assembly.ts';

/** How often records are looked through for their time limit, in milliseconds. */
const EXPIRE_EVERY_MS = 20;

const WRITER = processName('writer', 0);

type Run = {
  readonly number: number;
  readonly ledger: Ledger;
  readonly arrivals: Arrivals;
  readonly assembly: Assembly;
  readonly timer: NodeJS.Timeout;
  sent: number;
  taken: number;
  unsent: number;
};

/** Builds records from fragments, sends them to the writer, and gives the trigger a credit for each taken. */
export class Builder implements Duty {
  readonly steps: Duty['steps'] = {
    conf: (order) => this.station.conf(reach(order)),
    start: (order) => this.#start(order),
    drain_dataflow: (order) => this.#drain(order),
    stop: (order) => this.#stop(order),
    scrap: async () => this.#scrap(),
  };
  readonly station: Station;
  readonly #settings: Settings;
  #run: Run | undefined;
  #fragments = 0;
  #built = 0;
  #incomplete = 0;
  #late = 0;
  #corrupt = 0;

  constructor(settings: Settings, onTrouble: () => void) {
    this.#settings = settings;
    this.station = new Station({
      name: settings.name,
      places: createPlaces(settings),
      isUpstream: (peer) =>
        ordinalOf('readout', peer) !== undefined || ordinalOf('trigger', peer) !== undefined,
      onMessage: (from, message) => this.#onMessage(from, message),
      onGone: (peer) => this.#run?.arrivals.left(peer),
      onTrouble,
    });
  }

  async recover(): ReturnType<Duty['recover']> {
    this.#endRun();
    return this.station.recovered([WRITER]);
  }

  trouble(): string {
    return this.station.trouble();
  }

  counters(): Readonly<Record<string, number>> {
    const { strays } = this.station;
    const records = { built: this.#built, incomplete: this.#incomplete, late: this.#late };
    return { fragments: this.#fragments, ...records, corrupt: this.#corrupt, strays };
  }

  async close(): Promise<void> {
    this.#endRun();
    await this.station.links[Symbol.asyncDispose]();
  }

  async #start(order: Order): Promise<Outcome> {
    if (order.run === 0) return { kind: 'refused', cause: 'start needs a run number' };
    const reached = await this.station.reach(reach(order));
    if (reached.kind !== 'executed') return reached;
    const { dataDir, name, readouts, recordLimitMs, credits } = this.#settings;
    const ledger = openLedger(ledgerPath(dataDir, order.run, name));
    if (!(ledger instanceof Ledger)) return ledger;
    const assembly = new Assembly({ readouts, limitMs: recordLimitMs, openMax: credits });
    const timer = setInterval(() => this.#passAll(assembly.expire(performance.now())), EXPIRE_EVERY_MS);
    const counts = { sent: 0, taken: 0, unsent: 0 };
    this.#run = {
      number: order.run,
      ledger,
      arrivals: new Arrivals('fragments'),
      assembly,
      timer,
      ...counts,
    };
    return EXECUTED;
  }

  async #drain(order: Order): Promise<Outcome> {
    const run = this.#run;
    if (run === undefined) return { kind: 'failed', cause: 'no run is open' };
    await this.station.changes.until(() => this.#judge(run).kind !== 'waiting', order.signal);
    const verdict = this.#judge(run);
    if (verdict.kind === 'waiting') {
      return {
        kind: 'failed',
        cause: `in flight: ${verdict.cause}; ${run.assembly.open} records under assembly`,
      };
    }
    const settled = await this.#settle(run, order.signal);
    return verdict.kind === 'mismatch' ? drainedWithLoss(verdict.cause) : settled;
  }

  async #stop(order: Order): Promise<Outcome> {
    const settled = this.#run === undefined ? EXECUTED : await this.#settle(this.#run, order.signal);
    this.#endRun();
    return settled.kind === 'failed' ? { ...settled, state: 'configured' } : settled;
  }

  /** Passes on what is open, since no more can come, and waits until the writer has taken all. */
  async #settle(run: Run, signal: AbortSignal): Promise<Outcome> {
    this.#passAll(run.assembly.flush());
    this.station.links.send(WRITER, { kind: 'marker', run: run.number, count: run.sent });
    const taken = (): boolean => run.taken === run.sent || !this.station.links.reaches(WRITER);
    await this.station.changes.until(taken, signal);
    const left = run.sent - run.taken;
    if (left > 0) return { kind: 'failed', cause: `in flight: ${left} records that ${WRITER} has not taken` };
    if (run.unsent === 0) return EXECUTED;
    return drainedWithLoss(`${run.unsent} records could not be sent: ${WRITER} is gone`);
  }

  #endRun(): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#passAll(run.assembly.flush());
    clearInterval(run.timer);
    run.ledger.close();
    this.#run = undefined;
  }

  #scrap(): Outcome {
    this.station.scrap();
    return EXECUTED;
  }

  #judge(run: Run): ReturnType<Arrivals['judge']> {
    const readouts = this.station.links.incoming().filter((peer) => ordinalOf('readout', peer) !== undefined);
    return run.arrivals.judge(readouts);
  }

  #onMessage(from: string, message: Message): void {
    const run = this.#run;
    if (message.kind === 'fragment') return this.#onFragment(from, message);
    // What belongs to another run carries no data: a credit that was given back, a trigger that is ahead.
    if (run === undefined || !('run' in message) || message.run !== run.number) return;
    switch (message.kind) {
      case 'ask':
        this.station.links.send(from, { kind: 'credit', run: run.number, count: this.#settings.credits });
        return;
      case 'marker':
        return run.arrivals.marked(from, message.count);
      case 'taken':
        run.taken += message.records;
        return this.#giveCredits(run.number, message.credits);
      default:
        return this.station.stray();
    }
  }

  #giveCredits(run: number, count: number): void {
    if (count > 0) this.station.links.send(processName('trigger', 0), { kind: 'credit', run, count });
  }

  #onFragment(from: string, { bytes }: FragmentMessage): void {
    const fragment = parseFragment(bytes);
    if (fragment === undefined || this.#run === undefined || fragment.run !== this.#run.number) {
      return this.station.stray();
    }
    this.#fragments += 1;
    // A damaged fragment is passed on all the same: the file shows what came, and the verifier tells.
    if (!fragment.intact) this.#corrupt += 1;
    this.#run.arrivals.arrived(from);
    this.#passAll(this.#run.assembly.add({ fragment, bytes }, performance.now()));
  }

  #passAll(parts: readonly Part[]): void {
    const run = this.#run;
    if (run === undefined) return;
    for (const part of parts) this.#pass(run, part);
  }

  #pass(run: Run, part: Part): void {
    const { readouts: expected } = this.#settings;
    run.ledger.append([part.number, part.sequence, part.fragments.length]);
    this.#built += part.sequence === 0 ? 1 : 0;
    this.#late += part.sequence === 0 ? 0 : 1;
    this.#incomplete += part.incomplete && part.sequence === 0 ? 1 : 0;
    const sent = this.station.links.send(WRITER, { kind: 'record', run: run.number, expected, ...part });
    if (sent) run.sent += 1;
    else run.unsent += 1;
  }
}

function reach({ signal }: Order): Parameters<Station['reach']>[0] {
  return { peers: [WRITER], spare: [], lackMax: 0, signal };
}
