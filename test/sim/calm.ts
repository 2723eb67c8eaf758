// The time without faults: every operation ends, and an ordered run loses nothing (P12, P13, P16).

import { apply, emptyJournal } from '../../coordinator/core/journal-state.ts';
import type { JournalState } from '../../coordinator/core/model/journal.ts';
import type { Command } from '../../coordinator/core/model/operation.ts';
import type { Target } from '../../coordinator/core/model/partition.ts';
import { partitionState } from '../../coordinator/core/plan/members.ts';
import { podOf, targetsOfPartition } from '../../coordinator/core/targets.ts';
import { PromiseBroken } from '../promises/history.ts';
import type { SimCoordinator } from './coordinator.ts';
import type { World } from './world.ts';

/** For a takeover, reconnections and a pod that is being replaced, in milliseconds. */
const TAKEOVER_MS = 12_000;

/** Steps of an operation times its waves times what a wave may take at most, in milliseconds. */
const OPERATION_MS = 10 * (400 + 3 * 1_000);

/** Lets the faults stop and everything come to its end. */
export function calmTime(world: World): void {
  world.unkind = false;
  for (const coordinator of world.coordinators) coordinator.pausedUntilMs = 0;
  for (const pod of world.kubelet.all()) {
    pod.process.busy?.end('failed');
    if (!pod.process.alive) pod.restartProcess();
  }
  const leader = () => newest(world);
  if (world.coordinators.every((coordinator) => !coordinator.alive)) world.coordinators[0]?.lead();
  world.schedule.run(world.schedule.nowMs + TAKEOVER_MS);
  // The lease is with somebody who knows the whole journal.
  if (leader()?.core.journal.epoch !== world.journal.replay().epoch) world.coordinators[0]?.lead();
  for (const coordinator of world.coordinators) if (coordinator !== leader()) coordinator.die();
  const idle = () =>
    leader()?.core.journal.open === undefined &&
    [...(leader()?.core.leavers.values() ?? [])].every((stage) => stage === 'begun');
  world.schedule.run(world.schedule.nowMs + OPERATION_MS + TAKEOVER_MS, idle);
  if (!idle())
    throw new PromiseBroken(
      'P12',
      P12,
      `operation ${leader()?.core.journal.open?.operation.number} is still open`,
    );
  settled(world, leader);
  replays(world);
  orderlyRun(world, leader);
  replays(world);
}

const P12 =
  'With one coordinator, the journal and its store up, each operation ends within the sum of its wave deadlines.';

function newest(world: World): SimCoordinator | undefined {
  const alive = world.coordinators.filter((coordinator) => coordinator.alive);
  return alive.toSorted((a, b) => b.core.journal.epoch - a.core.journal.epoch)[0];
}

/** P3: an unknown part does not stay unknown once everybody can be reached. */
function settled(world: World, leader: () => SimCoordinator | undefined): void {
  // A leader that has just begun has not heard everybody yet.
  world.schedule.run(world.schedule.nowMs + 2_000);
  // What a stranger took is taken back first: until then it settles nothing for us.
  if ([...(leader()?.core.fleet.values() ?? [])].some((o) => o.foreignJournalId !== ''))
    ask(world, leader, { kind: 'adopt', targets: [] });
  const none = () => Object.keys(leader()?.core.journal.unknown ?? {}).length === 0;
  world.schedule.run(world.schedule.nowMs + TAKEOVER_MS, none);
  // What a forced deletion leaves behind only an operator can settle, who looks first.
  const parts = Object.entries(leader()?.core.journal.unknown ?? {});
  const ended = parts.filter(
    ([target, part]) => podOf(part.incarnation) !== world.podOf(target as Target)?.podUid,
  );
  if (ended.length > 0) ask(world, leader, { kind: 'declareGone', targets: ended.map(([target]) => target) });
  if (!none())
    throw new PromiseBroken(
      'P12',
      P12,
      `${Object.keys(leader()?.core.journal.unknown ?? {})} was never settled`,
    );
}

/** P13: every prefix can be replayed, twice with the same end, and the end is the state of the leader. */
function replays(world: World): void {
  let state: JournalState = emptyJournal;
  for (const { record } of world.journal.entries) state = apply(state, record);
  const leader = newest(world);
  const same =
    JSON.stringify(state) === JSON.stringify(world.journal.replay()) &&
    JSON.stringify(state) === JSON.stringify(leader?.core.journal);
  if (!same)
    throw new PromiseBroken(
      'P13',
      'Replaying any journal gives the same state.',
      'the leader holds another state than its journal',
    );
}

/** P16: an ordered stop with a coordinator, fitting budgets and no fault ends clean. */
function orderlyRun(world: World, leader: () => SimCoordinator | undefined): void {
  const state = () => {
    const core = leader()?.core;
    return core === undefined ? 'unknown' : partitionState(core);
  };
  const troubled = () =>
    [...(leader()?.core.fleet.values() ?? [])].filter(
      (o) => o.reported?.inError !== false || o.reported.state === '',
    );
  world.schedule.run(world.schedule.nowMs + 2_000);
  if (leader()?.core.journal.run !== undefined)
    ask(world, leader, { kind: 'sequence', name: 'stop_run', arguments: {} });
  if (troubled().length > 0) ask(world, leader, { kind: 'recover', targets: [] });
  rollOut(world);
  if (state() !== 'idle') ask(world, leader, { kind: 'goTo', state: 'idle', arguments: {} });
  if (troubled().length > 0) ask(world, leader, { kind: 'recover', targets: [] });
  documentHolds(world, leader);
  expectEnd(world, leader, { kind: 'sequence', name: 'start_run', arguments: {} }, state);
  const before = state();
  // Whoever takes over has not heard of anybody when it is asked.
  if (world.random() < 0.3) world.leadAnew();
  expectEnd(world, leader, { kind: 'sequence', name: 'stop_run', arguments: {} }, () => before);
  const run = leader()?.core.journal.runs.at(-1);
  if (run?.clean !== true)
    throw new PromiseBroken(
      'P16',
      'An ordered stop with a coordinator, fitting budgets and no fault ends clean.',
      `run ${run?.number}: ${run?.cause}`,
    );
}

/** Pods of another machine than the document's are replaced. */
function rollOut(world: World): void {
  world.kubelet.reconcile();
  for (const pod of world.kubelet.outdated()) world.kubelet.delete(pod);
  world.schedule.run(world.schedule.nowMs + TAKEOVER_MS, () => world.kubelet.outdated().length === 0);
  world.schedule.run(world.schedule.nowMs + 2_000);
}

/** P10: nobody is left who went, everybody is there who came, and the machine is that of the document. */
function documentHolds(world: World, leader: () => SimCoordinator | undefined): void {
  const core = leader()?.core;
  const seen = [...(core?.fleet.keys() ?? [])].sort().join(' ');
  const wanted = targetsOfPartition(world.partition).toSorted().join(' ');
  if (core?.partition !== world.partition || seen !== wanted)
    throw new PromiseBroken(
      'P10',
      'Once nothing names it any more the document holds, and nobody else is in the picture.',
      `want ${wanted} by ${world.partition.machineHash}, got ${seen} by ${core?.partition.machineHash}`,
    );
}

function expectEnd(
  world: World,
  leader: () => SimCoordinator | undefined,
  command: Command,
  state: () => string,
): void {
  const before = state();
  const ended = ask(world, leader, command);
  if (ended?.outcome === 'succeeded') return;
  const what = 'name' in command ? command.name : command.kind;
  const targets = [...(leader()?.core.fleet.values() ?? [])].map(
    (o) =>
      `${o.target} ${o.connected ? '' : 'not connected '}${o.trouble} ${o.reported?.state}${o.reported?.inError === true ? '!' : ''}${o.reported?.leaving === true ? ' leaving' : ''} ${o.reported?.cause}`,
  );
  throw new PromiseBroken(
    'P12',
    'Once faults stop, an ordered operation succeeds.',
    `${what} from ${before} ${ended?.outcome ?? 'was refused'}: ${ended?.cause ?? ''} [${targets.join('; ')}]`,
  );
}

function ask(
  world: World,
  leader: () => SimCoordinator | undefined,
  command: Command,
): { readonly outcome: string; readonly cause: string } | undefined {
  const core = leader()?.core;
  world.clients.lookAgain(core?.journal.operationNumber ?? 0);
  const id = world.clients.submit(command);
  const ended = () => leader()?.core.journal.finished.find((entry) => entry.operation.id === id);
  world.schedule.run(world.schedule.nowMs + OPERATION_MS, () => ended() !== undefined);
  return ended();
}
