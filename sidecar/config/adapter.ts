// How the sidecar is told to drive its process: one branch per adapter.

import { z } from 'zod';
import type { Problem } from '../../protos/failure/trouble.ts';
import { isLoopback, parseListen } from '../../protos/listen.ts';
import { show } from '../../protos/machine/show.ts';

export const adapterSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('grpc'), address: z.string() }),
]);

export type AdapterConfig = z.output<typeof adapterSchema>;

/** What the schema cannot say of an adapter. */
export function adapterProblems(adapter: AdapterConfig): readonly Problem[] {
  return 'address' in adapter ? addressProblems(adapter.address) : [];
}

/** The process is beside the sidecar: whatever answers elsewhere is not the one that is meant. */
function addressProblems(text: string): readonly Problem[] {
  const address = parseListen(text);
  if (address !== undefined && isLoopback(address.host) && address.port > 0) return [];
  const want = 'a loopback address with a port, e.g. 127.0.0.1:5000';
  return [{ path: 'adapter.address', want, got: show(text) }];
}
