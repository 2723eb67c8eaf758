import { httpFaults } from '../../../protos/adapter/httpFaults.ts';
import type { Fault } from '../../../protos/machine/shape.ts';
import type { Machine } from '../../../protos/machine/table.ts';
import type { Draft } from '../draft.ts';

/** What each segment says of its adapter fits together, and fits the machine if that is known. */
export function* checkAdapters({ segments }: Draft, machine: Machine | undefined): Generator<Fault> {
  for (const [at, { shape }] of segments.entries()) {
    if (shape?.adapter.type !== 'http') continue;
    for (const fault of httpFaults(shape.adapter, machine)) {
      yield { ...fault, path: ['spec', 'segments', at, 'adapter', ...fault.path] };
    }
  }
}
