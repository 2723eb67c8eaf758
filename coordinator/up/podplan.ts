// What a document means for one machine: one pod per target.

import { join } from 'node:path';
import { execPath } from 'node:process';
import { mapCommands } from '../../protos/adapter/exec.ts';
import type { PartitionDocument, SegmentDocument } from '../document/document.ts';
import { fillPlaceholders } from '../document/placeholders.ts';
import type { Program } from './child.ts';
import type { Ports } from './ports.ts';

export type PodPlan = {
  readonly target: string;
  readonly segment: string;
  readonly ordinal: number;
  readonly adapter: SegmentDocument['adapter'];
  /** Absent: somebody else starts the process. */
  readonly program?: Program;
  /** What the sidecar itself starts, in place of `program`; the environment is added to the sidecar's. */
  readonly child?: Program;
  readonly ports: { readonly adapter: number; readonly grpc: number; readonly probes: number };
  readonly gracePeriodMs: number;
  readonly marginMs: number;
};

type Environment = Readonly<Record<string, string | undefined>>;

type Surroundings = {
  /** What all processes inherit. */
  readonly environment: Environment;
  /** What a command means by `baton`; the one of the checkout without. */
  readonly baton?: readonly string[] | undefined;
};

/** The pods of a partition in the order of the document, with their ports chosen. */
export async function planPods(
  document: PartitionDocument,
  ports: Ports,
  surroundings: Surroundings,
): Promise<readonly PodPlan[]> {
  const plans: PodPlan[] = [];
  for (const segment of document.segments) {
    for (let ordinal = 0; ordinal < segment.members; ordinal += 1) {
      // Ports of sidecars and probes are counted through all targets, those of adapters in each segment.
      const index = plans.length;
      const adapter = await ports.take(
        shifted('port' in segment.adapter ? segment.adapter.port : 0, ordinal),
      );
      const grpc = await ports.take(shifted(document.ports.sidecars, index));
      const probes = await ports.take(shifted(document.ports.probes, index));
      plans.push(planPod({ document, segment, ordinal, surroundings }, { adapter, grpc, probes }));
    }
  }
  return plans;
}

type Member = {
  readonly document: PartitionDocument;
  readonly segment: SegmentDocument;
  readonly ordinal: number;
  readonly surroundings: Surroundings;
};

function planPod({ document, segment, ordinal, surroundings }: Member, ports: PodPlan['ports']): PodPlan {
  const { name, adapter, process, stop } = segment;
  const values = { partition: document.name, segment: name, ordinal, port: ports.adapter };
  const fill = (text: string) => fillPlaceholders(text, values);
  const baton = surroundings.baton ?? BATON;
  const own = process && {
    command: ownProgram(process.command.map(fill), baton),
    workingDirectory: fill(process.workingDirectory),
    environment: Object.fromEntries(
      Object.entries(process.environment).map(([key, text]) => [key, fill(text)]),
    ),
  };
  return {
    target: `${name}-${ordinal}`,
    segment: name,
    ordinal,
    adapter: filled(adapter, fill, baton),
    ...(own === undefined ? {} : startedBy(adapter, own, surroundings.environment)),
    ports,
    gracePeriodMs: stop.gracePeriodMs,
    marginMs: stop.marginMs,
  };
}

function startedBy(
  adapter: SegmentDocument['adapter'],
  own: Program,
  environment: Environment,
): Pick<PodPlan, 'program' | 'child'> {
  if (adapter.type === 'child') return { child: own };
  return { program: { ...own, environment: { ...environment, ...own.environment } } };
}

/** The adapter with the words of its commands filled in. */
function filled(
  adapter: SegmentDocument['adapter'],
  fill: (text: string) => string,
  baton: readonly string[],
): SegmentDocument['adapter'] {
  if (adapter.type !== 'exec') return adapter;
  const { workingDirectory, environment } = adapter;
  const command = (words: readonly string[]) => [...ownProgram(words.map(fill), baton)];
  return {
    ...mapCommands(adapter, command),
    ...(workingDirectory === undefined ? {} : { workingDirectory: fill(workingDirectory) }),
    environment: Object.fromEntries(Object.entries(environment).map(([key, text]) => [key, fill(text)])),
  };
}

/**
 * `node` and `baton` mean those that run: an older Node that comes first in the PATH could not run TypeScript, and
 * baton need not be in it at all.
 */
function ownProgram(
  [program = '', ...words]: readonly string[],
  baton: readonly string[],
): readonly string[] {
  if (program === 'baton') return [...baton, ...words];
  return [program === 'node' ? execPath : program, ...words];
}

const BATON = [execPath, join(import.meta.dirname, '../cli/baton.ts')];

function shifted(first: number, by: number): number {
  return first === 0 ? 0 : first + by;
}
