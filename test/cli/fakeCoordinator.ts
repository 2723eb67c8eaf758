// A coordinator that answers what a test tells it, over real gRPC.

import type { ServerWritableStream } from '@grpc/grpc-js';
import { toStatus } from '../../protos/failure/status.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { CancelRequest__Output } from '../../protos/generated/baton/v1/CancelRequest.ts';
import type { Operation__Output } from '../../protos/generated/baton/v1/Operation.ts';
import type { Partition__Output } from '../../protos/generated/baton/v1/Partition.ts';
import type { PlanRequest__Output } from '../../protos/generated/baton/v1/PlanRequest.ts';
import type { ReportPodRequest__Output } from '../../protos/generated/baton/v1/ReportPodRequest.ts';
import type { Run__Output } from '../../protos/generated/baton/v1/Run.ts';
import type { SubmitRequest__Output } from '../../protos/generated/baton/v1/SubmitRequest.ts';
import type { WatchRequest__Output } from '../../protos/generated/baton/v1/WatchRequest.ts';
import type { WatchResponse } from '../../protos/generated/baton/v1/WatchResponse.ts';
import { v1 } from '../../protos/load.ts';
import { dune } from '../../protos/machine/dune.ts';
import { machineToWire } from '../../protos/machine/wire.ts';
import { type Serving, serve } from '../../protos/serve.ts';
import { unary } from '../../protos/unary.ts';
import { operation, partition } from './fixtures.ts';

type Watcher = ServerWritableStream<WatchRequest__Output, WatchResponse>;

export type Fake = AsyncDisposable & {
  readonly address: string;
  /** What it was asked, in order. */
  readonly submitted: SubmitRequest__Output[];
  readonly cancelled: CancelRequest__Output[];
  readonly planned: PlanRequest__Output[];
  /** What it tells; tests change it. */
  picture: Partition__Output;
  operations: Operation__Output[];
  runs: Run__Output[];
  /** Answers a submit; throws RunControlError to refuse. */
  onSubmit: (request: SubmitRequest__Output) => Operation__Output | Promise<Operation__Output>;
  onReport: (request: ReportPodRequest__Output) => void;
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
  };
  const watch = (call: Watcher) => {
    watchers.add(call);
    call.on('cancelled', () => watchers.delete(call));
    call.write({ revision, snapshot: fake.picture });
    onWatch.resolve();
  };
  const handlers = {
    submit: unary(async (request: SubmitRequest__Output) => {
      fake.submitted.push(request);
      return { operation: await fake.onSubmit(request) };
    }),
    plan: unary((request: PlanRequest__Output) => {
      fake.planned.push(request);
      return { operation: operation({ id: '', number: 0, status: 'OPERATION_STATUS_UNSPECIFIED' }) };
    }),
    cancel: unary((request: CancelRequest__Output) => {
      fake.cancelled.push(request);
      const open = fake.picture.operation;
      if (open === null) throw new RunControlError('UNKNOWN_ID', 'no operation is open');
      return { operation: { ...open, cancelRequested: true } };
    }),
    watch,
    getPartition: unary(() => ({ revision, partition: fake.picture })),
    getMachine: unary(() => ({ machine: machineToWire(dune) })),
    listOperations: unary(() => ({ operations: fake.operations })),
    listRuns: unary(() => ({ runs: fake.runs })),
    reportPod: unary((request: ReportPodRequest__Output) => {
      fake.onReport(request);
      return {};
    }),
  };
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
