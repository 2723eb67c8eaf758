// A whole coordinator on a real API server, with Partitions, StatefulSets and pods that are real objects. What
// controllers and kubelets would do to them the test does; sidecars run in this process.

import { type Logger, pino } from 'pino';
import type { Token } from '../../../coordinator/cli/token/attach.ts';
import { systemClock } from '../../../coordinator/clock.ts';
import type { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { PARTITIONS } from '../../../coordinator/cluster/client/resource.ts';
import { ClusterCoordinator } from '../../../coordinator/cluster/coordinator.ts';
import type { Identity } from '../../../coordinator/cluster/identity/identity.ts';
import { createObjectJournal } from '../../../coordinator/journal/object/journal.ts';
import { kubeObjectStore } from '../../../coordinator/journal/object/store.ts';
import { PLAINTEXT_HERE } from '../../../protos/credentials/dialling.ts';
import type { Obedient } from '../../coordinator/obedient.ts';
import { type Client, clientOf } from '../../coordinator/rig.ts';
import type { Ground } from './ground.ts';
import { createSet, type Named, type PodWords, startPod } from './pods.ts';

/** A coordinator that is asked by `asker`, and every error that would have ended its process. */
export type Asked = {
  readonly asker: Client;
  readonly fatal: readonly unknown[];
  /** `host:port` of the coordinator. */
  readonly address: string;
};

export type AskedOptions = {
  /** Shown by the asker; without one nobody is asked who they are. */
  readonly token?: Token | undefined;
  readonly log?: Logger | undefined;
  /** Plaintext when absent. */
  readonly identity?: Identity | undefined;
  readonly plaintextPods?: boolean;
};

/** Where a sidecar listens, by the UID of its pod: they all have the address of this machine. */
const addresses = new Map<string, string>();

/** One that leads the Partitions of `namespace`, as `as` if not as the administrator; who leads is no matter here. */
export async function startCoordinator(
  { client, held }: Pick<Ground, 'client' | 'held'>,
  namespace: string,
  as: KubeClient = client,
  { token, log, identity, plaintextPods = false }: AskedOptions = {},
): Promise<Asked> {
  const fatal: unknown[] = [];
  const coordinator = held.use(
    await ClusterCoordinator.start({
      listen: '127.0.0.1:0',
      http: '127.0.0.1:0',
      insecureListen: false,
      insecureAnyone: token === undefined,
      ownPod: undefined,
      client: as,
      namespaces: [namespace],
      identity: identity ?? { kind: 'given', dialling: () => PLAINTEXT_HERE },
      plaintextPods,
      openJournal: (name, options) =>
        createObjectJournal({ ...options, store: kubeObjectStore(as, name), random: Math.random }),
      addressOf: ({ uid }) => addresses.get(uid) ?? '',
      elect: () => ({
        elected: Promise.resolve(true),
        isCertain: () => true,
        holder: () => undefined,
        [Symbol.asyncDispose]: async () => undefined,
      }),
      clock: systemClock,
      random: Math.random,
      log: log ?? pino({ level: process.env['LOG'] ?? 'silent' }),
      onFatal: (error) => fatal.push(error),
    }),
  );
  const { address } = coordinator;
  return { asker: held.use(clientOf(address, token)), fatal, address };
}

/** A Partition of the machine `minimal` with one segment of readouts; `spec` is more of it. */
export async function createPartition(
  { client }: Pick<Ground, 'client'>,
  { namespace, name }: Named,
  { members = 2, spec = {} }: { readonly members?: number; readonly spec?: object } = {},
): Promise<void> {
  const whole = { machine: 'minimal', segments: [{ name: 'readout', members }], ...spec };
  const body = { apiVersion: 'baton.dev/v1alpha1', kind: 'Partition', metadata: { name }, spec: whole };
  await client.create(PARTITIONS, { namespace }, body);
}

/** The labels of the pods of a partition's readouts. */
export function labelsOf(partition: string): Readonly<Record<string, string>> {
  return { 'baton.dev/partition': partition, 'baton.dev/segment': 'readout' };
}

/** The set of a partition's readouts, as the chart calls it. */
export type Readouts = Named & { readonly uid: string };

/** The StatefulSet of a partition's readouts; there are no pods of it yet. */
export async function createReadouts(
  { client }: Pick<Ground, 'client'>,
  { namespace, name }: Named,
): Promise<Readouts> {
  const set = { namespace, name: `${name}-readout` };
  return { ...set, uid: await createSet(client, set, labelsOf(name)) };
}

export type ReadoutWords = Pick<PodWords, 'ordinal' | 'labels' | 'contractVersion'> & {
  readonly set: Readouts;
};

/** A pod of the set comes, as if its kubelet had started it, with its sidecar; it is held by the ground. */
export async function startReadout(
  { client, held }: Pick<Ground, 'client' | 'held'>,
  words: ReadoutWords,
): Promise<Obedient> {
  const { namespace, name } = words.set;
  const meet = ({ podUid, address }: Obedient) => void addresses.set(podUid, address);
  return held.use(await startPod(client, { ...words, namespace, name: `${name}-${words.ordinal}` }, meet));
}

/** A Partition with its StatefulSet and pods. */
export async function createDaq(
  ground: Pick<Ground, 'client' | 'held'>,
  named: Named,
  members = 2,
): Promise<readonly Obedient[]> {
  const set = await createReadouts(ground, named);
  await createPartition(ground, named, { members });
  const sidecars: Obedient[] = [];
  for (let ordinal = 0; ordinal < members; ordinal++) {
    sidecars.push(await startReadout(ground, { set, ordinal, labels: labelsOf(named.name) }));
  }
  return sidecars;
}
