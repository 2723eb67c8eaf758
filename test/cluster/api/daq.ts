// One partition `daq` of two readouts under a whole coordinator.

import type { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { PODS } from '../../../coordinator/cluster/client/resource.ts';
import type { Client } from '../../coordinator/rig.ts';
import {
  type AskedOptions,
  createPartition,
  createReadouts,
  labelsOf,
  type Readouts,
  startCoordinator,
  startReadout,
} from './coordinator.ts';
import type { Ground } from './ground.ts';
import { controlled } from './told.ts';

export const SET = 'daq-readout';
export const LABELS = labelsOf('daq');

type Labels = Readonly<Record<string, string>>;

export type Daq = {
  readonly client: KubeClient;
  readonly held: AsyncDisposableStack;
  readonly namespace: string;
  /** `host:port` of the coordinator. */
  readonly address: string;
  readonly asker: Client;
  readonly set: Readouts;
};

export type DaqOptions = AskedOptions & { readonly labels?: Labels; readonly spec?: object };

/** Everybody is in control; all of it is held by the ground. `spec` is more of the Partition's. */
export async function openDaq(
  ground: Ground,
  name: string,
  { labels = LABELS, spec = {}, ...asked }: DaqOptions = {},
): Promise<Daq> {
  const { client, held } = ground;
  const namespace = await ground.namespace(name);
  const named = { namespace, name: 'daq' };
  const set = await createReadouts(ground, named);
  await createPartition(ground, named, { spec });
  const { asker, fatal, address } = await startCoordinator(ground, namespace, client, asked);
  held.defer(() => {
    if (fatal.length > 0) throw new AggregateError(fatal, 'the coordinator would have ended');
  });
  const daq = { client, held, namespace, address, asker, set };
  for (const ordinal of [0, 1]) await start(daq, ordinal, labels);
  await controlled(asker, 'daq', 2);
  return daq;
}

/** A pod of the set comes, with its sidecar. */
export async function start(daq: Daq, ordinal: number, labels: Labels): Promise<void> {
  await startReadout(daq, { set: daq.set, ordinal, labels });
}

/** What its kubelet does once it was asked to end it. */
export function remove({ client, namespace }: Daq, ordinal: number): Promise<unknown> {
  return client.delete(PODS, { namespace, name: `${SET}-${ordinal}` }, { gracePeriodSeconds: 0 });
}
