// What goes wrong with the coordinators.

import { SIDECAR_PORT } from '../../../../coordinator/cluster/names.ts';
import type { JudgedDaq } from '../../judged.ts';
import { leaderOf } from '../../leaders.ts';
import { cutNetwork, type Dropped } from '../../network.ts';
import type { ContainerOf } from '../../trouble.ts';
import type { Trouble } from '../story/acts.ts';
import { type Came, signalContainer, signalTo } from './ground.ts';

type Of<K extends Trouble['kind']> = Extract<Trouble, { kind: K }>;

const SELECTOR = 'app.kubernetes.io/name=baton,app.kubernetes.io/component=coordinator';

/** kill -9 of its process. */
export async function killCoordinator(daq: JudgedDaq, { which }: Of<'killCoordinator'>): Promise<Came> {
  const leader = await leaderOf(daq);
  const pod = which === 'leader' ? leader.pod : await standbyOf(daq, leader);
  const who = await signalContainer(daq, { ...leader, pod }, 'SIGKILL');
  return { words: who.length === 0 ? `${pod} did not run` : `${pod} is killed` };
}

/** SIGSTOP: it holds its streams and its Lease for as long as that is, and wakes without knowing. */
export async function pauseLeader(daq: JudgedDaq): Promise<Came> {
  const leader = await leaderOf(daq);
  const who = await signalContainer(daq, leader, 'SIGSTOP');
  if (who.length === 0) return { words: `${leader.pod} did not run` };
  return {
    words: `${leader.pod} stands still`,
    undo: async () => {
      for (const each of who) signalTo(each, 'SIGCONT');
    },
  };
}

/** It is told to stop, and hands over. */
export async function deleteLeader(daq: JudgedDaq): Promise<Came> {
  const { pod } = await leaderOf(daq);
  await daq.site.kubectl('delete', 'pod', pod, '--ignore-not-found', '--wait=false');
  return { words: `${pod} is asked to go` };
}

/** Where Services have the API server. */
const API_SERVER_PORT = 443;

/** It leads on without one half of what it leads with. */
export async function cutLeader(daq: JudgedDaq, { from }: Of<'cutLeader'>): Promise<Came> {
  const { pod } = await leaderOf(daq);
  const otherPort = from === 'apiServer' ? API_SERVER_PORT : SIDECAR_PORT;
  const dropped: readonly Dropped[] = [
    { way: 'in', otherPort },
    { way: 'out', otherPort },
  ];
  const undo = await cutNetwork({ namespace: daq.site.namespace, pod }, dropped);
  return undo === undefined ? { words: `${pod} did not run` } : { words: `${pod} is cut off`, undo };
}

/** The other one; the leader's own pod when it is alone. */
async function standbyOf({ site }: JudgedDaq, leader: ContainerOf): Promise<string> {
  const names = await site.kubectl('get', 'pods', '--selector', SELECTOR, '--output=name');
  const pods = names.split('\n').flatMap((name) => (name === '' ? [] : [name.replace('pod/', '')]));
  return pods.find((pod) => pod !== leader.pod) ?? leader.pod;
}
