// What scaling and rolling out know of one partition, and how they wait for it to change.

import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { FinishedOperation } from '../../core/model/journal.ts';
import type { Command } from '../../core/model/operation.ts';
import type { OperationId } from '../../core/model/partition.ts';
import type { Core } from '../../core/model/picture.ts';
import type { PartitionDocument } from '../../document/document.ts';
import type { Leading } from '../../leading.ts';
import type { KubeClient } from '../client/client.ts';
import type { Pod } from '../resources/pod.ts';

/** One partition as its reconciler knows it. */
export type PartitionWorld = {
  readonly document: () => PartitionDocument;
  /** Its pods: those that carry its label. */
  readonly pods: () => Iterable<Pod>;
  /**
   * Resolves at the next turn of the core or change of a pod, and when the signal aborts. Throws RunControlError
   * when the partition is not led any more.
   */
  readonly nextChange: (signal: AbortSignal) => Promise<void>;
};

export type ScalingParts = {
  readonly client: Pick<KubeClient, 'get' | 'patch' | 'delete'>;
  /** Throws RunControlError when the partition is not led any more. */
  readonly worldOf: (leading: Leading) => PartitionWorld;
  /** Random and never given twice. */
  readonly newId: () => string;
};

/** One scaling or rollout of one partition, while somebody listens. */
export type Job = ScalingParts & {
  readonly leading: Leading;
  readonly world: PartitionWorld;
  readonly operator: string;
  readonly signal: AbortSignal;
};

/**
 * Waits until `holds`. Throws RunControlError REFUSED with `late` after so many milliseconds, and what `nextChange`
 * throws; the signal's reason when nobody listens any more.
 */
export async function until(
  { world, leading, signal }: Job,
  limitMs: number,
  { holds, late }: { readonly holds: (core: Core) => boolean; readonly late: () => string },
): Promise<void> {
  const deadline = AbortSignal.timeout(limitMs);
  const either = AbortSignal.any([deadline, signal]);
  while (!holds(leading.core)) {
    signal.throwIfAborted();
    if (deadline.aborted) throw new RunControlError('REFUSED', late());
    await world.nextChange(either);
  }
}

/**
 * Asks for an operation and waits for its end, for which its own deadlines care. Throws RunControlError when it is
 * refused.
 */
export async function operate(job: Job, prefix: string, command: Command): Promise<FinishedOperation> {
  const { leading, newId, operator, signal, world } = job;
  const { sequencer } = leading;
  const id = `${prefix}-${newId()}` as OperationId;
  const highestSeen = leading.core.journal.operationNumber;
  const response = await sequencer.ask((caller) => ({
    type: 'submit',
    caller,
    id,
    command,
    highestSeen,
    operator,
  }));
  if (response.kind === 'trouble') {
    throw new RunControlError(response.code, response.sentence, { problems: response.problems });
  }
  for (;;) {
    const finished = leading.core.journal.finished.find(({ operation }) => operation.id === id);
    if (finished !== undefined) return finished;
    signal.throwIfAborted();
    await world.nextChange(signal);
  }
}
