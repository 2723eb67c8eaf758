// A coordinator that asks a real API server who calls, with service accounts of every kind, what they ask of it, and
// every line of its log.

import { pino } from 'pino';
import { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { NAMESPACES } from '../../../coordinator/cluster/client/resource.ts';
import type { ListOperationsResponse__Output } from '../../../protos/generated/baton/v1/ListOperationsResponse.ts';
import type { Operation__Output } from '../../../protos/generated/baton/v1/Operation.ts';
import type { SubmitResponse__Output } from '../../../protos/generated/baton/v1/SubmitResponse.ts';
import { type Client, clientOf } from '../../coordinator/rig.ts';
import { baton, type Said } from '../../e2e/person.ts';
import { condition } from '../../sidecar/condition.ts';
import { type ControlPlane, startControlPlane } from '../controlPlane.ts';
import { type Daq, openDaq } from './daq.ts';
import type { Ground } from './ground.ts';
import { installKinds } from './kinds.ts';
import { createAccount, grant, installCallerRoles, tokenOf } from './tokens.ts';

/** Where the partition is; the accounts of callers are elsewhere. */
export const NAMESPACE = 'physics';
export const HOME = 'default';

export const PARTITION = `${NAMESPACE}/daq`;

/** Accounts, each with the ClusterRole that it has where the partition is. */
const ACCOUNTS = {
  viewer: 'baton-viewer',
  operator: 'baton-operator',
  admin: 'baton-admin',
  stranger: undefined,
  leaving: 'baton-viewer',
  guest: 'baton-viewer',
  late: 'baton-viewer',
} as const;

export type Account = keyof typeof ACCOUNTS;

export type Callers = AsyncDisposable & {
  readonly plane: ControlPlane;
  /** As the administrator of the API server. */
  readonly client: KubeClient;
  readonly daq: Daq;
  readonly token: (name: Account) => string;
  /** All tokens that were given out. */
  readonly tokens: () => readonly string[];
  readonly as: (name: Account) => Client;
  readonly withToken: (token: string | undefined) => Client;
  /** A command line with the token of the account. */
  readonly type: (line: string, name: Account) => Promise<Said>;
  /** The log of the coordinator, a line each. */
  readonly log: readonly string[];
};

/** All of it, with the partition in control. */
export async function openCallers(): Promise<Callers> {
  await using begun = new AsyncDisposableStack();
  const plane = begun.use(await startControlPlane());
  const client = begun.use(
    KubeClient.open({ kind: 'kubeconfig', path: plane.kubeconfig, context: undefined }),
  );
  await installKinds(client);
  await installCallerRoles(client);
  const tokens = new Map<string, string>();
  const token = (name: string): string => tokens.get(name) ?? '';
  const log: string[] = [];
  const ground: Ground = { plane, client, held: begun, namespace: (name) => createNamespace(client, name) };
  for (const name of Object.keys(ACCOUNTS)) {
    await createAccount(client, HOME, name);
    tokens.set(name, await tokenOf(client, HOME, name));
  }
  const opened = openDaq(ground, NAMESPACE, {
    token: async () => token('admin'),
    log: pino({ level: 'info' }, { write: (line: string) => void log.push(line) }),
  });
  for (const [name, role] of Object.entries(ACCOUNTS))
    if (role !== undefined) await granted(client, name, role);
  const daq = await opened;
  const held = begun.move();
  const withToken = (text: string | undefined) => held.use(clientOf(daq.address, async () => text));
  return {
    plane,
    client,
    daq,
    token,
    tokens: () => [...tokens.values()],
    as: (name) => withToken(token(name)),
    withToken,
    type: (line, name) => baton(daq.address, line, { BATON_TOKEN: token(name) }),
    log,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

async function createNamespace(client: KubeClient, name: string): Promise<string> {
  await client.create(NAMESPACES, {}, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  return name;
}

/** There may be no such namespace yet. */
function granted(client: KubeClient, name: string, role: string): Promise<void> {
  const subject = { kind: 'ServiceAccount', name, namespace: HOME };
  return condition(`${name} is granted ${role}`, () =>
    grant(client, NAMESPACE, subject, role).then(
      () => true,
      () => false,
    ),
  );
}

/** Looks at a partition. Rejects with RunControlError, as what follows. */
export function look(caller: Client, partition: string = PARTITION): Promise<object> {
  return caller.ask<object>((stub, done) => stub.getPartition({ partition }, done));
}

export async function operations(caller: Client): Promise<readonly Operation__Output[]> {
  const answer = await caller.ask<ListOperationsResponse__Output>((stub, done) =>
    stub.listOperations({ partition: PARTITION }, done),
  );
  return answer.operations;
}

/** Gives a command, under the name of `crew`. */
export function submit(
  caller: Client,
  command: object,
  operationId: string,
): Promise<SubmitResponse__Output> {
  const request = { partition: PARTITION, operationId, operator: 'crew', command };
  return caller.ask<SubmitResponse__Output>((stub, done) => stub.submit(request, done));
}

/** Takes the partition into a run; resolves once it is there. */
export async function startRun(caller: Client, operationId: string): Promise<void> {
  await submit(caller, { sequence: 'start_run' }, operationId);
  await condition('the run goes on', async () => {
    return (await operations(caller))[0]?.status === 'OPERATION_STATUS_SUCCEEDED';
  });
}
