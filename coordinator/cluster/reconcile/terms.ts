// On what terms a Partition is led: its spec can be read, its objects are ours to write, its StatefulSets are there.
// Each is a fact that is told.

import type { Logger } from 'pino';
import { problemLine, RunControlError } from '../../../protos/failure/trouble.ts';
import type { KubeClient } from '../client/client.ts';
import { KubeFault } from '../client/fault.ts';
import type { Stray } from '../pods/claims.ts';
import { type Sets, setTroubles } from '../pods/members.ts';
import type { PartitionObject } from '../resources/partition.ts';
import type { Fact } from '../status/conditions.ts';
import { ACCEPTED, type FactBook, FOUND, MANAGED } from './book.ts';
import { firstSizes } from './replicas.ts';
import { type Wanted, wantedOf } from './wanted.ts';
import { setFinalizer, setFirstSize } from './writes.ts';

/** What the Partition asks for; undefined: nothing that can be led, with all problems in the book. */
export async function accept(object: PartitionObject, book: FactBook): Promise<Wanted | undefined> {
  try {
    const wanted = await wantedOf(object);
    book.set('Accepted', ACCEPTED);
    return wanted;
  } catch (error) {
    if (!(error instanceof RunControlError)) throw error;
    const message = [error.message, ...error.problems.map(problemLine)].join('; ');
    book.deny('Accepted', 'Invalid', message);
    return undefined;
  }
}

/**
 * Writes what makes the objects ours: the finalizer, and first sizes. What could not be written keeps nobody from
 * leading; it is given back, to be tried again.
 */
export async function makeOurs(
  object: PartitionObject,
  { document, segments }: Wanted,
  {
    client,
    sets,
    log,
    book,
  }: {
    readonly client: KubeClient;
    readonly sets: () => Sets;
    readonly log: Logger;
    readonly book: FactBook;
  },
): Promise<KubeFault | undefined> {
  try {
    await setFinalizer(client, object, true);
    for (const first of firstSizes(document, segments, sets())) {
      await setFirstSize(client, object.namespace, first);
      log.info(first, 'the first size of a segment is set');
    }
    book.set('Managed', MANAGED);
    return undefined;
  } catch (error) {
    if (!(error instanceof KubeFault)) throw error;
    book.deny('Managed', 'NotWritten', error.message);
    return error;
  }
}

/** Whether the StatefulSets are there, make pods of this partition, and nobody else's pods claim to be of it. */
export function setsFact(
  { name }: PartitionObject,
  { segments }: Wanted,
  { sets, strays }: { readonly sets: Sets; readonly strays: readonly Stray[] },
): Fact {
  const troubles = setTroubles(name, segments, sets);
  const message = [...troubles, ...strays].map(({ sentence }) => sentence).join('; ');
  if (message === '') return FOUND;
  return { status: 'False', reason: troubles.length > 0 ? 'NotUsable' : 'StrayPods', message };
}
