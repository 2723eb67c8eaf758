// What goes wrong with one target: its containers, its pod, its network, its hooks.

import { PARTITION_LABEL, SIDECAR_PORT } from '../../../../coordinator/cluster/names.ts';
import { unreachable } from '../../../../protos/failure/invariant.ts';
import type { Fault, Faults } from '../../../daq/process/faults.ts';
import { type JudgedDaq, PARTITION, podOf } from '../../judged.ts';
import { cutNetwork, type Dropped } from '../../network.ts';
import type { BadHook, Cut, Trouble } from '../story/acts.ts';
import { type Came, containerOf, signalContainer, signalTo } from './ground.ts';

type Of<K extends Trouble['kind']> = Extract<Trouble, { kind: K }>;

/** kill -9 of its first process; the kubelet starts the container again. */
export async function kill(daq: JudgedDaq, { whose, target }: Of<'kill'>): Promise<Came> {
  const who = await signalContainer(daq, { pod: podOf(target), container: containerOf(whose) }, 'SIGKILL');
  return { words: who.length === 0 ? 'it did not run' : 'killed' };
}

/** SIGSTOP, until it is let go on. */
export async function pause(daq: JudgedDaq, { whose, target }: Of<'pause'>): Promise<Came> {
  const who = await signalContainer(daq, { pod: podOf(target), container: containerOf(whose) }, 'SIGSTOP');
  if (who.length === 0) return { words: 'it did not run' };
  return {
    words: 'it stands still',
    undo: async () => {
      for (const each of who) signalTo(each, 'SIGCONT');
    },
  };
}

const WORDS = {
  inOrder: ['--wait=false'],
  now: ['--wait=false', '--now'],
  byForce: ['--force', '--grace-period=0'],
} as const;

/** The StatefulSet makes another one. */
export async function deletePod({ site }: JudgedDaq, { target, how }: Of<'deletePod'>): Promise<Came> {
  await site.kubectl('delete', 'pod', podOf(target), '--ignore-not-found', ...WORDS[how]);
  return { words: 'asked for' };
}

/** All at once. */
export async function deleteAll({ site }: JudgedDaq): Promise<Came> {
  await site.kubectl('delete', 'pods', `--selector=${PARTITION_LABEL}=${PARTITION}`, '--wait=false');
  return { words: 'asked for' };
}

/** Packets of its pod are dropped, until the cut is joined. */
export async function cutPod({ site }: JudgedDaq, { target, what }: Of<'cutPod'>): Promise<Came> {
  const { namespace } = site;
  const undo = await cutNetwork({ namespace, pod: podOf(target) }, droppedBy(what));
  return undo === undefined ? { words: 'its pod did not run' } : { words: 'cut', undo };
}

function droppedBy(what: Cut): readonly Dropped[] {
  const heard: Dropped = { way: 'in', ownPort: SIDECAR_PORT };
  const said: Dropped = { way: 'out', ownPort: SIDECAR_PORT };
  switch (what) {
    case 'controlIn':
      return [heard];
    case 'controlOut':
      return [said];
    case 'control':
      return [heard, said];
    case 'all':
      return [{ way: 'in' }, { way: 'out' }];
    default:
      return unreachable(what);
  }
}

/** From now on that hook does so, in this life of the process and in the next, until it is taken back. */
export async function badHook(daq: JudgedDaq, { target, bad }: Of<'badHook'>): Promise<Came> {
  const faults: Faults = { [bad.transition]: faultOf(bad) };
  daq.suffer(target, faults);
  return { words: 'from its next one on', undo: async () => daq.suffer(target, {}) };
}

/** As long as a process of the miniature DAQ that is slow takes more, in milliseconds. */
const SLOW_MS = 3_000;

function faultOf({ how }: BadHook): Fault {
  return how === 'slow' ? { kind: 'slow', ms: SLOW_MS } : { kind: how };
}
