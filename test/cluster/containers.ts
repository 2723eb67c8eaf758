// The processes of containers, as this machine numbers them and by the word of their runtimes: also when no API server
// answers.

import { ctr } from './images.ts';
import { NODES, type Node } from './nodes.ts';

/** Every container of a pod. */
export const ANY = '*';

export type Wanted = {
  readonly namespace: string;
  readonly pod: string;
  /** Of this pod of that name alone. */
  readonly uid?: string;
  /** Absent: what holds the pod together, and its network; ANY: all but that. */
  readonly container?: string;
};

/** The first processes of all running containers that are so called: several while pods of one name run side by side. */
export async function runningPids(wanted: Wanted): Promise<readonly number[]> {
  const found = await Promise.all(NODES.map((node) => pidsOn(node, wanted)));
  return found.flat();
}

async function pidsOn(node: Node, { namespace, pod, uid, container }: Wanted): Promise<readonly number[]> {
  const labels = {
    'io.kubernetes.pod.namespace': namespace,
    'io.kubernetes.pod.name': pod,
    ...(uid === undefined ? {} : { 'io.kubernetes.pod.uid': uid }),
    'io.cri-containerd.kind': container === undefined ? 'sandbox' : 'container',
    ...(container === undefined || container === ANY ? {} : { 'io.kubernetes.container.name': container }),
  };
  const filter = Object.entries(labels).map(([label, value]) => `labels."${label}"=="${value}"`);
  const ids = (await ctr(node, 'containers', 'list', '--quiet', filter.join(','))).split('\n');
  const tasks = (await ctr(node, 'tasks', 'list')).split('\n').map((line) => line.trim().split(/\s+/));
  return tasks.flatMap(([id = '', pid, state]) =>
    ids.includes(id) && state === 'RUNNING' ? [Number(pid)] : [],
  );
}
