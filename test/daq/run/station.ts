import { CONFIGURED, EXECUTED, INITIAL, type Outcome } from '../process/steps.ts';
import { Links } from '../wire/links.ts';
import type { Message } from '../wire/messages.ts';
import type { Places } from '../wire/places.ts';
import { Changes } from './changes.ts';

export type StationOptions = {
  readonly name: string;
  readonly places: Places;
  /** Whether processes of this name send data to us. */
  readonly isUpstream: (peer: string) => boolean;
  readonly onMessage: (from: string, message: Message) => void;
  readonly onGone: (peer: string) => void;
  /** What is wrong has changed. */
  readonly onTrouble: () => void;
};

/** What every process of the DAQ has: its links, whether it is configured, and what is wrong. */
export class Station {
  readonly links: Links;
  readonly changes = new Changes();
  readonly #options: StationOptions;
  readonly #lost = new Map<string, string>();
  #configured = false;
  #strays = 0;

  constructor(options: StationOptions) {
    this.#options = options;
    this.links = new Links({
      name: options.name,
      places: options.places,
      changes: this.changes,
      admits: (peer) => this.#configured && options.isUpstream(peer),
      onMessage: options.onMessage,
      onLink: (peer) => {
        if (this.#lost.delete(peer)) options.onTrouble();
      },
      onGone: (peer, end) => this.#gone(peer, end),
    });
  }

  /** Messages that belong to no run that is open here: what they carried is lost. */
  get strays(): number {
    return this.#strays;
  }

  /** Takes links from now on and makes those to `peers`, but for `lackMax` of `spare` that do not answer. */
  async conf(reach: Reach): Promise<Outcome> {
    this.#configured = true;
    const outcome = await this.reach(reach);
    if (outcome.kind !== 'executed') this.scrap();
    return outcome;
  }

  /** Makes the links that are missing. */
  async reach({ peers, spare, lackMax, signal }: Reach): Promise<Outcome> {
    const patience =
      lackMax === 0 ? signal : AbortSignal.any([signal, AbortSignal.timeout(SPARE_PATIENCE_MS)]);
    const [missing, lacking] = await Promise.all([
      this.links.connect(peers, signal),
      this.links.connect(spare, patience),
    ]);
    if (missing.length === 0 && lacking.length <= lackMax) return EXECUTED;
    return { kind: 'failed', cause: `no link to all peers: ${[...missing, ...lacking].join('; ')}` };
  }

  /** Ends all links on purpose. */
  scrap(): void {
    this.#configured = false;
    this.links.disconnect({ bye: true });
    this.#lost.clear();
    this.#options.onTrouble();
  }

  /** Where the process is after its run was given up: configured while all of `peers` are reached. */
  recovered(peers: readonly string[]): typeof CONFIGURED | typeof INITIAL {
    if (this.#configured && peers.every((peer) => this.links.reaches(peer))) return CONFIGURED;
    this.scrap();
    return INITIAL;
  }

  /** Counts a message that belongs to no open run. */
  stray(): void {
    this.#strays += 1;
    if (this.#strays === 1) this.#options.onTrouble();
  }

  /** One sentence on lost links and strays; empty when there are none. */
  trouble(): string {
    const lost = [...this.#lost].map(([peer, cause]) => `${peer} is gone (${cause})`);
    const strays = this.#strays === 0 ? [] : ['data came outside their run'];
    return [...lost, ...strays].join('; ');
  }

  #gone(peer: string, end: { readonly bye: boolean; readonly cause: string }): void {
    if (this.#configured && !end.bye) this.#lost.set(peer, end.cause);
    this.#options.onGone(peer);
    this.#options.onTrouble();
  }
}

export type Reach = {
  readonly peers: readonly string[];
  readonly spare: readonly string[];
  readonly lackMax: number;
  readonly signal: AbortSignal;
};

/** How long one waits for those one can do without, in milliseconds. */
const SPARE_PATIENCE_MS = 2_000;
