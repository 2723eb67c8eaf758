import { type Duty, drainedWithLoss, EXECUTED, type Order, type Outcome } from '../process/steps.ts';
import { troubleSentence } from '../process/trouble.ts';
import { Arrivals } from '../run/arrivals.ts';
import { ordinalOf } from '../run/names.ts';
import type { Settings } from '../run/settings.ts';
import { Station } from '../run/station.ts';
import type { Message, RecordMessage } from '../wire/messages.ts';
import { createPlaces } from '../wire/places.ts';
import { RunFile } from './file.ts';

/** A batch is written when it has so many bytes, however young it is. */
export const BATCH_BYTES_MAX = 4_194_304;

type Run = {
  readonly number: number;
  readonly file: RunFile;
  readonly arrivals: Arrivals;
  readonly timer: NodeJS.Timeout;
  /** Records of the batch, by the builder that waits for word of them. */
  waiting: Map<string, { records: number; credits: number }>;
};

/** Writes records to the file of the run, in batches, and tells the builders what is in it. */
export class Writer implements Duty {
  readonly steps: Duty['steps'] = {
    conf: ({ signal }) => this.station.conf({ peers: [], spare: [], lackMax: 0, signal }),
    start: (order) => this.#start(order),
    drain_dataflow: (order) => this.#drain(order),
    stop: async () => this.#stop(),
    scrap: async () => this.#scrap(),
  };
  readonly station: Station;
  readonly #settings: Settings;
  readonly #onTrouble: () => void;
  #run: Run | undefined;
  /** What went wrong with the file of this run; empty while nothing did. */
  #broken = '';
  #written = 0;
  #incomplete = 0;
  #late = 0;

  constructor(settings: Settings, onTrouble: () => void) {
    this.#settings = settings;
    this.#onTrouble = onTrouble;
    this.station = new Station({
      name: settings.name,
      places: createPlaces(settings),
      isUpstream: (peer) => ordinalOf('builder', peer) !== undefined,
      onMessage: (from, message) => this.#onMessage(from, message),
      onGone: (peer) => this.#run?.arrivals.left(peer),
      onTrouble,
    });
  }

  async recover(): ReturnType<Duty['recover']> {
    this.#endRun();
    this.#broken = '';
    return this.station.recovered([]);
  }

  trouble(): string {
    const sentences = [this.#broken, this.#run?.file.hdf5Trouble ?? '', this.station.trouble()];
    return sentences.filter((text) => text !== '').join('; ');
  }

  counters(): Readonly<Record<string, number>> {
    const { strays } = this.station;
    return { written: this.#written, incomplete: this.#incomplete, late: this.#late, strays };
  }

  async close(): Promise<void> {
    this.#endRun();
    await this.station.links[Symbol.asyncDispose]();
  }

  async #start(order: Order): Promise<Outcome> {
    if (order.run === 0) return { kind: 'refused', cause: 'start needs a run number' };
    if (order.arguments['disable_data_storage'] === true) {
      return {
        kind: 'refused',
        cause: 'this DAQ always stores its data: disable_data_storage must be false',
      };
    }
    const taken = RunFile.taken(this.#settings.dataDir, order.run);
    if (taken !== undefined) {
      return { kind: 'refused', cause: `${taken} is there already, and a run is never overwritten` };
    }
    const file = await RunFile.create(this.#settings.dataDir, order.run);
    const timer = setInterval(() => this.#flush(), this.#settings.writeIntervalMs);
    const arrivals = new Arrivals('records');
    this.#broken = '';
    this.#run = { number: order.run, file, arrivals, timer, waiting: new Map() };
    return EXECUTED;
  }

  async #drain(order: Order): Promise<Outcome> {
    const run = this.#run;
    const { links, changes } = this.station;
    if (run === undefined) return { kind: 'failed', cause: 'no run is open' };
    await changes.until(() => run.arrivals.judge(links.incoming()).kind !== 'waiting', order.signal);
    this.#flush();
    const verdict = run.arrivals.judge(links.incoming());
    if (this.#broken !== '') return drainedWithLoss(this.#broken);
    if (verdict.kind === 'complete') return EXECUTED;
    if (verdict.kind === 'mismatch') return drainedWithLoss(verdict.cause);
    return { kind: 'failed', cause: `in flight: ${verdict.cause}` };
  }

  #stop(): Outcome {
    this.#endRun();
    if (this.#broken === '') return EXECUTED;
    return { kind: 'failed', cause: this.#broken, state: 'configured' };
  }

  #endRun(): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#flush();
    clearInterval(run.timer);
    this.#run = undefined;
    // After a batch that could not be written the files stay as they are, for the verifier.
    if (this.#broken === '') this.#guard(() => run.file.finish());
    else run.file.abandon();
  }

  #scrap(): Outcome {
    this.station.scrap();
    return EXECUTED;
  }

  #onMessage(from: string, message: Message): void {
    const run = this.#run;
    if (message.kind === 'record') return this.#onRecord(from, message);
    if (message.kind !== 'marker' || run === undefined || message.run !== run.number) return;
    run.arrivals.marked(from, message.count);
    // The builders wait for word of their last records, so these do not wait for the interval.
    if (run.arrivals.judge(this.station.links.incoming()).kind !== 'waiting') this.#flush();
  }

  #onRecord(from: string, record: RecordMessage): void {
    const run = this.#run;
    if (run === undefined || record.run !== run.number) return this.station.stray();
    // Not taken, so the builder never hears that it was, and the drain fails on both sides.
    if (this.#broken !== '') return;
    run.arrivals.arrived(from);
    this.#guard(() => run.file.add(record));
    const waiting = run.waiting.get(from) ?? { records: 0, credits: 0 };
    const credits = waiting.credits + (record.sequence === 0 ? 1 : 0);
    run.waiting.set(from, { records: waiting.records + 1, credits });
    this.#incomplete += record.incomplete && record.sequence === 0 ? 1 : 0;
    this.#late += record.sequence === 0 ? 0 : 1;
    if (run.file.batchBytes >= BATCH_BYTES_MAX) this.#flush();
  }

  /** Writes the batch and then, only then, tells the builders. */
  #flush(): void {
    const run = this.#run;
    if (run === undefined || this.#broken !== '') return;
    this.#guard(() => run.file.flush());
    if (this.#broken !== '') return;
    for (const [builder, { records, credits }] of run.waiting) {
      this.#written += records;
      this.station.links.send(builder, { kind: 'taken', run: run.number, records, credits });
    }
    run.waiting = new Map();
  }

  /** Nothing is promised of a file after its first trouble: records are no longer taken, no credit flows. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#broken = troubleSentence(error);
      this.#onTrouble();
    }
  }
}
