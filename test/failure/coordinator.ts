// An example of each code of the coordinator.

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { pino } from 'pino';
import { WATCHERS_MAX } from '../../coordinator/api/watchers.ts';
import { connect } from '../../coordinator/cli/client.ts';
import { systemClock } from '../../coordinator/clock.ts';
import { Coordinator } from '../../coordinator/coordinator.ts';
import { decide, initialCore } from '../../coordinator/core/core.ts';
import { emptyJournal } from '../../coordinator/core/journal-state.ts';
import type { OperationId } from '../../coordinator/core/model/partition.ts';
import { RunControlError, type TroubleCode } from '../../protos/failure/trouble.ts';
import type { SubmitRequest } from '../../protos/generated/baton/v1/SubmitRequest.ts';
import { clientOf, fixedPlaces, partitionOf, type Rig, rig } from '../coordinator/rig.ts';
import { newAuthority } from '../credentials/authority.ts';
import { filesOf, issue } from '../credentials/folder.ts';
import { identity } from '../credentials/rig.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { type Example, type Said, toldAtEnd, toldByBaton } from './example.ts';

/** How long a call may take, in milliseconds. */
const CALL_MS_MAX = 10_000;

/** All but the journal of a coordinator without targets. */
export const PARTS = {
  partition: partitionOf(0),
  heartbeatMs: 60_000,
  discovery: fixedPlaces([]),
  listen: '127.0.0.1:0',
  insecureListen: false,
  clock: systemClock,
  log: pino({ level: 'silent' }),
  onFatal: (error: unknown) => {
    throw error;
  },
};

const START = { transition: 'start' } as const;

export const COORDINATOR_EXAMPLES: Readonly<Record<TroubleCode, Example>> = {
  MALFORMED: () => asked((world) => submit(world, { operationId: 'not an id', command: { goTo: '' } })),
  REFUSED: () => asked((world) => submit(world, { operationId: 'op-1', command: { transition: 'stop' } })),
  BUSY: () =>
    asked(async (world) => {
      for (const sidecar of world.sidecars) sidecar.hold();
      await submit(world, { operationId: 'op-1', command: START });
      await submit(world, { operationId: 'op-2', command: START });
    }),
  UNKNOWN_ID: () =>
    asked(({ client }) => client.ask((stub, done) => stub.cancel({ operationId: 'op-9' }, done))),
  UNKNOWN_PARTITION: () =>
    asked(({ client }) => client.ask((stub, done) => stub.getPartition({ partition: 'dak' }, done))),
  ID_REUSED: () =>
    asked(async (world) => {
      await submit(world, { operationId: 'op-1', command: START });
      await submit(world, { operationId: 'op-1', command: { transition: 'stop' } });
    }),
  EXPIRED: () => toldByBaton(Promise.try(expired)),
  NOT_ALLOWED: () => toldByBaton(submitAsSidecar()),
  NO_LEADER: () => asked(({ journal }) => submitToStandby(journal)),
  UNREACHABLE: async () => {
    await using world = await rig(0);
    const listen = world.coordinator.address;
    return await toldAtEnd('coordinator', Coordinator.start({ ...PARTS, journal: world.journal, listen }));
  },
  LIMIT: () =>
    asked(async ({ client }) => {
      using watching = new DisposableStack();
      const ends: Promise<unknown>[] = [];
      for (let watcher = 0; watcher <= WATCHERS_MAX; watcher += 1) {
        const stream = client.stub.watch({});
        watching.defer(() => stream.cancel());
        ends.push(
          once(
            stream.on('data', () => undefined),
            'error',
          ).then(([error]) => Promise.reject(error)),
        );
      }
      for (const end of ends) end.catch(() => undefined);
      await Promise.race(ends);
    }),
  STORAGE: async () => {
    using directory = temporaryDirectory();
    const journal = directory.file('journal.db');
    writeFileSync(journal, '');
    await using coordinator = await Coordinator.start({ ...PARTS, journal });
    return await toldAtEnd('coordinator', coordinator.leads);
  },
  STOPPING: () =>
    asked(async ({ coordinator, client }) => {
      const stream = client.stub.watch({});
      const ended = once(stream, 'error').then(([error]) => Promise.reject(error));
      ended.catch(() => undefined);
      await once(stream, 'data');
      await coordinator[Symbol.asyncDispose]();
      await ended;
    }),
};

/** What `baton` tells of something that is asked of a coordinator with one target. */
async function asked(ask: (world: Rig) => Promise<unknown>): Promise<Said> {
  await using world = await rig(1);
  return await toldByBaton(ask(world));
}

async function submit({ client }: Rig, request: SubmitRequest): Promise<void> {
  await client.ask((stub, done) => stub.submit(request, done));
}

/** Three hundred operations later, without taking them: the rules are asked what they say then. */
export function expired(): never {
  const core = initialCore(partitionOf(1), { ...emptyJournal, operationNumber: 300, forgottenThrough: 44 });
  const command = { kind: 'transition', name: 'start', arguments: {} } as const;
  const id = 'op-40' as OperationId;
  const event = { type: 'submit', caller: 1, id, command, highestSeen: 39, operator: '' } as const;
  const { effects } = decide(core, event, { monotonicMs: 0, wallMs: 0 });
  const [answer] = effects.flatMap((effect) => (effect.type === 'respond' ? [effect.response] : []));
  if (answer?.kind !== 'trouble') throw new Error('it is refused');
  throw new RunControlError(answer.code, answer.sentence, { problems: answer.problems });
}

async function submitAsSidecar(): Promise<void> {
  const root = newAuthority('root');
  const files = (role: 'coordinator' | 'sidecar') => filesOf(issue(root, role, { realm: 'daq' }), [root]);
  using own = identity('coordinator', files('coordinator'), 'daq');
  using directory = temporaryDirectory();
  const journal = directory.file('journal.db');
  const tls = own.store;
  await using coordinator = await Coordinator.start({ ...PARTS, journal, tls });
  await coordinator.leads;
  using other = identity('sidecar', files('sidecar'), 'daq');
  const dialling = { kind: 'tls', store: other.store } as const;
  using connection = connect(coordinator.address, CALL_MS_MAX, { dialling });
  const request = { operationId: 'op-1', command: START };
  await connection.ask((stub, options, done) => stub.submit(request, options, done));
}

/** Asked by its own address alone; `baton` would follow its word to the leader. */
async function submitToStandby(journal: string): Promise<void> {
  await using standby = await Coordinator.start({ ...PARTS, journal });
  await standby.begun;
  using client = clientOf(standby.address);
  await client.ask((stub, done) => stub.submit({ operationId: 'op-1', command: START }, done));
}
