// One comparison: the three ways over the same number of targets, taking turns, so that whatever else the
// machine does meets all of them alike.

import { type Child, startChild } from './child.ts';
import type { Places } from './directories.ts';
import { type ClientSetting, type Ran, ran, type Sizes, started, told, WAYS, type Way } from './messages.ts';
import { mean, median, quantile } from './statistics.ts';

/** Operations of one turn: start and stop, so that each turn ends where it began. */
export const OPERATIONS_PER_TURN = 2;

export type Plan = {
  readonly targets: number;
  /** Processes that serve the targets of one way. */
  readonly hosts: number;
  readonly warmUpTurns: number;
  readonly turns: number;
  /** No turn begins after this long, in milliseconds. */
  readonly limitMs: number;
  readonly log: ClientSetting['log'];
  /** Folder for processor profiles, or empty. */
  readonly profiles: string;
};

/** Figures of one way. */
export type Figures = {
  /** Wall time of an operation, in milliseconds. */
  readonly wallMs: { readonly p10: number; readonly median: number; readonly p95: number };
  /** Processor time for one target and operation, in microseconds: median and mean over the turns. */
  readonly clientCpuUs: { readonly median: number; readonly mean: number };
  readonly hostsCpuUs: { readonly median: number; readonly mean: number };
};

export type Comparison = {
  readonly targets: number;
  readonly operations: number;
  readonly sizes: Sizes;
  readonly ways: Readonly<Record<Way, Figures>>;
};

const NOTHING: Sizes = { state: 0, accepted: 0, ended: [] };

export type Watch = {
  /** Ends the comparison, and every process of it. */
  readonly signal?: AbortSignal;
  /** Told what goes on. */
  readonly tell?: (words: string) => void;
};

/** Runs a comparison. Rejects when a process ends before its time, or when the signal aborts. */
export async function compare(plan: Plan, places: Places, { signal, tell }: Watch = {}): Promise<Comparison> {
  await using children = new AsyncDisposableStack();
  const begin = (way: Way): Child =>
    children.use(
      startChild({ file: 'client.ts', profiles: plan.profiles, name: `${way}-${plan.targets}`, signal }),
    );
  const product = begin('product');
  const clients = { product, floor: begin('floor'), bare: begin('bare') };
  const setUp = async (way: Way, sizes: Sizes) => {
    const { targets, hosts, log, profiles } = plan;
    const setting = { way, targets, hosts, directories: places.of(way), log, sizes, profiles };
    await clients[way].ask({ ask: 'start', setting }, started);
  };
  await Promise.all([setUp('product', NOTHING), setUp('bare', NOTHING)]);
  await turn(product);
  const sizes = await product.ask({ ask: 'sizes' }, told);
  await setUp('floor', sizes);
  tell?.(`${plan.targets} targets of each way are connected; they take turns`);
  const samples = await takeTurns(clients, plan, signal);
  const { targets } = plan;
  const ways = {
    product: figuresOf(samples.product, targets),
    floor: figuresOf(samples.floor, targets),
    bare: figuresOf(samples.bare, targets),
  };
  return { targets, operations: samples.product.length * OPERATIONS_PER_TURN, sizes, ways };
}

async function takeTurns(
  clients: Readonly<Record<Way, Child>>,
  { warmUpTurns, turns, limitMs }: Plan,
  signal: AbortSignal | undefined,
): Promise<Record<Way, Ran[]>> {
  const samples: Record<Way, Ran[]> = { product: [], floor: [], bare: [] };
  const begunMs = performance.now();
  for (let taken = -warmUpTurns; taken < turns; taken += 1) {
    for (const way of WAYS) {
      signal?.throwIfAborted();
      const sample = await turn(clients[way]);
      if (taken >= 0) samples[way].push(sample);
    }
    if (performance.now() - begunMs > limitMs && taken >= 0) break;
  }
  return samples;
}

function turn(client: Child): Promise<Ran> {
  return client.ask({ ask: 'run', operations: OPERATIONS_PER_TURN }, ran);
}

function figuresOf(samples: readonly Ran[], targets: number): Figures {
  const wallsMs = samples.flatMap((sample) => sample.wallsMs);
  const perTarget = (cpuUs: number): number => cpuUs / (OPERATIONS_PER_TURN * targets);
  const client = samples.map((sample) => perTarget(sample.clientCpuUs));
  const hosts = samples.map((sample) => perTarget(sample.hostsCpuUs));
  return {
    wallMs: { p10: quantile(wallsMs, 0.1), median: median(wallsMs), p95: quantile(wallsMs, 0.95) },
    clientCpuUs: { median: median(client), mean: mean(client) },
    hostsCpuUs: { median: median(hosts), mean: mean(hosts) },
  };
}
