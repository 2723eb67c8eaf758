// What goes wrong with nodes, kubelets and the API server, and numbers that somebody changes past the coordinator.

import { PARTITION_LABEL } from '../../../../coordinator/cluster/names.ts';
import { type JudgedDaq, PARTITION } from '../../judged.ts';
import { apiServer, kubeletOf, type Trouble as Program } from '../../trouble.ts';
import type { Trouble } from '../story/acts.ts';
import type { Came } from './ground.ts';

type Of<K extends Trouble['kind']> = Extract<Trouble, { kind: K }>;

/** A drain that waits for the end of a run is given up then, in seconds. */
const DRAIN_SECONDS = 15;

/** No pod is placed there; with `drain` the partition's pods are evicted as well, as far as their budgets let them. */
export async function cordon({ site }: JudgedDaq, { node, drain }: Of<'cordon'>): Promise<Came> {
  await site.kubectl('cordon', node);
  const which = [`--pod-selector=${PARTITION_LABEL}=${PARTITION}`, '--delete-emptydir-data'];
  const drained = drain
    ? site.kubectl('drain', node, ...which, `--timeout=${DRAIN_SECONDS}s`).catch(() => '')
    : undefined;
  return {
    words: drain ? 'it is being drained' : 'cordoned',
    undo: async () => {
      await drained;
      await site.kubectl('uncordon', node);
    },
  };
}

/** Containers go on; nobody asks probes, and nobody starts anything. */
export async function kubelet(_: JudgedDaq, { node, how }: Of<'kubelet'>): Promise<Came> {
  return broken(kubeletOf(node), how);
}

/** Nothing is written, and nobody hears of anything. */
export async function awayApiServer(_: JudgedDaq, { how }: Of<'apiServer'>): Promise<Came> {
  return broken(apiServer(), how);
}

async function broken(program: Program, how: 'killed' | 'paused'): Promise<Came> {
  if (how === 'killed') {
    await program.kill();
    return { words: 'killed', undo: () => program.start() };
  }
  program.pause();
  return {
    words: 'it stands still',
    undo: async () => {
      program.resume();
      await program.start();
    },
  };
}

/** As somebody does who does not know of `baton scale`. */
export async function scaleSet({ site }: JudgedDaq, { segment, from, to }: Of<'scaleSet'>): Promise<Came> {
  const scale = (members: number) =>
    site.kubectl('scale', 'statefulset', `${PARTITION}-${segment}`, `--replicas=${members}`);
  await scale(to);
  return {
    words: `${to} replicas`,
    undo: async () => {
      await scale(from);
    },
  };
}
