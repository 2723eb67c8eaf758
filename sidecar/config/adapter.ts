// How the sidecar is told to drive its process: one branch per adapter.

import { z } from 'zod';
import { childFaults, childShape } from '../../protos/adapter/child.ts';
import { execFaults, execShape } from '../../protos/adapter/exec.ts';
import { httpShape } from '../../protos/adapter/http.ts';
import { httpFaults } from '../../protos/adapter/httpFaults.ts';
import { assert, unreachable } from '../../protos/failure/invariant.ts';
import type { Problem } from '../../protos/failure/trouble.ts';
import { isLoopback, type ListenAddress, parseListen } from '../../protos/listen.ts';
import { pathText } from '../../protos/machine/fieldPath.ts';
import type { Fault } from '../../protos/machine/shape.ts';
import { show } from '../../protos/machine/show.ts';
import type { Machine } from '../../protos/machine/table.ts';

/** A program that the sidecar starts. */
const program = {
  command: z.array(z.string().min(1)).min(1),
  /** Taken from the sidecar's own. */
  workingDirectory: z.string().min(1).default('.'),
  environment: z.record(z.string(), z.string()).default({}),
};

const address = z.string();

export const adapterSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('grpc'), address }),
  z.strictObject({ type: z.literal('http'), address, ...httpShape }),
  z.strictObject({ type: z.literal('child'), ...program, ...childShape }),
  z.strictObject({ type: z.literal('exec'), ...execShape }),
]);

export type AdapterConfig = z.output<typeof adapterSchema>;

/** What the schema cannot say of an adapter; `machine` is the one to be driven, if that can be used. */
export function adapterProblems(adapter: AdapterConfig, machine: Machine | undefined): readonly Problem[] {
  switch (adapter.type) {
    case 'grpc':
      return addressProblems(adapter.address);
    case 'http':
      return [...addressProblems(adapter.address), ...problems(httpFaults(adapter, machine))];
    case 'child':
      return problems(childFaults(adapter, machine));
    case 'exec':
      return problems(execFaults(adapter, machine));
    default:
      return unreachable(adapter);
  }
}

function problems(faults: Iterable<Fault>): readonly Problem[] {
  return [...faults].map(({ path, want, got }) => ({ path: pathText(['adapter', ...path]), want, got }));
}

/** The process is beside the sidecar: whatever answers elsewhere is not the one that is meant. */
function addressProblems(text: string): readonly Problem[] {
  const address = parseListen(text);
  if (address !== undefined && isLoopback(address.host) && address.port > 0) return [];
  const want = 'a loopback address with a port, e.g. 127.0.0.1:5000';
  return [{ path: 'adapter.address', want, got: show(text) }];
}

/** Where a process listens: what `adapterProblems` has let pass. */
export function loopbackAddress(text: string): ListenAddress {
  const address = parseListen(text);
  assert(address !== undefined, 'the address of an adapter was checked');
  return address.host === 'localhost' ? { ...address, host: '127.0.0.1' } : address;
}
