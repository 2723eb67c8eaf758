// A coordinator that answers what a test tells it, over real gRPC.

import type { ServerWritableStream } from '@grpc/grpc-js';
import { toStatus } from '../../protos/failure/status.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { CancelRequest__Output } from '../../protos/generated/baton/v1/CancelRequest.ts';
import type { GetCallerResponse } from '../../protos/generated/baton/v1/GetCallerResponse.ts';
import type { GetMachineRequest__Output } from '../../protos/generated/baton/v1/GetMachineRequest.ts';
import type { GetPartitionRequest__Output } from '../../protos/generated/baton/v1/GetPartitionRequest.ts';
import type { ListOperationsRequest__Output } from '../../protos/generated/baton/v1/ListOperationsRequest.ts';
import type { ListRunsRequest__Output } from '../../protos/generated/baton/v1/ListRunsRequest.ts';
import type { Operation__Output } from '../../protos/generated/baton/v1/Operation.ts';
import type { Partition__Output } from '../../protos/generated/baton/v1/Partition.ts';
import type { PartitionSummary__Output } from '../../protos/generated/baton/v1/PartitionSummary.ts';
import type { PlanRequest__Output } from '../../protos/generated/baton/v1/PlanRequest.ts';
import type { ReportPodRequest__Output } from '../../protos/generated/baton/v1/ReportPodRequest.ts';
import type { RolloutRequest__Output } from '../../protos/generated/baton/v1/RolloutRequest.ts';
import type { Run__Output } from '../../protos/generated/baton/v1/Run.ts';
import type { ScaleRequest__Output } from '../../protos/generated/baton/v1/ScaleRequest.ts';
import type { ScaleResponse } from '../../protos/generated/baton/v1/ScaleResponse.ts';
import type { SubmitRequest__Output } from '../../protos/generated/baton/v1/SubmitRequest.ts';
import type { WatchRequest__Output } from '../../protos/generated/baton/v1/WatchRequest.ts';
import type { WatchResponse } from '../../protos/generated/baton/v1/WatchResponse.ts';
import { v1 } from '../../protos/load.ts';
import { dune } from '../../protos/machine/dune.ts';
import { machineToWire } from '../../protos/machine/wire.ts';
import { type Serving, serve } from '../../protos/serve.ts';
import { unary } from '../../protos/unary.ts';
import { operation, partition } from './fixtures.ts';

type Progress = ServerWritableStream<ScaleRequest__Output | RolloutRequest__Output, ScaleResponse>;

type Watcher = ServerWritableStream<WatchRequest__Output, WatchResponse>;

export type Fake = AsyncDisposable & {
  readonly address: string;
  /** What it was asked, in order. */
  readonly submitted: SubmitRequest__Output[];
  readonly cancelled: CancelRequest__Output[];
  readonly planned: PlanRequest__Output[];
  /** The partition that each request named, with the name of the call. */
  readonly named: string[];
  /** The authorization header of each call. */
  readonly shown: string[];
  /** What GetCaller answers. */
  caller: GetCallerResponse;
  /** What it was asked to scale or to roll out. */
  readonly changed: (ScaleRequest__Output | RolloutRequest__Output)[];
  /** What it tells; tests change it. */
  picture: Partition__Output;
  operations: Operation__Output[];
  runs: Run__Output[];
  /** Answers a submit; throws RunControlError to refuse. */
  onSubmit: (request: SubmitRequest__Output) => Operation__Output | Promise<Operation__Output>;
  onReport: (request: ReportPodRequest__Output) => void;
  partitions: PartitionSummary__Output[];
  /** Tells what becomes of a scale or a rollout; throws RunControlError to refuse. */
  onChange: (call: Progress) => void;
  /** Resolves once somebody watches. */
  readonly watched: () => Promise<void>;
  /** Tells all watchers. */
  readonly tell: (change: WatchResponse) => void;
  /** Breaks all streams. */
  readonly breakStreams: () => void;
};

/** Starts one on a free port, or on `listen`. */
export async function startFake(listen = '127.0.0.1:0'): Promise<Fake> {
  const watchers = new Set<Watcher>();
  let onWatch = Promise.withResolvers<void>();
  let revision = 1;
  const fake = {
    submitted: [] as SubmitRequest__Output[],
    cancelled: [] as CancelRequest__Output[],
    planned: [] as PlanRequest__Output[],
    picture: partition(),
    operations: [] as Operation__Output[],
    runs: [] as Run__Output[],
    onSubmit: (request: SubmitRequest__Output): Operation__Output | Promise<Operation__Output> =>
      operation({ id: request.operationId }),
    onReport: (_request: ReportPodRequest__Output): void => {},
    named: [] as string[],
    shown: [] as string[],
    caller: {} as GetCallerResponse,
    changed: [] as (ScaleRequest__Output | RolloutRequest__Output)[],
    partitions: [] as PartitionSummary__Output[],
    onChange: (call: Progress): void => {
      call.end();
    },
  };
  const watch = (call: Watcher) => {
    fake.named.push(`watch ${call.request.partition}`);
    watchers.add(call);
    call.on('cancelled', () => watchers.delete(call));
    call.write({ revision, snapshot: fake.picture });
    onWatch.resolve();
  };
  const handlers = { ...answersOf(fake, () => revision), watch };
  const serving: Serving = await serve({
    listen,
    insecureListen: false,
    services: [{ name: 'baton.v1.Coordinator', definition: v1.Coordinator.service, handlers, access: {} }],
  });
  return Object.assign(fake, {
    address: serving.address,
    watched: () => onWatch.promise,
    tell: (change: WatchResponse) => {
      revision += 1;
      for (const call of watchers) call.write({ ...change, revision });
    },
    breakStreams: () => {
      onWatch = Promise.withResolvers<void>();
      const status = toStatus(new RunControlError('STOPPING', 'the coordinator stops'));
      for (const call of watchers) call.emit('error', status);
      watchers.clear();
    },
    [Symbol.asyncDispose]: () => serving[Symbol.asyncDispose](),
  });
}

type Told = Omit<Fake, 'address' | 'watched' | 'tell' | 'breakStreams' | typeof Symbol.asyncDispose>;

/** What is asked and answered at once. */
function answersOf(fake: Told, revision: () => number) {
  const name = (call: string, { partition }: { readonly partition: string }) =>
    fake.named.push(`${call} ${partition}`);
  const change = (call: Progress) => {
    name('change', call.request);
    fake.changed.push(call.request);
    try {
      fake.onChange(call);
    } catch (error) {
      if (!(error instanceof RunControlError)) throw error;
      call.emit('error', toStatus(error));
    }
  };
  return {
    scale: change,
    rollout: change,
    listPartitions: unary((_, { metadata }) => {
      fake.shown.push(metadata.get('authorization').join());
      return { partitions: fake.partitions };
    }),
    getCaller: unary(() => fake.caller),
    submit: unary(async (request: SubmitRequest__Output) => {
      name('submit', request);
      fake.submitted.push(request);
      return { operation: await fake.onSubmit(request) };
    }),
    plan: unary((request: PlanRequest__Output) => {
      name('plan', request);
      fake.planned.push(request);
      return { operation: operation({ id: '', number: 0, status: 'OPERATION_STATUS_UNSPECIFIED' }) };
    }),
    cancel: unary((request: CancelRequest__Output) => {
      name('cancel', request);
      fake.cancelled.push(request);
      const open = fake.picture.operation;
      if (open === null) throw new RunControlError('UNKNOWN_ID', 'no operation is open');
      return { operation: { ...open, cancelRequested: true } };
    }),
    getPartition: unary((request: GetPartitionRequest__Output) => {
      name('getPartition', request);
      return { revision: revision(), partition: fake.picture };
    }),
    getMachine: unary((request: GetMachineRequest__Output) => {
      name('getMachine', request);
      return { machine: machineToWire(dune) };
    }),
    listOperations: unary((request: ListOperationsRequest__Output) => {
      name('listOperations', request);
      return { operations: fake.operations };
    }),
    listRuns: unary((request: ListRunsRequest__Output) => {
      name('listRuns', request);
      return { runs: fake.runs };
    }),
    reportPod: unary((request: ReportPodRequest__Output) => {
      fake.onReport(request);
      return {};
    }),
  };
}
