import { childFaults } from '../../../protos/adapter/child.ts';
import { execFaults } from '../../../protos/adapter/exec.ts';
import { httpFaults } from '../../../protos/adapter/httpFaults.ts';
import { unreachable } from '../../../protos/failure/invariant.ts';
import type { Fault } from '../../../protos/machine/shape.ts';
import type { Machine } from '../../../protos/machine/table.ts';
import type { Draft } from '../draft.ts';
import type { AdapterShape } from '../schema.ts';

/** What each segment says of its adapter fits together, and fits the machine if that is known. */
export function* checkAdapters({ segments }: Draft, machine: Machine | undefined): Generator<Fault> {
  for (const [at, { shape }] of segments.entries()) {
    if (shape === undefined) continue;
    for (const fault of faultsOf(shape.adapter, machine)) {
      yield { ...fault, path: ['spec', 'segments', at, 'adapter', ...fault.path] };
    }
  }
}

function faultsOf(adapter: AdapterShape, machine: Machine | undefined): Iterable<Fault> {
  switch (adapter.type) {
    case 'grpc':
      return [];
    case 'http':
      return httpFaults(adapter, machine);
    case 'child':
      return childFaults(adapter, machine);
    case 'exec':
      return execFaults(adapter, machine);
    default:
      return unreachable(adapter);
  }
}
