// One journal object of the API server: read whole, written whole, if it still has the version that was read.

import * as z from 'zod';
import type { KubeClient } from '../../cluster/client/client.ts';
import { isFault } from '../../cluster/client/fault.ts';
import { apiVersionOf, JOURNALS } from '../../cluster/client/resource.ts';
import { PARTITION_LABEL } from '../../cluster/names.ts';
import type { JournalSpec } from '../../cluster/resources/journal.ts';
import { storageTrouble } from '../trouble.ts';

export type Stored = {
  /** Another one after each change of anything in the object, whoever made it. */
  readonly version: string;
  /** As it came: somebody may have edited it. */
  readonly spec: unknown;
};

/** Where one journal is kept. Calls throw KubeFault; which kind it is tells whether anything was done. */
export type ObjectStore = {
  /** What people call it: `namespace/name`. */
  readonly name: string;
  /** Undefined when there is none. Never older than the last write that was answered. */
  read(signal: AbortSignal): Promise<Stored | undefined>;
  /** Writes `spec` if its version is still `version`, undefined: if there is none; gives its new version. */
  write(version: string | undefined, spec: JournalSpec, signal: AbortSignal): Promise<string>;
};

/** A call that takes longer has been lost; what became of it is read back. In milliseconds. */
const CALL_DEADLINE_MS = 5_000;

const schema = z.object({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  spec: z.unknown(),
});

/** The Journal of the partition `name`. */
export function kubeObjectStore(
  client: KubeClient,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): ObjectStore {
  const where = { namespace, name };
  const kind = { apiVersion: apiVersionOf(JOURNALS), kind: JOURNALS.kind };
  // What others have put there, labels and annotations, is written back as it was.
  let metadata: Readonly<Record<string, unknown>> = {};
  const take = (object: unknown): Stored => {
    const parsed = schema.safeParse(object);
    if (!parsed.success) {
      throw storageTrouble(`${namespace}/${name}`, {
        wrong: 'is no object that the API server could have sent',
        todo: 'is something between us and it?',
      });
    }
    const { managedFields: _, ...kept } = parsed.data.metadata;
    metadata = kept;
    return { version: parsed.data.metadata.resourceVersion, spec: parsed.data.spec };
  };
  return {
    name: `${namespace}/${name}`,
    read: async (signal) => {
      try {
        return take(await client.get(JOURNALS, where, { signal, deadlineMs: CALL_DEADLINE_MS }));
      } catch (error) {
        if (isFault(error, 'notFound')) return undefined;
        throw error;
      }
    },
    write: async (version, spec, signal) => {
      const options = { signal, deadlineMs: CALL_DEADLINE_MS };
      if (version === undefined) {
        // No owner: a Partition that is deleted must not take the journal of its run with it.
        const body = { ...kind, metadata: { name, labels: { [PARTITION_LABEL]: name } }, spec };
        return take(await client.create(JOURNALS, { namespace }, body, options)).version;
      }
      const body = { ...kind, metadata: { ...metadata, name, resourceVersion: version }, spec };
      return take(await client.replace(JOURNALS, where, body, options)).version;
    },
  };
}
