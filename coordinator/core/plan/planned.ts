// What planning comes to.

import type { Problem, TroubleCode } from '../../../protos/failure/trouble.ts';
import type { Operation } from '../model/operation.ts';
import type { Target } from '../model/partition.ts';
import type { Core, Observation } from '../model/picture.ts';

/** An operation without what is given to it when it is accepted. */
export type PlannedOperation = Omit<Operation, 'id' | 'number' | 'operator' | 'acceptedAtMs'>;

export type Refusal = {
  readonly kind: 'trouble';
  readonly code: TroubleCode;
  readonly sentence: string;
  readonly problems: readonly Problem[];
};

export type Planned = { readonly kind: 'planned'; readonly operation: PlannedOperation } | Refusal;

/** A refusal with a sentence; `problems` name the faults of malformed input. */
export function refusal(code: TroubleCode, sentence: string, problems: readonly Problem[] = []): Refusal {
  return { kind: 'trouble', code, sentence, problems };
}

/** True when `names` is empty or names the target or its segment. */
export function isNamed(
  names: readonly string[],
  observation: Pick<Observation, 'target' | 'segment'>,
): boolean {
  return names.length === 0 || names.includes(observation.target) || names.includes(observation.segment);
}

/** A refusal that lists the names which are neither a target nor a segment; undefined when there are none. */
export function unknownNames(core: Core, names: readonly string[]): Refusal | undefined {
  const segments = new Set(core.partition.segments.map((segment) => segment.name));
  // A target that the document no longer has may still be awaited.
  const known = (name: string) =>
    segments.has(name) || core.fleet.has(name as Target) || core.journal.unknown[name] !== undefined;
  const strangers = names.filter((name) => !known(name));
  if (strangers.length === 0) return undefined;
  const problems = strangers.map((name, i) => ({
    path: `targets[${i}]`,
    want: `a target or one of the segments ${[...segments].join(', ')}`,
    got: `"${name}"`,
  }));
  return refusal('MALFORMED', `no target or segment is called ${strangers.join(', ')}`, problems);
}
