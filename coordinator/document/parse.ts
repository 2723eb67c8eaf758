// A document is read once, at the border. Everything that is wrong with it is told at once, with file and line.

import { dirname, resolve } from 'node:path';
import { assert } from '../../protos/failure/invariant.ts';
import { pathText } from '../../protos/machine/fieldPath.ts';
import { withOverrides } from '../../protos/machine/overrides.ts';
import { type Fault, type Parsed, parseShape } from '../../protos/machine/shape.ts';
import type { Machine } from '../../protos/machine/table.ts';
import { checkAdapters } from './check/adapters.ts';
import { checkBudgets } from './check/budgets.ts';
import { checkFiles } from './check/files.ts';
import { checkOrders, checkTimeouts } from './check/orders.ts';
import { checkPorts } from './check/ports.ts';
import { checkSegments } from './check/segments.ts';
import type { PartitionDocument, SegmentDocument } from './document.ts';
import { type Draft, draftOf, isDoubtful } from './draft.ts';
import { readText } from './files.ts';
import { type ChosenMachine, chooseMachine } from './machine.ts';
import { malformed } from './malformed.ts';
import { type PartitionShape, partitionSchema, type SegmentShape } from './schema.ts';
import { type LinedProblem, readYaml, type Source } from './yaml.ts';

/**
 * The partition in a file. Throws RunControlError MALFORMED with all problems of the document, and of the
 * machine's file that it names, each with file and line.
 */
export async function readDocument(path: string): Promise<PartitionDocument> {
  const text = await readText(path);
  if ('got' in text) throw malformed(path, [{ file: path, line: 0, problem: { path, ...text } }]);
  return parseDocument(text.text, path);
}

/** As `readDocument`, of text already read. Other files are taken from the directory of `path`. */
export async function parseDocument(text: string, path: string): Promise<PartitionDocument> {
  const source = readYaml(text, path, 'a partition');
  if (source.raw === undefined) throw malformed(path, source.problems);
  return checked(source, { name: path, directory: dirname(path) });
}

/**
 * The partition in an object of an API server. `name` is what people call it. Throws RunControlError MALFORMED
 * with all problems, each with its path. There are no files beside it: a machine in one is a problem.
 */
export function parseObject(raw: unknown, name: string): Promise<PartitionDocument> {
  const locate = ({ path, want, got }: Fault): LinedProblem => {
    return { file: name, line: 0, problem: { path: pathText(path) || 'the whole', want, got } };
  };
  return checked({ raw, problems: [], locate }, { name, directory: undefined });
}

/** What people call a document, and where its files are; undefined: it can have none. */
type Origin = { readonly name: string; readonly directory: string | undefined };

async function checked(
  { raw, problems: textual, locate }: Source,
  origin: Origin,
): Promise<PartitionDocument> {
  const { directory } = origin;
  const shape = parseShape<PartitionShape>(partitionSchema, raw);
  const draft = draftOf(raw);
  const chosen = draft.machine === undefined ? undefined : await chooseMachine(draft.machine, directory);
  const machine = chosen?.machine && withOverrides(chosen.machine, { ...draft, segments: namesOf(draft) });
  const found = [
    ...checkSegments(draft, { inCluster: directory === undefined }),
    // Each pod has a network of its own.
    ...(directory === undefined ? [] : checkPorts(draft)),
    ...checkAdapters(draft, machine),
    ...checkMachine(draft, chosen, machine),
    ...(directory === undefined ? [] : await checkFiles(draft, directory)),
  ].filter((fault) => !isDoubtful(draft, fault));
  const faults = [...shapeFaults(shape, draft), ...(chosen?.faults ?? []), ...found];
  const problems = [...textual, ...faults.map(locate), ...(chosen?.problems ?? [])];
  if (problems.length > 0) throw malformed(origin.name, problems);
  assert('value' in shape && machine !== undefined, 'a document without problems has a shape and a machine');
  // Paths of processes are those of the pods then.
  return documentOf(shape.value, machine, directory ?? '/');
}

/** Those of a table in the document are told by who reads the table. */
function shapeFaults(shape: Parsed<PartitionShape>, { machine }: Draft): readonly Fault[] {
  const isTable = typeof machine === 'object' && 'table' in machine;
  const faults = 'faults' in shape ? shape.faults : [];
  return isTable ? faults.filter(({ path }) => path[0] !== 'spec' || path[1] !== 'machine') : faults;
}

function* checkMachine(
  draft: Draft,
  chosen: ChosenMachine | undefined,
  machine: Machine | undefined,
): Generator<Fault> {
  if (chosen?.machine === undefined || machine === undefined) return;
  yield* checkOrders(draft, chosen.machine, chosen.isInline);
  yield* checkTimeouts(draft, chosen.machine);
  // Timeouts that cannot be read may well be the ones that make the budget fit.
  if (draft.timeouts !== undefined) yield* checkBudgets(draft, machine);
}

function namesOf({ segments }: Draft): readonly string[] {
  return segments.flatMap(({ name }) => name ?? []);
}

function documentOf(shape: PartitionShape, machine: Machine, directory: string): PartitionDocument {
  const { spec, metadata } = shape;
  return {
    name: metadata.name,
    machine,
    heartbeatIntervalMs: spec.heartbeatInterval,
    segments: spec.segments.map((segment) => segmentOf(segment, directory)),
    ports: spec.ports,
    leave: spec.leave,
    onCordon: spec.onCordon,
    startup: { timeoutMs: spec.startup.timeout },
  };
}

function segmentOf(shape: SegmentShape, directory: string): SegmentDocument {
  const { name, members, critical, minMembers, order, adapter, process, statefulSet, stop } = shape;
  return {
    name,
    members,
    critical,
    minMembers: minMembers ?? members,
    order,
    adapter: placed(adapter, directory),
    ...(process === undefined
      ? {}
      : { process: { ...process, workingDirectory: resolve(directory, process.workingDirectory ?? '.') } }),
    ...(statefulSet === undefined ? {} : { statefulSet }),
    stop: { gracePeriodMs: stop.gracePeriod, marginMs: stop.margin },
  };
}

/** The adapter with the directory of its commands made absolute. */
function placed(adapter: SegmentShape['adapter'], directory: string): SegmentShape['adapter'] {
  if (adapter.type !== 'exec') return adapter;
  return { ...adapter, workingDirectory: resolve(directory, adapter.workingDirectory ?? '.') };
}
