// The miniature DAQ in pods, a coordinator beside it, and a person at the command line: installed by the charts as a
// user would, seen by a client that watches, and held to every promise at the end.

import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COORDINATOR_PORT, SIDECAR_CONTAINER } from '../../coordinator/cluster/names.ts';
import { rowOfLine, snapshotOfLine } from '../../coordinator/journal/object/line.ts';
import { parseSpec } from '../../coordinator/journal/object/spec.ts';
import type { Dialling } from '../../protos/credentials/dialling.ts';
import { builtinMachine } from '../../protos/machine/builtin.ts';
import type { Machine } from '../../protos/machine/table.ts';
import type { Faults } from '../daq/process/faults.ts';
import { ROLES } from '../daq/run/names.ts';
import { type Report, verifyRun } from '../daq/verify.ts';
import { judge } from '../e2e/daq.ts';
import { type Eye, openEye } from '../e2e/eye.ts';
import { type JournalTrace, traceOf } from '../e2e/fromJournal.ts';
import { preStopAnswersIn } from '../e2e/fromLogs.ts';
import { historyOf } from '../e2e/history.ts';
import { baton, type Running, type Said, startBatonHere } from '../e2e/person.ts';
import { untilReadOut } from '../e2e/site.ts';
import type { HistoryEvent } from '../promises/history.ts';
import type { Changes } from './charts/minidaq.ts';
import {
  BATON,
  installBaton,
  installMinidaq,
  type MinidaqOptions,
  type Release,
  tokenOf,
} from './install.ts';
import { NODES } from './nodes.ts';
import { followPodLogs, type PodLogs } from './podLogs.ts';
import { openSite, type Site, type SiteOptions } from './site.ts';

/** Name of the partition and of its release. */
export const PARTITION = 'mini';

/** The processes of the miniature DAQ as the charts deploy them. */
export const TARGETS = [
  'trigger-0',
  ...[0, 1, 2, 3].map((ordinal) => `readout-${ordinal}`),
  'builder-0',
  'builder-1',
  'writer-0',
] as const;

/** Name of a target's pod. */
export function podOf(target: string): string {
  return `${PARTITION}-${target}`;
}

/** Name of the node on which it is. */
export function nodeOf({ site }: Pick<JudgedDaq, 'site'>, target: string): Promise<string> {
  return site.kubectl('get', 'pod', podOf(target), '--output=jsonpath={.spec.nodeName}');
}

/** Container of the process in each pod. */
export const PROCESS_CONTAINER = 'daq';

/** How long pods may need to be placed and started, in milliseconds: after an outage of the API server over a minute. */
const PLACED_MS = 150_000;

/** Each process looks for its faults beside its data. */
const FAULTS = 'faults';
const FAULTY = Object.fromEntries(
  ROLES.map((role) => [role, [`--faults=/data/${FAULTS}/${role}-$(BATON_ORDINAL).json`]]),
);

/** The network of the cluster is this machine. */
const DIALLING: Dialling = { kind: 'plaintext', beyond: true };
const INSECURE = { BATON_INSECURE: '1', BATON_INSECURE_TOKEN: '1' };

/** Two cores carry all of it, and the tests: a step may take longer than on a machine of its own. */
const UNHURRIED = { timeouts: { disable_triggers: '10s' } };
const GRACE = { stop: { gracePeriod: '130s' } };

function patient(segments: Changes = {}): Changes {
  return Object.fromEntries(ROLES.map((role) => [role, { ...GRACE, ...segments[role] }]));
}

export type JudgedDaq = AsyncDisposable & {
  readonly site: Site;
  /** Upgrades the DAQ's own release to the charts and images of `release`; undefined: of this checkout. */
  readonly deploy: (release: Release | undefined) => Promise<void>;
  /** `host:port` of the coordinator's Service. */
  readonly address: string;
  /** Folder of ledgers and files. */
  readonly data: string;
  readonly eye: Eye;
  readonly logs: PodLogs;
  /** Runs one command line to its end. */
  readonly baton: (line: string) => Promise<Said>;
  /** Begins to run one command line. */
  readonly startBaton: (line: string) => Running;
  /** Resolves once the hook of that transition runs at the target. */
  readonly begins: (target: string, transition: string) => Promise<void>;
  /** Resolves once readout-0 has read out that many fragments of the run. */
  readonly readOut: (run: number, fragments: number) => Promise<void>;
  /** From now on this target has these faults, and no others. */
  readonly suffer: (target: string, faults: Faults) => void;
  /** What became of the fragments of a run. */
  readonly verify: (run: number) => Promise<Report>;
  /** Holds what has happened to every promise, by its journal as it is now or as whoever followed it knows. Throws PromiseBroken. */
  readonly judged: (journal?: JournalTrace) => Promise<readonly HistoryEvent[]>;
  /** Keeps what every container has said: of lives that are over, the dump of a namespace tells nothing. */
  readonly keepLogs: () => void;
};

export type JudgedOptions = MinidaqOptions &
  Pick<SiteOptions, 'cluster'> & {
    /** Names all targets, when others than TARGETS. */
    readonly targets?: readonly string[];
    /** Names those that come later: they are not waited for, and judged like the others. */
    readonly later?: readonly string[];
  };

/** Installs coordinator and DAQ in a namespace of their own, and waits until every process is attached. */
export async function openJudgedDaq(name: string, options: JudgedOptions = {}): Promise<JudgedDaq> {
  const { targets = TARGETS, later = [], cluster, ...deployed } = options;
  await using begun = new AsyncDisposableStack();
  const site = begun.use(await openSite(name, cluster === undefined ? {} : { cluster }));
  const data = await site.volume('data');
  const logs = begun.use(followPodLogs(NODES, [site.namespace]));
  const deploy = (release: Release | undefined) =>
    installMinidaq(site, PARTITION, {
      ...deployed,
      spec: { ...UNHURRIED, ...deployed.spec },
      segments: patient(deployed.segments),
      values: { args: FAULTY, ...deployed.values },
      release,
    });
  await installBaton(site, {}, deployed.release);
  await deploy(deployed.release);
  const address = await addressOf(site);
  const token = await tokenOf(site, 'admin');
  const environment = { ...INSECURE, BATON_TOKEN: token };
  const eye = begun.use(openEye(address, DIALLING, token));
  await eye.until(
    'all are attached',
    (picture) => targets.every((target) => picture.targets.get(target)?.view.attached === true),
    PLACED_MS,
  );
  const held = begun.move();
  return {
    site,
    deploy,
    address,
    data,
    eye,
    logs,
    baton: (line) => baton(address, line, environment),
    startBaton: (line) => startBatonHere(address, line, environment),
    begins: async (target, transition) => {
      await eye.until(`${target} does ${transition}`, (picture) => {
        return picture.targets.get(target)?.view.doing === transition;
      });
    },
    readOut: (run, fragments) => untilReadOut(data, run, fragments),
    suffer: (target, faults) => suffer(data, target, faults),
    verify: (run) => verifyRun(data, run),
    judged: (journal) => judged({ site, data, eye, logs, targets: [...targets, ...later], journal }),
    keepLogs: () => keepLogs(site, logs),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** Written whole: a process reads it at any time. */
function suffer(data: string, target: string, faults: Faults): void {
  mkdirSync(join(data, FAULTS), { recursive: true });
  const file = join(data, FAULTS, `${target}.json`);
  writeFileSync(`${file}.new`, JSON.stringify(faults));
  renameSync(`${file}.new`, file);
}

/** The address of the Service: it leads to whoever leads. */
async function addressOf(site: Site): Promise<string> {
  const host = await site.kubectl('get', 'service', BATON, '--output=jsonpath={.spec.clusterIP}');
  return `${host}:${COORDINATOR_PORT}`;
}

type Seen = Pick<JudgedDaq, 'site' | 'data' | 'eye' | 'logs'> & {
  readonly targets: readonly string[];
  readonly journal: JournalTrace | undefined;
};

async function judged({ site, data, eye, logs, targets, journal }: Seen): Promise<readonly HistoryEvent[]> {
  const machine = builtinMachine('dune');
  if (machine === undefined) throw new Error('dune is built in');
  const history = await historyOf({
    journal: journal ?? (await journalOf(site)),
    machine,
    targets,
    data,
    seen: eye.happened,
    ends: targets.flatMap((target) => endsOf(target, logs, machine)),
    log: (name) => logs.entries(containerOf(name)),
  });
  try {
    judge(history);
  } catch (error) {
    site.keep('history.jsonl', history.map((event) => `${JSON.stringify(event)}\n`).join(''));
    keepLogs(site, logs);
    throw error;
  }
  return history;
}

function keepLogs(site: Site, logs: PodLogs): void {
  for (const life of logs.lives()) {
    const { pod, container, restart } = life;
    site.keep(`${pod}.${container}.${restart}.log`, logs.lines(life).join('\n'));
  }
}

/** How the hooks of all pods that had the target's name were answered. */
function endsOf(target: string, logs: PodLogs, machine: Machine): readonly HistoryEvent[] {
  const pod = podOf(target);
  const uids = new Set(logs.lives({ pod }).map(({ uid }) => uid));
  return [...uids].flatMap((uid) => {
    const said = (container: string) => logs.entries({ pod, uid, container });
    return preStopAnswersIn(said(PROCESS_CONTAINER), said(SIDECAR_CONTAINER), machine);
  });
}

/** Whose log the history means by `readout-3`, `readout-3.sidecar` and `coordinator`. */
function containerOf(name: string): { readonly pod?: string; readonly container: string } {
  if (name === 'coordinator') return { container: 'coordinator' };
  const [target = '', part] = name.split('.');
  const container = part === 'sidecar' ? SIDECAR_CONTAINER : PROCESS_CONTAINER;
  return { pod: podOf(target), container };
}

async function journalOf(site: Site): Promise<JournalTrace> {
  const object = await site.get('journals.baton.dev', PARTITION);
  const raw = typeof object === 'object' && object !== null && 'spec' in object ? object.spec : undefined;
  const { spec, end } = parseSpec(PARTITION, raw);
  return traceOf({
    snapshot: spec.snapshot === '' ? undefined : snapshotOfLine(spec.snapshot),
    rows: spec.records.flatMap((line) => rowOfLine(line) ?? []),
    state: end.state,
  });
}
