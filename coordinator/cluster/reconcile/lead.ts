// One lead of one partition: journal, streams, the gate before them, and the words on its pods. A lead that broke is
// not mended; the keeper begins another one, with a fresh read of the journal.

import type { Logger } from 'pino';
import type { Dialling } from '../../../protos/credentials/dialling.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { podDigest } from '../../../protos/identity.ts';
import type { Clock } from '../../clock.ts';
import { isPodKnown } from '../../core/fleet.ts';
import type { OperationId, Partition, Target } from '../../core/model/partition.ts';
import type { Core } from '../../core/model/picture.ts';
import { StaleAppend } from '../../journal/journal.ts';
import { type Leading, leadPartition } from '../../leading.ts';
import type { Change, Gate } from '../../sequencer.ts';
import type { KubeClient } from '../client/client.ts';
import { LeavingGate } from '../leaving/gate.ts';
import { lookAt } from '../leaving/look.ts';
import type { PodTracker } from '../pods/tracker.ts';
import type { Look, Word } from '../pods/word.ts';
import { keyOf, type ObjectName } from '../resources/metadata.ts';
import { Ripple } from '../ripple.ts';
import type { OpenJournal } from './parts.ts';

export type LeadParts = {
  readonly name: ObjectName;
  readonly partition: Partition;
  readonly heartbeatMs: number;
  readonly client: KubeClient;
  readonly openJournal: OpenJournal;
  readonly tracker: PodTracker;
  readonly dialling: Dialling;
  readonly clock: Clock;
  readonly log: Logger;
  readonly gate: Gate;
  /** What people should know of the partition as a whole, one sentence each. */
  readonly notices: () => readonly string[];
  readonly onTurn: (core: Core, change: Change) => void;
  /** Its journal waits for the API server, and why: nothing is accepted and no wave begins; undefined: it goes on. */
  readonly onWait: (why: RunControlError | undefined) => void;
  /** Gives up a lead that has not begun. */
  readonly signal: AbortSignal;
  /** Nothing is done for this partition any more; `broken` says why. */
  readonly onBroken: () => void;
  /** False once another coordinator may lead. */
  readonly isLeader: () => boolean;
  /** The process must end: a bug, or a lost lead (P8). */
  readonly onFatal: (error: unknown) => void;
};

/** How long an append may go on once the lead ends, in milliseconds: the API server may be away for hours. */
const SETTLE_MS = 2_000;

/** What may become of a lead, and how what waits in it is given up. */
type Course = {
  broken: RunControlError | undefined;
  readonly giveUp: AbortController;
  readonly ripple: Ripple;
};

export class Lead implements AsyncDisposable {
  readonly leading: Leading;
  readonly heartbeatMs: number;
  /** Of each turn of the core, until this lead ends. */
  readonly ripple: Ripple;
  #partition: Partition;
  readonly #gate: LeavingGate;
  readonly #course: Course;

  /** Throws RunControlError when the partition cannot be led. */
  static async begin(parts: LeadParts): Promise<Lead> {
    const { name, client, log, tracker, signal } = parts;
    const look = async (target: Target, podUid: string): Promise<Look['phase'] | undefined> => {
      const pod = tracker.pod(target);
      return pod === undefined || pod.uid !== podUid ? 'removed' : await lookAt(client, pod, podUid);
    };
    const gate = new LeavingGate({ tracker, look, log });
    const course: Course = {
      broken: undefined,
      giveUp: new AbortController(),
      ripple: new Ripple(),
    };
    const onWait = (why: RunControlError | undefined): void => {
      parts.onWait(why);
      if (why === undefined) log.info({}, 'the journal goes on');
      else log.warn({ code: why.code }, `the journal waits: ${why.message}`);
    };
    let isBegun = false;
    const giveUp = (): void => course.giveUp.abort();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      const leading = await leadPartition({
        ...parts,
        namespace: name.namespace,
        journal: parts.openJournal(name, { signal: course.giveUp.signal, onWait }),
        place: keyOf(name),
        discovery: tracker,
        onChange: (core, change) => {
          if (change.members === true) tracker.targetsChanged((target) => isPodKnown(core.fleet.get(target)));
          parts.onTurn(core, change);
          course.ripple.wake();
        },
        hear: (event, post) => gate.hear(event, post),
        onFatal: (error) => {
          course.broken = brokenBy(error, parts);
          if (course.broken !== undefined) course.ripple.end(course.broken);
          if (isBegun && course.broken !== undefined) parts.onBroken();
        },
      });
      isBegun = true;
      return new Lead(parts, { leading, gate, course });
    } catch (error) {
      await gate[Symbol.asyncDispose]();
      throw brokenBy(error, parts) ?? error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  private constructor(
    { partition, heartbeatMs }: LeadParts,
    {
      leading,
      gate,
      course,
    }: {
      readonly leading: Leading;
      readonly gate: LeavingGate;
      readonly course: Course;
    },
  ) {
    this.#partition = partition;
    this.heartbeatMs = heartbeatMs;
    this.leading = leading;
    this.#gate = gate;
    this.#course = course;
    this.ripple = course.ripple;
  }

  /** As the core was last told. */
  get partition(): Partition {
    return this.#partition;
  }

  /** Why nothing is done for it any more. */
  get broken(): RunControlError | undefined {
    return this.#course.broken;
  }

  get isBroken(): boolean {
    return this.#course.broken !== undefined;
  }

  /** The document was edited, or there are other members. */
  change(partition: Partition): void {
    this.#partition = partition;
    this.leading.change(partition);
  }

  /** Tells the core the platform's word on a pod; false when there is no room for it. */
  tell(target: Target, { podUid, phase, sentence, node, restarts }: Word): boolean {
    const pod = podDigest(podUid);
    return this.leading.sequencer.post({
      type: 'pod',
      target,
      pod,
      phase,
      facts: { sentence, node, restarts },
    });
  }

  /** What is committed, and what is seen. */
  get core(): Core {
    return this.leading.core;
  }

  /** Asks that the open operation ends after its present wave, whichever it is. */
  async cancelOpen(): Promise<void> {
    await this.leading.sequencer.ask((caller) => ({ type: 'cancel', caller, id: '' }));
  }

  /** Asks for an ordered stop of the run; an answer that is none is tried again by whoever looks next. */
  async stopRun(id: OperationId, operator: string): Promise<void> {
    const { sequencer } = this.leading;
    const { operationNumber: highestSeen } = this.leading.core.journal;
    const command = { kind: 'leave', targets: [] } as const;
    const response = await sequencer.ask((caller) => ({
      type: 'submit',
      caller,
      id,
      command,
      highestSeen,
      operator,
    }));
    if (response.kind === 'trouble') throw new RunControlError(response.code, response.sentence);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const why = this.#course.broken ?? ledAnew();
    this.leading.dismiss(why);
    this.ripple.end(why);
    const settling = setTimeout(() => this.#course.giveUp.abort(), SETTLE_MS);
    await this.#gate[Symbol.asyncDispose]();
    await this.leading[Symbol.asyncDispose]();
    clearTimeout(settling);
  }
}

/** For whoever waits for a lead that ends. */
export function ledAnew(): RunControlError {
  return new RunControlError('STOPPING', 'this partition is not led here any more, or led anew; ask again');
}

/** What broke this one lead; undefined: it breaks the process, which is told. */
function brokenBy(error: unknown, { isLeader, onFatal, name }: LeadParts): RunControlError | undefined {
  if (error instanceof RunControlError) return error;
  // Somebody else has written, and it was no coordinator: what stands there now is read anew.
  if (error instanceof StaleAppend && isLeader()) {
    const cause = { cause: error };
    return new RunControlError('STORAGE', `journal ${keyOf(name)}: ${error.message}; it is read anew`, cause);
  }
  onFatal(error);
  return undefined;
}
