// An example of each code as whoever typed a command reads it, from the command itself.

import { chosen } from '../../coordinator/api/partitions.ts';
import { CALLERS_MAX } from '../../coordinator/callers.ts';
import { CONSEQUENCES } from '../../coordinator/cli/exit.ts';
import { Coordinator } from '../../coordinator/coordinator.ts';
import { fromStorageError } from '../../coordinator/journal/trouble.ts';
import { tryLock } from '../../coordinator/lease/lock.ts';
import { RunControlError, type TroubleCode } from '../../protos/failure/trouble.ts';
import { startFake } from '../cli/fakeCoordinator.ts';
import { fakeWorld, run } from '../cli/fakeWorld.ts';
import { type Rig, rig } from '../coordinator/rig.ts';
import { newAuthority } from '../credentials/authority.ts';
import { filesOf, issue, newFolder } from '../credentials/folder.ts';
import { identity } from '../credentials/rig.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { expired, PARTS } from './coordinator.ts';
import { type Example, plain, type Said } from './example.ts';

export const BATON_EXAMPLES: Readonly<Record<TroubleCode, Example>> = {
  MALFORMED: () => typed('MALFORMED', '127.0.0.1:1', ['status --address nowhere']),
  REFUSED: () => atCoordinator('REFUSED', ['send stop']),
  BUSY: () =>
    atCoordinator(
      'BUSY',
      ['send start --operation-id op-1 --no-wait', 'send start --operation-id op-2'],
      ({ sidecars }) => {
        for (const sidecar of sidecars) sidecar.hold();
      },
    ),
  UNKNOWN_ID: () => atCoordinator('UNKNOWN_ID', ['cancel op-9']),
  UNKNOWN_PARTITION: () => refusedSubmit('UNKNOWN_PARTITION', anotherPartition),
  ID_REUSED: () =>
    atCoordinator('ID_REUSED', ['send start --operation-id op-1', 'send stop --operation-id op-1']),
  EXPIRED: () => refusedSubmit('EXPIRED', expired),
  NOT_ALLOWED: asStranger,
  NO_LEADER: withoutLeader,
  UNREACHABLE: () => typed('UNREACHABLE', '127.0.0.1:1', ['status']),
  LIMIT: () => refusedSubmit('LIMIT', tooManyCalls),
  STORAGE: () => refusedSubmit('STORAGE', fullDisk),
  STOPPING: whileStopping,
};

/** Types these lines one after the other; the last one ends with that code. */
async function typed(code: TroubleCode, address: string, lines: readonly string[]): Promise<Said> {
  let said = { code: 0, out: '', err: '' };
  for (const line of lines) said = await run({ ...fakeWorld(address), wallMs: Date.now }, line);
  const { exit, next } = CONSEQUENCES[code];
  const isIt = said.code === exit && said.err.endsWith(`next: ${next}\n`);
  return { code: isIt ? code : `exit code ${said.code}`, words: plain(said.err.trimEnd()) };
}

async function atCoordinator(
  code: TroubleCode,
  lines: readonly string[],
  prepare: (world: Rig) => void = () => undefined,
): Promise<Said> {
  await using world = await rig(1);
  prepare(world);
  return await typed(code, world.coordinator.address, lines);
}

/** What only a coordinator in a rare situation would say: the command is real, the coordinator is not. */
async function refusedSubmit(code: TroubleCode, refuse: () => never): Promise<Said> {
  await using fake = await startFake();
  fake.onSubmit = refuse;
  return await typed(code, fake.address, ['send start --timeout 2s']);
}

function tooManyCalls(): never {
  throw new RunControlError('LIMIT', `${CALLERS_MAX} calls wait for an answer; ask again later`);
}

function anotherPartition(): never {
  chosen([{ name: 'daq', namespace: 'teststand' }], 'dak');
  throw new Error('no partition is called so');
}

function fullDisk(): never {
  throw fromStorageError('/daq/journal.sqlite', Object.assign(new Error('full'), { code: 'ENOSPC' }));
}

/** Somebody holds the lock who has not begun to lead. */
async function withoutLeader(): Promise<Said> {
  using directory = temporaryDirectory();
  const journal = directory.file('journal.db');
  using _lock = tryLock(journal);
  await using coordinator = await Coordinator.start({ ...PARTS, journal });
  await coordinator.begun;
  return await typed('NO_LEADER', coordinator.address, ['status --timeout 2s']);
}

/** A moment that no test could meet: the command is real, the coordinator is not. */
async function whileStopping(): Promise<Said> {
  await using fake = await startFake();
  Object.defineProperty(fake, 'operations', {
    get: () => {
      throw new RunControlError(
        'STOPPING',
        'this coordinator is stopping; ask the next one with the same id',
      );
    },
  });
  return await typed('STOPPING', fake.address, ['operations --timeout 2s']);
}

async function asStranger(): Promise<Said> {
  const [root, other] = [newAuthority('root'), newAuthority('other')];
  using own = identity('coordinator', filesOf(issue(root, 'coordinator', { realm: 'daq' }), [root]), 'daq');
  using directory = temporaryDirectory();
  const journal = directory.file('journal.db');
  await using coordinator = await Coordinator.start({ ...PARTS, journal, tls: own.store });
  using folder = newFolder();
  const mine = issue(other, 'operator', { realm: 'daq', commonName: 'alice' });
  folder.write(filesOf(mine, [other, root]));
  return await typed('NOT_ALLOWED', coordinator.address, [`status --tls ${folder.path}`]);
}
