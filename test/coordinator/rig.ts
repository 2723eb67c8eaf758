// A real coordinator in this process, with obedient sidecars and a client.

import { credentials } from '@grpc/grpc-js';
import { pino } from 'pino';
import { type Token, tokenInterceptor } from '../../coordinator/cli/token/attach.ts';
import { systemClock } from '../../coordinator/clock.ts';
import { Coordinator, type CoordinatorParts } from '../../coordinator/coordinator.ts';
import type { Partition } from '../../coordinator/core/model/partition.ts';
import type { Discovery } from '../../coordinator/fleet/discovery.ts';
import { fromStatus, isServiceError } from '../../protos/failure/status.ts';
import type { CoordinatorClient } from '../../protos/generated/baton/v1/Coordinator.ts';
import type { Partition__Output } from '../../protos/generated/baton/v1/Partition.ts';
import { CHANNEL_OPTIONS, v1 } from '../../protos/load.ts';
import { machineHash } from '../../protos/machine/hash.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { condition } from '../sidecar/condition.ts';
import { type Obedient, obedientSidecar } from './obedient.ts';

/** A partition of `minimal` with that many readouts. */
export function partitionOf(members: number): Partition {
  const readout = {
    name: 'readout',
    members,
    critical: true,
    minMembers: members,
    order: 'together',
  } as const;
  return {
    name: 'daq',
    machine: minimal,
    machineHash: machineHash(minimal),
    segments: [readout],
    leavePolicy: 'stopRun',
  };
}

/** Places that never change. */
export function fixedPlaces(sidecars: readonly Obedient[]): Discovery {
  const places = new Map(sidecars.map(({ target, address, podUid }) => [target, { address, podUid }]));
  return { places: () => places, onChange: () => undefined, [Symbol.dispose]: () => undefined };
}

type Call<Answer> = (
  client: CoordinatorClient,
  done: (error: Error | null, answer?: Answer) => void,
) => unknown;

export type Client = Disposable & {
  readonly stub: CoordinatorClient;
  /** One call; rejects with RunControlError. */
  ask<Answer>(call: Call<Answer>): Promise<Answer>;
  partition(): Promise<Partition__Output>;
};

/** A client of the coordinator at `address`, who shows `token` if there is one. */
export function clientOf(address: string, token?: Token): Client {
  const interceptors = token === undefined ? [] : [tokenInterceptor(token)];
  const options = { ...CHANNEL_OPTIONS, 'grpc.use_local_subchannel_pool': 1, interceptors };
  const stub = new v1.Coordinator(address, credentials.createInsecure(), options);
  const ask = <Answer>(call: Call<Answer>): Promise<Answer> =>
    new Promise((resolve, reject) => {
      call(stub, (error, answer) => {
        if (answer !== undefined) resolve(answer);
        else reject(isServiceError(error) ? fromStatus(error) : error);
      });
    });
  return {
    stub,
    ask,
    partition: async () => {
      const { partition } = await ask<{ partition: Partition__Output | null }>((client, done) =>
        client.getPartition({}, done),
      );
      if (partition === null) throw new Error('a partition is told');
      return partition;
    },
    [Symbol.dispose]: () => stub.close(),
  };
}

export type Rig = AsyncDisposable & {
  readonly coordinator: Coordinator;
  readonly client: Client;
  readonly sidecars: readonly Obedient[];
  readonly journal: string;
  readonly fatal: readonly unknown[];
};

/** A coordinator that leads `members` readouts, all of them connected. */
export async function rig(members: number, changed: Partial<CoordinatorParts> = {}): Promise<Rig> {
  const stack = new AsyncDisposableStack();
  const directory = stack.use(temporaryDirectory());
  const sidecars = await Promise.all(
    Array.from({ length: members }, (_, ordinal) => obedientSidecar(`readout-${ordinal}`)),
  );
  for (const sidecar of sidecars) stack.use(sidecar);
  const fatal: unknown[] = [];
  const journal = directory.file('journal.db');
  const coordinator = stack.use(
    await Coordinator.start({
      partition: partitionOf(members),
      heartbeatMs: 60_000,
      journal,
      discovery: fixedPlaces(sidecars),
      listen: '127.0.0.1:0',
      insecureListen: false,
      clock: systemClock,
      log: pino({ level: 'silent' }),
      onFatal: (error) => fatal.push(error),
      ...changed,
    }),
  );
  const client = stack.use(clientOf(coordinator.address));
  await coordinator.leads;
  await condition('all are connected', async () =>
    (await client.partition()).targets.every((target) => target.connected),
  );
  return { coordinator, client, sidecars, journal, fatal, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
