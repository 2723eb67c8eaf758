// A real coordinator and real sidecars, with a wire between them that a test can spoil, and what has happened
// there as the oracles want it.

import { pino } from 'pino';
import { systemClock } from '../../coordinator/clock.ts';
import { Coordinator } from '../../coordinator/coordinator.ts';
import type { Places } from '../../coordinator/fleet/discovery.ts';
import { machineHash } from '../../protos/machine/hash.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import type { Machine } from '../../protos/machine/table.ts';
import { type Client, clientOf, partitionOf } from '../coordinator/rig.ts';
import { judge } from '../e2e/daq.ts';
import { type Eye, openEye } from '../e2e/eye.ts';
import { readTrace } from '../e2e/fromJournal.ts';
import { historyOf } from '../e2e/history.ts';
import { type Entry, entryOfLine } from '../e2e/logs.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import type { HistoryEvent } from '../promises/history.ts';
import type { FakeProcess } from '../sidecar/fakeProcess.ts';
import { type Rig as SidecarRig, rig as sidecarRig } from '../sidecar/rig.ts';
import { FaultProxy } from './proxy.ts';

export type World = AsyncDisposable & {
  readonly coordinator: Coordinator;
  /** A client with a sound wire. */
  readonly client: Client;
  readonly eye: Eye;
  /** What the coordinator has logged so far. */
  readonly log: () => readonly Entry[];
  /** Runs that when the coordinator logs these words next: before it does anything further. */
  readonly whenLogged: (words: string, run: () => void) => void;
  readonly sidecars: readonly SidecarRig[];
  /** By ordinal: between the coordinator and that sidecar. */
  readonly wires: readonly FaultProxy[];
  /** Between clients and the coordinator. */
  readonly clientWire: FaultProxy;
  /** Ends it and holds what has happened to every promise. */
  readonly judged: () => Promise<readonly HistoryEvent[]>;
};

export type WorldOptions = {
  readonly members?: number;
  readonly heartbeatMs?: number;
  /** For every transition, in milliseconds. */
  readonly budgetMs?: number;
};

/** A partition of `minimal` with that many readouts, all attached. */
export async function world(options: WorldOptions = {}): Promise<World> {
  const { members = 2, heartbeatMs = 200, budgetMs = 10_000 } = options;
  const transitions = minimal.transitions.map((each) => ({ ...each, timeoutMs: budgetMs }));
  const machine: Machine = { ...minimal, transitions };
  await using begun = new AsyncDisposableStack();
  const directory = begun.use(temporaryDirectory());
  const ordinals = Array.from({ length: members }, (_, ordinal) => ordinal);
  const sidecars = await Promise.all(
    ordinals.map(async (ordinal) =>
      begun.use(await sidecarRig({ ordinal, machine, podUid: `pod-${ordinal}` })),
    ),
  );
  const wires = await Promise.all(
    sidecars.map(async (rig) => begun.use(await FaultProxy.start(() => rig.sidecar.grpc))),
  );
  const places: Places = new Map(
    wires.map(({ address }, ordinal) => [`readout-${ordinal}`, { address, podUid: `pod-${ordinal}` }]),
  );
  const lines: string[] = [];
  const watches = new Map<string, () => void>();
  const take = (line: string) => {
    lines.push(line);
    const words = entryOfLine(line)?.words ?? '';
    watches.get(words)?.();
    watches.delete(words);
  };
  const journal = directory.file('journal.db');
  const coordinator = begun.use(
    await Coordinator.start({
      partition: { ...partitionOf(members), machine, machineHash: machineHash(machine) },
      heartbeatMs,
      journal,
      discovery: { places: () => places, onChange: () => undefined, [Symbol.dispose]: () => undefined },
      listen: '127.0.0.1:0',
      insecureListen: false,
      clock: systemClock,
      log: pino({}, { write: take }),
      onFatal: (error) => {
        throw error;
      },
    }),
  );
  const client = begun.use(clientOf(coordinator.address));
  const clientWire = begun.use(await FaultProxy.start(coordinator.address));
  await coordinator.leads;
  const eye = begun.use(openEye(coordinator.address));
  await eye.until('all are attached', ({ targets }) =>
    [...targets.values()].every(({ view }) => view.attached),
  );
  const held = begun.move();
  const judged = async () => {
    await eye[Symbol.asyncDispose]();
    await coordinator[Symbol.asyncDispose]();
    const targets = [...places.keys()];
    const history = await historyOf({
      journal: await readTrace(journal),
      machine,
      targets,
      log: (name) => logOf(name, { lines, sidecars }),
      ends: [],
      seen: eye.happened,
    });
    judge(history);
    return history;
  };
  return {
    coordinator,
    client,
    eye,
    log: () => read(lines),
    whenLogged: (words, run) => watches.set(words, run),
    sidecars,
    wires,
    clientWire,
    judged,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

type Said = { readonly lines: readonly string[]; readonly sidecars: readonly SidecarRig[] };

function logOf(name: string, { lines, sidecars }: Said): readonly Entry[] {
  if (name === 'coordinator') return read(lines);
  const rig = sidecars.find(({ config }) => name.startsWith(`readout-${config.ordinal}`));
  if (rig === undefined) throw new Error(`nobody is called ${name}`);
  return name.endsWith('.sidecar') ? read(rig.log) : logOfProcess(name, rig.process);
}

function read(lines: readonly string[]): readonly Entry[] {
  return lines.flatMap((line) => entryOfLine(line) ?? []);
}

/** A fake process keeps no log: what it has done, in the words of one that does. */
export function logOfProcess(target: string, { performed, startId: life }: FakeProcess): readonly Entry[] {
  const said = (atMs: number, words: string, fields: object): Entry => ({
    atMs,
    kind: 'said',
    words,
    fields: { ...fields },
  });
  const hooks = performed.flatMap(({ request, beganAtMs, ended }) => {
    const { token, transition, runNumber: run } = request;
    const begins = said(beganAtMs, 'a transition begins', { ...token, transition, run });
    if (ended === undefined) return [begins];
    const outcome = ended.answer.outcome === 'PERFORM_OUTCOME_EXECUTED' ? 'executed' : 'refused';
    const { state } = ended.answer;
    return [begins, said(ended.atMs, 'a transition ended', { ...token, outcome, state })];
  });
  // All fakes give themselves the same start id.
  return [said(0, 'the process listens', { startId: `${target} ${life}` }), ...hooks];
}
