import { type Duty, drainedWithLoss, EXECUTED, type Order, type Outcome } from '../process/steps.ts';
import { Arrivals } from '../run/arrivals.ts';
import { Ledger } from '../run/ledger.ts';
import { ledgerPath, ordinalOf, processName, processNames } from '../run/names.ts';
import { openLedger } from '../run/open.ts';
import type { Settings } from '../run/settings.ts';
import { Station } from '../run/station.ts';
import { encodeFragment, parseFragment } from '../wire/fragment.ts';
import type { Decision, Message } from '../wire/messages.ts';
import { createPlaces } from '../wire/places.ts';
import { Noise } from './noise.ts';

type Run = {
  readonly number: number;
  readonly ledger: Ledger;
  readonly arrivals: Arrivals;
  /** Fragments sent, by the name of the builder. */
  readonly sent: Map<string, number>;
  unsent: number;
};

/** Reads out a fragment for each decision, enters it in the ledger, and sends it to the record's builder. */
export class Readout implements Duty {
  readonly steps: Duty['steps'] = {
    conf: (order) => this.station.conf(this.#reach(order)),
    start: (order) => this.#start(order),
    drain_dataflow: (order) => this.#drain(order),
    stop: async () => this.#endRun(),
    scrap: async () => this.#scrap(),
  };
  readonly station: Station;
  readonly #settings: Settings;
  readonly #builders: readonly string[];
  readonly #noise: Noise;
  #run: Run | undefined;
  #readOut = 0;
  #sent = 0;

  constructor(settings: Settings, onTrouble: () => void) {
    this.#settings = settings;
    this.#builders = processNames('builder', settings.builders);
    this.#noise = new Noise({ ordinal: settings.ordinal, payloadBytes: settings.payloadBytes });
    this.station = new Station({
      name: settings.name,
      places: createPlaces(settings),
      isUpstream: (peer) => ordinalOf('trigger', peer) !== undefined,
      onMessage: (from, message) => this.#onMessage(from, message),
      onGone: (peer) => this.#run?.arrivals.left(peer),
      onTrouble,
    });
  }

  async recover(): ReturnType<Duty['recover']> {
    this.#endRun();
    return this.station.recovered(this.#builders);
  }

  trouble(): string {
    return this.station.trouble();
  }

  counters(): Readonly<Record<string, number>> {
    return { readOut: this.#readOut, sent: this.#sent, strays: this.station.strays };
  }

  async close(): Promise<void> {
    this.#endRun();
    await this.station.links[Symbol.asyncDispose]();
  }

  #reach({ signal }: Order): Parameters<Station['reach']>[0] {
    return { peers: this.#builders, spare: [], lackMax: 0, signal };
  }

  async #start(order: Order): Promise<Outcome> {
    if (order.run === 0) return { kind: 'refused', cause: 'start needs a run number' };
    const reached = await this.station.reach(this.#reach(order));
    if (reached.kind !== 'executed') return reached;
    const ledger = openLedger(ledgerPath(this.#settings.dataDir, order.run, this.#settings.name));
    if (!(ledger instanceof Ledger)) return ledger;
    const arrivals = new Arrivals('decisions');
    this.#run = { number: order.run, ledger, arrivals, sent: new Map(), unsent: 0 };
    return EXECUTED;
  }

  async #drain(order: Order): Promise<Outcome> {
    const run = this.#run;
    const { links, changes } = this.station;
    if (run === undefined) return { kind: 'failed', cause: 'no run is open' };
    await changes.until(() => run.arrivals.judge(links.incoming()).kind !== 'waiting', order.signal);
    const verdict = run.arrivals.judge(links.incoming());
    if (verdict.kind === 'waiting') return { kind: 'failed', cause: `in flight: ${verdict.cause}` };
    for (const builder of this.#builders) {
      links.send(builder, { kind: 'marker', run: run.number, count: run.sent.get(builder) ?? 0 });
    }
    const flushed = await changes.until(() => links.queuedBytes === 0, order.signal);
    if (!flushed)
      return { kind: 'failed', cause: `in flight: ${links.queuedBytes} bytes that builders do not take` };
    if (verdict.kind === 'mismatch') return drainedWithLoss(verdict.cause);
    if (run.unsent === 0) return EXECUTED;
    return drainedWithLoss(`${run.unsent} fragments could not be sent: their builder is gone`);
  }

  #endRun(): Outcome {
    this.#run?.ledger.close();
    this.#run = undefined;
    return EXECUTED;
  }

  #scrap(): Outcome {
    this.station.scrap();
    return EXECUTED;
  }

  #onMessage(from: string, message: Message): void {
    const run = this.#run;
    if (message.kind !== 'decision' && message.kind !== 'marker') return this.station.stray();
    if (run === undefined || message.run !== run.number) return this.station.stray();
    if (message.kind === 'marker') return run.arrivals.marked(from, message.count);
    run.arrivals.arrived(from);
    this.#take(run, message);
  }

  #take(run: Run, { number, timestampNs, builder }: Decision): void {
    const head = { run: run.number, number, readout: this.#settings.ordinal, timestampNs };
    const bytes = encodeFragment(head, this.#noise.payload(number));
    // The ledger comes first: whatever happens to the fragment after this, the verifier will ask for it.
    run.ledger.append([number, parseFragment(bytes)?.crc ?? 0, bytes.length]);
    this.#readOut += 1;
    const name = processName('builder', builder);
    if (this.station.links.send(name, { kind: 'fragment', bytes })) {
      run.sent.set(name, (run.sent.get(name) ?? 0) + 1);
      this.#sent += 1;
    } else run.unsent += 1;
  }
}
