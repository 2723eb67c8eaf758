// How calls come in: audited always, and unless somebody has said by name that it is not wanted, only by permission of
// the API server.

import type { Metadata, ServerInterceptor } from '@grpc/grpc-js';
import { auditInterceptor } from '../../api/audit.ts';
import { type Credit, certified } from '../../api/credit.ts';
import type { Partitions } from '../../api/partitions.ts';
import type { ClusterCoordinatorParts } from '../coordinator.ts';
import { whoIs } from './credential.ts';
import { Door, type DoorParts } from './door.ts';
import { creditBy, permissionInterceptor } from './interceptor.ts';
import { type Caller, Permission } from './permission.ts';

export type Entry = { readonly interceptors: readonly ServerInterceptor[]; readonly credit: Credit };

/** What this process leads, as the door needs it. */
type Known = Pick<Partitions, 'list'> & Pick<DoorParts, 'requireAll'>;

type EntryParts = Pick<ClusterCoordinatorParts, 'client' | 'clock' | 'log' | 'insecureAnyone'>;

/** What stands before the service of these partitions. */
export function entryOf(parts: EntryParts, partitions: Known): Entry {
  const { client, clock, log, insecureAnyone } = parts;
  // As long as a call lives.
  const callers = new WeakMap<Metadata, Caller>();
  const audit = auditInterceptor(log, (metadata) => {
    const caller = callers.get(metadata);
    return caller && whoIs(caller);
  });
  if (insecureAnyone) return { interceptors: [audit], credit: certified };
  const door = new Door({
    permission: new Permission(client, clock),
    requireAll: () => partitions.requireAll(),
    partitions: () => partitions.list().map(({ namespace = '', name = '' }) => ({ namespace, name })),
  });
  return { interceptors: [audit, permissionInterceptor(door, callers)], credit: creditBy(callers) };
}
