// One partition of two readouts under a whole coordinator, with a real API server: no controller and no kubelet runs, so
// the test makes and removes pods as they would. Sidecars run in this process.

import { pino } from 'pino';
import { systemClock } from '../../../coordinator/clock.ts';
import type { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { NAMESPACES, PARTITIONS, PODS } from '../../../coordinator/cluster/client/resource.ts';
import { ClusterCoordinator } from '../../../coordinator/cluster/coordinator.ts';
import { createObjectJournal } from '../../../coordinator/journal/object/journal.ts';
import { kubeObjectStore } from '../../../coordinator/journal/object/store.ts';
import type { Partition__Output } from '../../../protos/generated/baton/v1/Partition.ts';
import type { SubmitResponse__Output } from '../../../protos/generated/baton/v1/SubmitResponse.ts';
import type { Obedient } from '../../coordinator/obedient.ts';
import { type Client, clientOf } from '../../coordinator/rig.ts';
import { condition } from '../../sidecar/condition.ts';
import { createSet, startPod } from './pods.ts';

export const SET = 'daq-readout';
export const LABELS = { 'baton.dev/partition': 'daq', 'baton.dev/segment': 'readout' };

const addresses = new Map<string, string>();

export type Daq = {
  readonly client: KubeClient;
  readonly held: AsyncDisposableStack;
  readonly namespace: string;
  readonly asker: Client;
  readonly setUid: string;
};

/** Everybody is in control; all of it is held by `held`. `spec` is more of the Partition's. */
export async function openDaq(
  client: KubeClient,
  held: AsyncDisposableStack,
  namespace: string,
  {
    labels = LABELS,
    spec = {},
  }: { readonly labels?: Readonly<Record<string, string>>; readonly spec?: object } = {},
): Promise<Daq> {
  await client.create(NAMESPACES, {}, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const setUid = await createSet(client, { namespace, name: SET }, LABELS);
  const whole = { machine: 'minimal', segments: [{ name: 'readout', members: 2 }], ...spec };
  const body = {
    apiVersion: 'baton.dev/v1alpha1',
    kind: 'Partition',
    metadata: { name: 'daq' },
    spec: whole,
  };
  await client.create(PARTITIONS, { namespace }, body);
  const coordinator = held.use(
    await ClusterCoordinator.start({
      listen: '127.0.0.1:0',
      http: '127.0.0.1:0',
      insecureListen: false,
      ownPod: undefined,
      client,
      namespaces: [namespace],
      dialling: { kind: 'plaintext', beyond: false },
      openJournal: (name, options) =>
        createObjectJournal({ ...options, store: kubeObjectStore(client, name), random: Math.random }),
      addressOf: ({ uid }) => addresses.get(uid) ?? '',
      elect: () => ({
        elected: Promise.resolve(true),
        isCertain: () => true,
        holder: () => undefined,
        [Symbol.asyncDispose]: async () => undefined,
      }),
      clock: systemClock,
      random: Math.random,
      log: pino({ level: process.env['LOG'] ?? 'silent' }),
      onFatal: (error) => {
        throw error;
      },
    }),
  );
  const daq = { client, held, namespace, asker: held.use(clientOf(coordinator.address)), setUid };
  for (const ordinal of [0, 1]) await start(daq, ordinal, labels);
  await controlled(daq, 2);
  return daq;
}

/** A pod of the set comes, with its sidecar. */
export async function start(
  daq: Daq,
  ordinal: number,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  const { client, held, namespace, setUid: uid } = daq;
  const set = { namespace, name: SET, uid };
  const meet = ({ podUid, address }: Obedient) => void addresses.set(podUid, address);
  held.use(await startPod(client, { namespace, name: `${SET}-${ordinal}`, ordinal, labels, set }, meet));
}

/** What its kubelet does once it was asked to end it. */
export function remove({ client, namespace }: Daq, ordinal: number): Promise<unknown> {
  return client.delete(PODS, { namespace, name: `${SET}-${ordinal}` }, { gracePeriodSeconds: 0 });
}

/** Waits until there are so many targets, all of them in control. */
export async function controlled({ asker }: Daq, members: number): Promise<void> {
  await condition(`${members} targets are in control`, async () => {
    const answer = await asker
      .ask<{ partition: Partition__Output | null }>((stub, done) =>
        stub.getPartition({ partition: 'daq' }, done),
      )
      .catch(() => undefined);
    const targets = answer?.partition?.targets ?? [];
    return targets.length === members && targets.every(({ connected, state }) => connected && state !== '');
  });
}

/** Asks for a sequence; resolves once it is accepted. */
export async function submit({ asker }: Daq, sequence: string): Promise<void> {
  const command = { sequence, argumentsJson: '{}' };
  const request = { partition: 'daq', operationId: `${sequence}-1`, operator: 'me', command };
  await asker.ask<SubmitResponse__Output>((stub, done) => stub.submit(request, done));
}
