import { commandsIn } from '../../../protos/adapter/exec.ts';
import type { Fault } from '../../../protos/machine/shape.ts';
import { show } from '../../../protos/machine/show.ts';
import type { Draft, DraftSegment } from '../draft.ts';
import { TARGETS_MAX, WAVES_MAX } from '../limits.ts';
import { misspeltPlaceholders, PLACEHOLDERS } from '../placeholders.ts';
import type { SegmentShape } from '../schema.ts';

/** Those of any command, and the one that the exec adapter fills in. */
const EXEC_PLACEHOLDERS = [...PLACEHOLDERS, 'transition'];

/**
 * Each segment has its own name, and its numbers agree with one another. On one machine somebody must start its
 * processes; in a cluster its StatefulSet does.
 */
export function* checkSegments(
  { segments }: Draft,
  { inCluster }: { readonly inCluster: boolean },
): Generator<Fault> {
  yield* names(segments);
  yield* statefulSets(segments);
  for (const [at, { shape }] of segments.entries()) {
    if (shape === undefined) continue;
    const path = ['spec', 'segments', at];
    yield* members(path, shape);
    yield* processes(path, shape, inCluster);
  }
  yield* waves(segments);
  const targets = segments.reduce((sum, { shape }) => sum + (shape?.members ?? 0), 0);
  if (targets > TARGETS_MAX) {
    yield { path: ['spec', 'segments'], want: `at most ${TARGETS_MAX} members in all`, got: String(targets) };
  }
}

function* waves(segments: readonly DraftSegment[]): Generator<Fault> {
  const counts = segments.map(({ shape }) => (shape === undefined ? 0 : wavesOf(shape)));
  const sum = counts.reduce((a, b) => a + b, 0);
  if (sum <= WAVES_MAX) return;
  const at = counts.indexOf(Math.max(...counts));
  const size = Math.ceil((segments[at]?.shape?.members ?? 0) / 100);
  const want = `at most ${WAVES_MAX} waves in all segments together, e.g. with { batches: ${size} }`;
  yield { path: ['spec', 'segments', at, 'order'], want, got: `${sum} waves` };
}

/** In how many goes its members take a transition. */
function wavesOf({ members, order }: SegmentShape): number {
  if (order === 'together') return 1;
  return typeof order === 'string' ? members : Math.ceil(members / order.batches);
}

function* names(segments: readonly DraftSegment[]): Generator<Fault> {
  const seen = new Set<string>();
  for (const [at, { name }] of segments.entries()) {
    if (name === undefined) continue;
    if (seen.has(name)) {
      const path = ['spec', 'segments', at, 'name'];
      yield { path, want: 'a name that is used once', got: `${show(name)} again` };
    }
    seen.add(name);
  }
}

/** The pods of one StatefulSet are one segment. */
function* statefulSets(segments: readonly DraftSegment[]): Generator<Fault> {
  const seen = new Set<string>();
  for (const [at, { shape }] of segments.entries()) {
    const name = shape?.statefulSet;
    if (name === undefined) continue;
    if (seen.has(name)) {
      const path = ['spec', 'segments', at, 'statefulSet'];
      yield { path, want: 'a StatefulSet that is named once', got: `${show(name)} again` };
    }
    seen.add(name);
  }
}

function* members(path: Fault['path'], segment: SegmentShape): Generator<Fault> {
  const { minMembers } = segment;
  if (minMembers === undefined) return;
  const got = String(minMembers);
  if (minMembers > segment.members) {
    yield { path: [...path, 'minMembers'], want: `at most members, which is ${segment.members}`, got };
  } else if (segment.critical && minMembers < segment.members) {
    // Silently failing an operation that the document seems to let go on would be the worse answer.
    const want = 'critical: false with it, since a critical segment needs all its members';
    yield { path: [...path, 'minMembers'], want, got };
  }
}

function* processes(path: Fault['path'], segment: SegmentShape, inCluster: boolean): Generator<Fault> {
  const { process, adapter } = segment;
  yield* adapterWords([...path, 'adapter'], adapter);
  if (process === undefined) {
    if (!inCluster) yield* missingProcess(path, adapter);
    return;
  }
  for (const [at, text] of process.command.entries()) {
    yield* misspeltPlaceholders([...path, 'process', 'command', at], text);
  }
  for (const [name, text] of Object.entries(process.environment)) {
    yield* misspeltPlaceholders([...path, 'process', 'environment', name], text);
  }
}

function* missingProcess(path: Fault['path'], adapter: SegmentShape['adapter']): Generator<Fault> {
  if (adapter.type === 'child') {
    yield { path, want: 'a process, which its sidecar starts (adapter.type: child)', got: 'none' };
  } else if ('port' in adapter && adapter.port === 0) {
    yield { path, want: 'a process to start, or adapter.port of one that runs', got: 'neither' };
  }
}

function* adapterWords(path: Fault['path'], adapter: SegmentShape['adapter']): Generator<Fault> {
  if (adapter.type !== 'exec') return;
  for (const { path: within, command } of commandsIn(adapter)) {
    for (const [at, text] of command.entries()) {
      yield* misspeltPlaceholders([...path, ...within, at], text, EXEC_PLACEHOLDERS);
    }
  }
}
