// Everything that a partition's objects tell of it, and what its nodes and budgets ask of it. The reconciler makes one
// for each Partition, tells it of every turn and of every change of what the informers know, and asks it for words.

import { assert } from '../../protos/failure/invariant.ts';
import type { JournalState } from '../core/model/journal.ts';
import type { Core } from '../core/model/picture.ts';
import type { PartitionDocument } from '../document/document.ts';
import type { Change, Gate, Sequencer } from '../sequencer.ts';
import type { Placement } from './cordon/cordon.ts';
import { CordonWatch } from './cordon/watch.ts';
import { BudgetKeeper } from './disruption/keeper.ts';
import { abandonedNote, endNote, refusalNote, warning } from './events/note.ts';
import { SightWatch } from './events/sight.ts';
import { EventWriter } from './events/writer.ts';
import type { Publishing } from './publishing.ts';
import type { DisruptionBudget } from './resources/disruptionBudget.ts';
import type { Node } from './resources/node.ts';
import type { StatefulSet } from './resources/statefulSet.ts';
import { RunWriter } from './runs/writer.ts';
import type { Fact, Facts } from './status/conditions.ts';
import { machineFact } from './status/status.ts';
import { StatusWriter } from './status/writer.ts';

/** An operation that ended longer ago is not told by a new leader: its Event has been told, and may have expired. */
const OLD_NEWS_MS = 300_000;

export type PublisherParts = Publishing & {
  /** Undefined while the document cannot be read. */
  readonly document: () => PartitionDocument | undefined;
  /** Conditions that the reconciler tells: Accepted, StatefulSetsFound. */
  readonly facts: () => Facts;
  /** What the informers know, of the partition's namespace. */
  readonly budgets: () => Iterable<DisruptionBudget>;
  readonly sets: () => Iterable<StatefulSet>;
  readonly nodes: () => Iterable<Node>;
  readonly placement: (core: Core) => Placement;
};

export class Publisher implements AsyncDisposable {
  readonly #parts: PublisherParts;
  readonly #held = new AsyncDisposableStack();
  readonly #status: StatusWriter;
  readonly #events: EventWriter;
  readonly #runs: RunWriter;
  readonly #budgets: BudgetKeeper;
  readonly #cordons: CordonWatch;
  readonly #sight: SightWatch;
  #core: Core | undefined;
  /** As it was when the status was looked at last. */
  #machine: Fact | undefined;
  #ask: Sequencer['ask'] | undefined;
  /** Numbers of the last operation and the last run whose end was told. */
  #told: { readonly operation: number; readonly run: number | undefined } = { operation: 0, run: undefined };

  constructor(parts: PublisherParts) {
    this.#parts = parts;
    const core = () => this.#core;
    const document = () => this.#requireDocument();
    const onLook = (led: Core) => this.#lookAtMachine(led);
    this.#status = this.#held.use(new StatusWriter(parts, { core, facts: () => this.#facts(), onLook }));
    this.#events = this.#held.use(new EventWriter(parts));
    this.#runs = this.#held.use(new RunWriter(parts));
    const { nodes, placement, budgets, sets } = parts;
    const ask = () => this.#ask;
    const tell = this.#events.note.bind(this.#events);
    this.#sight = this.#held.use(new SightWatch(parts, { core, tell }));
    this.#cordons = this.#held.use(new CordonWatch(parts, { core, document, nodes, placement, ask, tell }));
    const spared = (led: Core) => this.#cordons.spared(led);
    const onChange = () => this.#status.soon();
    this.#budgets = this.#held.use(
      new BudgetKeeper(parts, { core, document, budgets, sets, spared, onChange }),
    );
  }

  /** For `leadPartition`: a run's targets are sent into it once they cannot be evicted any more, or after 3 s. */
  readonly gate: Gate = (core) => {
    this.#core = core;
    return this.#budgets.gate(core);
  };

  /** For `leadPartition`: told after each turn. */
  readonly turned = (core: Core, { target, recorded, refused }: Change): void => {
    this.#core = core;
    if (target !== undefined) this.#sight.saw(core, target);
    if (refused !== undefined) this.#events.note(refusalNote(core, refused));
    if (recorded) this.#recorded(core);
    else if (this.#cordons.hasCordoned()) this.#budgets.soon();
    this.#status.changed();
  };

  /** The partition is led from now on; `ask` takes the operations that follow from a cordon. */
  led(ask: Sequencer['ask']): void {
    this.#ask = ask;
    this.looked();
  }

  /** The partition is not led any more, and why stands among the reconciler's facts. */
  unled(): void {
    this.#ask = undefined;
    this.#core = undefined;
    this.#told = { operation: 0, run: undefined };
    this.#machine = undefined;
    this.#status.changed();
  }

  /** A budget, a StatefulSet, a node, a pod's place, the Partition or a fact of the reconciler has changed. */
  looked(): void {
    this.#cordons.changed();
    if (this.#core !== undefined) this.#budgets.changed();
    this.#status.soon();
  }

  /** Tells people something under a reason in one word; the same thing is told once. */
  warn(reason: string, sentence: string): void {
    this.#events.note(warning(this.#core, reason, sentence));
  }

  /** What people who look at the partition should know of it, one sentence each. */
  notices(): readonly string[] {
    const core = this.#core;
    if (core === undefined) return [];
    const facts = [this.#cordons.fact(core), this.#budgets.fact(core), this.#machine];
    const told = facts.flatMap((fact) => (fact?.status === 'False' ? [fact.message] : []));
    const { trouble } = this.#status;
    return trouble === undefined ? told : [...told, `its status is not written: ${trouble}`];
  }

  /** Nothing is written any more. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#held.disposeAsync();
  }

  #requireDocument(): PartitionDocument {
    const document = this.#parts.document();
    assert(document !== undefined, 'what is led has a document');
    return document;
  }

  #facts(): Facts {
    const told = this.#parts.facts();
    const core = this.#core;
    if (core === undefined) return told;
    return { ...told, NodesSchedulable: this.#cordons.fact(core), Protected: this.#budgets.fact(core) };
  }

  #recorded(core: Core): void {
    const { journal } = core;
    this.#tellEnds(journal);
    this.#runs.changed(journal);
    this.#budgets.changed();
    this.#cordons.changed();
  }

  #tellEnds(journal: JournalState): void {
    const operation = journal.finished.at(-1);
    const run = journal.runs.at(-1);
    const { operation: toldOperation, run: toldRun } = this.#told;
    this.#told = { operation: operation?.operation.number ?? 0, run: run?.number ?? 0 };
    const isNews = (endedMs: number) => this.#parts.clock().wallMs - endedMs < OLD_NEWS_MS;
    const isOperationNew = operation !== undefined && operation.operation.number > toldOperation;
    if (isOperationNew && isNews(operation.finishedAtMs)) this.#events.note(endNote(journal, operation));
    // A run that ended with an operation is told with it.
    const isRunNew = toldRun !== undefined && run !== undefined && run.number > toldRun;
    if (isRunNew && !isOperationNew) this.#events.note(abandonedNote(journal, run));
  }

  /** Its words change with each pod that is replaced; what it comes to is told once. */
  #lookAtMachine(core: Core): void {
    const before = this.#machine;
    const fact = machineFact(core);
    this.#machine = fact;
    if (fact.status === 'False' && fact.reason !== before?.reason) this.warn(fact.reason, fact.message);
  }
}
