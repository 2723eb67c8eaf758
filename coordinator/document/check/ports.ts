import { type FieldPath, pathText } from '../../../protos/machine/fieldPath.ts';
import type { Fault } from '../../../protos/machine/shape.ts';
import type { Draft } from '../draft.ts';
import { PORT_MAX } from '../limits.ts';

type Range = { readonly path: FieldPath; readonly first: number; readonly last: number };

/** No two of a partition listen on one port of one machine, and none beyond the last port. */
export function* checkPorts(draft: Draft): Generator<Fault> {
  const ranges = [...wantedRanges(draft)];
  for (const [at, range] of ranges.entries()) {
    if (range.last > PORT_MAX) {
      yield { path: range.path, want: `ports up to ${PORT_MAX}`, got: text(range) };
    }
    const other = ranges.slice(0, at).find(({ first, last }) => first <= range.last && range.first <= last);
    if (other === undefined) continue;
    const got = `${text(range)}, and ${pathText(other.path)} takes ${text(other)}`;
    yield { path: range.path, want: 'ports that nothing else takes', got };
  }
}

function* wantedRanges({ segments, ports }: Draft): Generator<Range> {
  const targets = segments.reduce((sum, { shape }) => sum + (shape?.members ?? 0), 0);
  yield* range(['spec', 'ports', 'coordinator'], ports?.coordinator ?? 0, 1);
  yield* range(['spec', 'ports', 'sidecars'], ports?.sidecars ?? 0, targets);
  yield* range(['spec', 'ports', 'probes'], ports?.probes ?? 0, targets);
  for (const [at, { shape }] of segments.entries()) {
    if (shape === undefined || !('port' in shape.adapter)) continue;
    yield* range(['spec', 'segments', at, 'adapter', 'port'], shape.adapter.port, shape.members);
  }
}

/** Nothing for port 0: a port that is chosen free clashes with none. */
function* range(path: FieldPath, first: number, count: number): Generator<Range> {
  if (first > 0 && count > 0) yield { path, first, last: first + count - 1 };
}

function text({ first, last }: Range): string {
  return first === last ? String(first) : `${first}..${last}`;
}
