// What everything that writes about a partition is given, with an API server that is away until a test says otherwise.

import { pino } from 'pino';
import { KubeFault } from '../../../coordinator/cluster/client/fault.ts';
import type { Publishing } from '../../../coordinator/cluster/publishing.ts';
import { partitionObjectOf } from '../../../coordinator/cluster/resources/partition.ts';

/** Calls that come to nothing while the API server is away; what was written, by name. */
export function publishing() {
  const world = { isAway: true, nowMs: 0, written: [] as string[], attempts: 0 };
  const write = async (name: string | undefined) => {
    world.attempts += 1;
    if (world.isAway) throw new KubeFault('unreachable', 'the API server is away');
    world.written.push(name ?? '');
  };
  const parts: Publishing = {
    partition: () => partitionObjectOf({ metadata: { namespace: 'daq', name: 'p', uid: 'u' }, spec: {} }),
    client: {
      list: async () => ({ items: [] }),
      create: (_, __, body) => write(JSON.stringify(body)),
      patch: (_, { name }) => write(name),
      delete: (_, { name }) => write(name),
    },
    instance: 'coordinator-0',
    clock: () => ({ monotonicMs: world.nowMs, wallMs: world.nowMs }),
    random: () => 1,
    log: pino({ enabled: false }),
    onFatal: (error) => {
      throw error;
    },
  };
  return { world, parts };
}
