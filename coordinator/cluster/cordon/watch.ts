// Watches the nodes under one partition, and does once what its policy says of a cordon.

import type { Core } from '../../core/model/picture.ts';
import type { PartitionDocument } from '../../document/document.ts';
import type { Sequencer } from '../../sequencer.ts';
import { Errand } from '../errand.ts';
import type { Note } from '../events/note.ts';
import type { Publishing } from '../publishing.ts';
import type { Node } from '../resources/node.ts';
import type { Fact } from '../status/conditions.ts';
import {
  type Cordoned,
  type CordonOrder,
  cordonedOf,
  cordonFact,
  cordonNews,
  cordonOrder,
  type Placement,
  sparedOf,
} from './cordon.ts';

/** Who asks for operations that no person asked for. */
const OURSELVES = 'coordinator';

export type CordonSource = {
  readonly core: () => Core | undefined;
  readonly document: () => Pick<PartitionDocument, 'onCordon'>;
  readonly nodes: () => Iterable<Node>;
  readonly placement: (core: Core) => Placement;
  /** How operations are asked for; undefined while the partition is not led. */
  readonly ask: () => Sequencer['ask'] | undefined;
  /** False when there is no room for it now. */
  readonly tell: (note: Note) => boolean;
};

export class CordonWatch implements AsyncDisposable {
  readonly #publishing: Publishing;
  readonly #source: CordonSource;
  readonly #errand: Errand;
  /** Orders that were refused: asked again they would be refused again. Bounded by the cordons of one lead. */
  readonly #refused = new Set<string>();
  /** Cordons that are told, of those that are. */
  #told: ReadonlySet<string> = new Set();

  constructor(publishing: Publishing, source: CordonSource) {
    this.#publishing = publishing;
    this.#source = source;
    const { random, onFatal, log } = publishing;
    this.#errand = new Errand({
      work: () => this.#obey(),
      onTrouble: (trouble) => {
        if (trouble !== undefined) log.warn({ err: trouble }, 'a cordon is not answered');
      },
      random,
      onFatal,
    });
  }

  /** The core, a node or a pod's place may have changed. */
  changed(): void {
    const core = this.#source.core();
    if (core === undefined) return;
    const cordoned = this.#cordoned(core);
    this.#tellNews(core, cordonNews(core, cordoned));
    if (this.#order(core, cordoned) !== undefined) this.#errand.wantIn(0);
  }

  /** Members by segment that may be evicted in a run. */
  spared(core: Core): ReadonlyMap<string, number> {
    return sparedOf(core, this.#cordoned(core), this.#source.document().onCordon);
  }

  fact(core: Core): Fact {
    return cordonFact(core, this.#cordoned(core), this.#source.document().onCordon);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#errand[Symbol.asyncDispose]();
  }

  /** True while any node is cordoned. */
  hasCordoned(): boolean {
    for (const { isCordoned } of this.#source.nodes()) if (isCordoned) return true;
    return false;
  }

  #cordoned(core: Core): readonly Cordoned[] {
    // The usual case asks for no placement of ten thousand targets.
    return this.hasCordoned() ? cordonedOf(core, this.#source.nodes(), this.#source.placement(core)) : [];
  }

  #order(core: Core, cordoned: readonly Cordoned[]): CordonOrder | undefined {
    const order = cordonOrder(core, cordoned, this.#source.document().onCordon);
    return order === undefined || this.#refused.has(order.id) ? undefined : order;
  }

  /** Each cordon is one happening, however often it is looked at. */
  #tellNews(core: Core, news: ReadonlyMap<string, Cordoned>): void {
    const told = [...news].filter(([key, each]) => this.#told.has(key) || this.#tell(core, each, key));
    this.#told = new Set(told.map(([key]) => key));
  }

  #tell(core: Core, cordoned: Cordoned, key: string): boolean {
    const sentence = cordonFact(core, [cordoned], this.#source.document().onCordon).message;
    return this.#source.tell({ type: 'Warning', reason: 'NodeCordoned', action: 'Observe', sentence, key });
  }

  async #obey(): Promise<void> {
    const core = this.#source.core();
    const ask = this.#source.ask();
    const order = core && this.#order(core, this.#cordoned(core));
    if (core === undefined || order === undefined || ask === undefined) return;
    const { id, targets, sentence } = order;
    this.#publishing.log.info({ operationId: id, targets }, sentence);
    const response = await ask((caller) => ({
      type: 'submit',
      caller,
      id,
      command: { kind: 'leave', targets },
      highestSeen: core.journal.operationNumber,
      operator: OURSELVES,
    }));
    // Busy: the end of what is open brings us here again.
    if (response.kind === 'operation' || response.code === 'BUSY' || response.code === 'STOPPING') return;
    this.#refused.add(id);
    this.#publishing.log.warn({ operationId: id, code: response.code }, response.sentence);
  }
}
