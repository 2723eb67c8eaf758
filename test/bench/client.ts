// The side that asks: a process of its own for each way, so that its processor time is its own. It starts
// the hosts of its targets.

import { assert } from '../../protos/failure/invariant.ts';
import { answerParent, type Child, startChild } from './child.ts';
import {
  type ClientSetting,
  clientQuestion,
  cpuSoFar,
  type HostedPlaces,
  hosted,
  type Ran,
  type Sizes,
  type Way,
} from './messages.ts';

/** A way with all its targets connected. */
export type Fleet = {
  /** One operation: everybody is asked, everybody has answered, and what has to be durable is. */
  operate(): Promise<void>;
  /** How much an operation writes; nothing where it writes nothing. */
  sizes(): Sizes;
};

type Connect = (setting: ClientSetting, places: HostedPlaces) => Promise<Fleet>;

/** Each process loads only what its own way needs. */
const CONNECT: Readonly<Record<Way, () => Promise<Connect>>> = {
  product: async () => (await import('./product/coordinator.ts')).leadProduct,
  floor: async () => (await import('./floor/client.ts')).connectFloor,
  bare: async () => (await import('./bare/client.ts')).connectBare,
};

type Started = { readonly fleet: Fleet; readonly hosts: readonly Child[] };

let started: Started | undefined;
let hostsCpuUs = 0;

answerParent(async (raw) => {
  const question = clientQuestion.parse(raw);
  if (question.ask === 'start') {
    started = await start(question.setting);
    hostsCpuUs = await cpuOf(started.hosts);
    return {};
  }
  assert(started !== undefined, 'a client is started first');
  return question.ask === 'run' ? run(started, question.operations) : started.fleet.sizes();
});

async function start(setting: ClientSetting): Promise<Started> {
  const { way, targets, hosts: count, directories, log, sizes, profiles } = setting;
  const each = Math.ceil(targets / count);
  const hosts: Child[] = [];
  const places: HostedPlaces = [];
  for (let first = 0; first < targets; first += each) {
    const host = startChild({ file: 'host.ts', profiles, name: `${way}-host-${hosts.length}-of-${targets}` });
    hosts.push(host);
    const share = { way, first, targets: Math.min(each, targets - first), directories, log, sizes };
    const answer = await host.ask({ ask: 'start', setting: share }, hosted);
    places.push(...answer.places);
  }
  const connect = await CONNECT[way]();
  return { fleet: await connect(setting, places), hosts };
}

async function run({ fleet, hosts }: Started, operations: number): Promise<Ran> {
  const wallsMs: number[] = [];
  const cpu = process.cpuUsage();
  for (let done = 0; done < operations; done += 1) {
    const begunMs = performance.now();
    await fleet.operate();
    wallsMs.push(performance.now() - begunMs);
  }
  const { user, system } = process.cpuUsage(cpu);
  const before = hostsCpuUs;
  hostsCpuUs = await cpuOf(hosts);
  return { wallsMs, clientCpuUs: user + system, hostsCpuUs: hostsCpuUs - before };
}

async function cpuOf(hosts: readonly Child[]): Promise<number> {
  const answers = await Promise.all(hosts.map((host) => host.ask({ ask: 'cpu' }, cpuSoFar)));
  return answers.reduce((sum, { cpuUs }) => sum + cpuUs, 0);
}
