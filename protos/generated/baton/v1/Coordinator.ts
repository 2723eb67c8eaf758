// Original file: protos/baton/v1/coordinator.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CancelRequest as _baton_v1_CancelRequest, CancelRequest__Output as _baton_v1_CancelRequest__Output } from '../../baton/v1/CancelRequest.ts';
import type { CancelResponse as _baton_v1_CancelResponse, CancelResponse__Output as _baton_v1_CancelResponse__Output } from '../../baton/v1/CancelResponse.ts';
import type { GetCallerRequest as _baton_v1_GetCallerRequest, GetCallerRequest__Output as _baton_v1_GetCallerRequest__Output } from '../../baton/v1/GetCallerRequest.ts';
import type { GetCallerResponse as _baton_v1_GetCallerResponse, GetCallerResponse__Output as _baton_v1_GetCallerResponse__Output } from '../../baton/v1/GetCallerResponse.ts';
import type { GetMachineRequest as _baton_v1_GetMachineRequest, GetMachineRequest__Output as _baton_v1_GetMachineRequest__Output } from '../../baton/v1/GetMachineRequest.ts';
import type { GetMachineResponse as _baton_v1_GetMachineResponse, GetMachineResponse__Output as _baton_v1_GetMachineResponse__Output } from '../../baton/v1/GetMachineResponse.ts';
import type { GetPartitionRequest as _baton_v1_GetPartitionRequest, GetPartitionRequest__Output as _baton_v1_GetPartitionRequest__Output } from '../../baton/v1/GetPartitionRequest.ts';
import type { GetPartitionResponse as _baton_v1_GetPartitionResponse, GetPartitionResponse__Output as _baton_v1_GetPartitionResponse__Output } from '../../baton/v1/GetPartitionResponse.ts';
import type { ListOperationsRequest as _baton_v1_ListOperationsRequest, ListOperationsRequest__Output as _baton_v1_ListOperationsRequest__Output } from '../../baton/v1/ListOperationsRequest.ts';
import type { ListOperationsResponse as _baton_v1_ListOperationsResponse, ListOperationsResponse__Output as _baton_v1_ListOperationsResponse__Output } from '../../baton/v1/ListOperationsResponse.ts';
import type { ListPartitionsRequest as _baton_v1_ListPartitionsRequest, ListPartitionsRequest__Output as _baton_v1_ListPartitionsRequest__Output } from '../../baton/v1/ListPartitionsRequest.ts';
import type { ListPartitionsResponse as _baton_v1_ListPartitionsResponse, ListPartitionsResponse__Output as _baton_v1_ListPartitionsResponse__Output } from '../../baton/v1/ListPartitionsResponse.ts';
import type { ListRunsRequest as _baton_v1_ListRunsRequest, ListRunsRequest__Output as _baton_v1_ListRunsRequest__Output } from '../../baton/v1/ListRunsRequest.ts';
import type { ListRunsResponse as _baton_v1_ListRunsResponse, ListRunsResponse__Output as _baton_v1_ListRunsResponse__Output } from '../../baton/v1/ListRunsResponse.ts';
import type { PlanRequest as _baton_v1_PlanRequest, PlanRequest__Output as _baton_v1_PlanRequest__Output } from '../../baton/v1/PlanRequest.ts';
import type { PlanResponse as _baton_v1_PlanResponse, PlanResponse__Output as _baton_v1_PlanResponse__Output } from '../../baton/v1/PlanResponse.ts';
import type { ReportPodRequest as _baton_v1_ReportPodRequest, ReportPodRequest__Output as _baton_v1_ReportPodRequest__Output } from '../../baton/v1/ReportPodRequest.ts';
import type { ReportPodResponse as _baton_v1_ReportPodResponse, ReportPodResponse__Output as _baton_v1_ReportPodResponse__Output } from '../../baton/v1/ReportPodResponse.ts';
import type { RolloutRequest as _baton_v1_RolloutRequest, RolloutRequest__Output as _baton_v1_RolloutRequest__Output } from '../../baton/v1/RolloutRequest.ts';
import type { RolloutResponse as _baton_v1_RolloutResponse, RolloutResponse__Output as _baton_v1_RolloutResponse__Output } from '../../baton/v1/RolloutResponse.ts';
import type { ScaleRequest as _baton_v1_ScaleRequest, ScaleRequest__Output as _baton_v1_ScaleRequest__Output } from '../../baton/v1/ScaleRequest.ts';
import type { ScaleResponse as _baton_v1_ScaleResponse, ScaleResponse__Output as _baton_v1_ScaleResponse__Output } from '../../baton/v1/ScaleResponse.ts';
import type { SubmitRequest as _baton_v1_SubmitRequest, SubmitRequest__Output as _baton_v1_SubmitRequest__Output } from '../../baton/v1/SubmitRequest.ts';
import type { SubmitResponse as _baton_v1_SubmitResponse, SubmitResponse__Output as _baton_v1_SubmitResponse__Output } from '../../baton/v1/SubmitResponse.ts';
import type { WatchRequest as _baton_v1_WatchRequest, WatchRequest__Output as _baton_v1_WatchRequest__Output } from '../../baton/v1/WatchRequest.ts';
import type { WatchResponse as _baton_v1_WatchResponse, WatchResponse__Output as _baton_v1_WatchResponse__Output } from '../../baton/v1/WatchResponse.ts';

/**
 * What operators and tools talk to. Only the leader answers; a standby says UNAVAILABLE with the
 * leader's address. Errors carry the status codes of the project's one table.
 */
export interface CoordinatorClient extends grpc.Client {
  /**
   * Ends the open operation after its present wave.
   */
  Cancel(argument: _baton_v1_CancelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  Cancel(argument: _baton_v1_CancelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  Cancel(argument: _baton_v1_CancelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  Cancel(argument: _baton_v1_CancelRequest, callback: grpc.requestCallback<_baton_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Ends the open operation after its present wave.
   */
  cancel(argument: _baton_v1_CancelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  cancel(argument: _baton_v1_CancelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  cancel(argument: _baton_v1_CancelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  cancel(argument: _baton_v1_CancelRequest, callback: grpc.requestCallback<_baton_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Who is asking, and what they may do with a partition.
   */
  GetCaller(argument: _baton_v1_GetCallerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetCallerResponse__Output>): grpc.ClientUnaryCall;
  GetCaller(argument: _baton_v1_GetCallerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_GetCallerResponse__Output>): grpc.ClientUnaryCall;
  GetCaller(argument: _baton_v1_GetCallerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetCallerResponse__Output>): grpc.ClientUnaryCall;
  GetCaller(argument: _baton_v1_GetCallerRequest, callback: grpc.requestCallback<_baton_v1_GetCallerResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Who is asking, and what they may do with a partition.
   */
  getCaller(argument: _baton_v1_GetCallerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetCallerResponse__Output>): grpc.ClientUnaryCall;
  getCaller(argument: _baton_v1_GetCallerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_GetCallerResponse__Output>): grpc.ClientUnaryCall;
  getCaller(argument: _baton_v1_GetCallerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetCallerResponse__Output>): grpc.ClientUnaryCall;
  getCaller(argument: _baton_v1_GetCallerRequest, callback: grpc.requestCallback<_baton_v1_GetCallerResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * The machine that the partition's targets obey.
   */
  GetMachine(argument: _baton_v1_GetMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetMachineResponse__Output>): grpc.ClientUnaryCall;
  GetMachine(argument: _baton_v1_GetMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_GetMachineResponse__Output>): grpc.ClientUnaryCall;
  GetMachine(argument: _baton_v1_GetMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetMachineResponse__Output>): grpc.ClientUnaryCall;
  GetMachine(argument: _baton_v1_GetMachineRequest, callback: grpc.requestCallback<_baton_v1_GetMachineResponse__Output>): grpc.ClientUnaryCall;
  /**
   * The machine that the partition's targets obey.
   */
  getMachine(argument: _baton_v1_GetMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetMachineResponse__Output>): grpc.ClientUnaryCall;
  getMachine(argument: _baton_v1_GetMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_GetMachineResponse__Output>): grpc.ClientUnaryCall;
  getMachine(argument: _baton_v1_GetMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetMachineResponse__Output>): grpc.ClientUnaryCall;
  getMachine(argument: _baton_v1_GetMachineRequest, callback: grpc.requestCallback<_baton_v1_GetMachineResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Beyond one message (1 MiB, some 4000 targets) it is refused: Watch tells it in parts.
   */
  GetPartition(argument: _baton_v1_GetPartitionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetPartitionResponse__Output>): grpc.ClientUnaryCall;
  GetPartition(argument: _baton_v1_GetPartitionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_GetPartitionResponse__Output>): grpc.ClientUnaryCall;
  GetPartition(argument: _baton_v1_GetPartitionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetPartitionResponse__Output>): grpc.ClientUnaryCall;
  GetPartition(argument: _baton_v1_GetPartitionRequest, callback: grpc.requestCallback<_baton_v1_GetPartitionResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Beyond one message (1 MiB, some 4000 targets) it is refused: Watch tells it in parts.
   */
  getPartition(argument: _baton_v1_GetPartitionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetPartitionResponse__Output>): grpc.ClientUnaryCall;
  getPartition(argument: _baton_v1_GetPartitionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_GetPartitionResponse__Output>): grpc.ClientUnaryCall;
  getPartition(argument: _baton_v1_GetPartitionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetPartitionResponse__Output>): grpc.ClientUnaryCall;
  getPartition(argument: _baton_v1_GetPartitionRequest, callback: grpc.requestCallback<_baton_v1_GetPartitionResponse__Output>): grpc.ClientUnaryCall;
  
  ListOperations(argument: _baton_v1_ListOperationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListOperationsResponse__Output>): grpc.ClientUnaryCall;
  ListOperations(argument: _baton_v1_ListOperationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_ListOperationsResponse__Output>): grpc.ClientUnaryCall;
  ListOperations(argument: _baton_v1_ListOperationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListOperationsResponse__Output>): grpc.ClientUnaryCall;
  ListOperations(argument: _baton_v1_ListOperationsRequest, callback: grpc.requestCallback<_baton_v1_ListOperationsResponse__Output>): grpc.ClientUnaryCall;
  listOperations(argument: _baton_v1_ListOperationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListOperationsResponse__Output>): grpc.ClientUnaryCall;
  listOperations(argument: _baton_v1_ListOperationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_ListOperationsResponse__Output>): grpc.ClientUnaryCall;
  listOperations(argument: _baton_v1_ListOperationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListOperationsResponse__Output>): grpc.ClientUnaryCall;
  listOperations(argument: _baton_v1_ListOperationsRequest, callback: grpc.requestCallback<_baton_v1_ListOperationsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * The partitions that this coordinator leads.
   */
  ListPartitions(argument: _baton_v1_ListPartitionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListPartitionsResponse__Output>): grpc.ClientUnaryCall;
  ListPartitions(argument: _baton_v1_ListPartitionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_ListPartitionsResponse__Output>): grpc.ClientUnaryCall;
  ListPartitions(argument: _baton_v1_ListPartitionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListPartitionsResponse__Output>): grpc.ClientUnaryCall;
  ListPartitions(argument: _baton_v1_ListPartitionsRequest, callback: grpc.requestCallback<_baton_v1_ListPartitionsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * The partitions that this coordinator leads.
   */
  listPartitions(argument: _baton_v1_ListPartitionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListPartitionsResponse__Output>): grpc.ClientUnaryCall;
  listPartitions(argument: _baton_v1_ListPartitionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_ListPartitionsResponse__Output>): grpc.ClientUnaryCall;
  listPartitions(argument: _baton_v1_ListPartitionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListPartitionsResponse__Output>): grpc.ClientUnaryCall;
  listPartitions(argument: _baton_v1_ListPartitionsRequest, callback: grpc.requestCallback<_baton_v1_ListPartitionsResponse__Output>): grpc.ClientUnaryCall;
  
  ListRuns(argument: _baton_v1_ListRunsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListRunsResponse__Output>): grpc.ClientUnaryCall;
  ListRuns(argument: _baton_v1_ListRunsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_ListRunsResponse__Output>): grpc.ClientUnaryCall;
  ListRuns(argument: _baton_v1_ListRunsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListRunsResponse__Output>): grpc.ClientUnaryCall;
  ListRuns(argument: _baton_v1_ListRunsRequest, callback: grpc.requestCallback<_baton_v1_ListRunsResponse__Output>): grpc.ClientUnaryCall;
  listRuns(argument: _baton_v1_ListRunsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListRunsResponse__Output>): grpc.ClientUnaryCall;
  listRuns(argument: _baton_v1_ListRunsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_ListRunsResponse__Output>): grpc.ClientUnaryCall;
  listRuns(argument: _baton_v1_ListRunsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListRunsResponse__Output>): grpc.ClientUnaryCall;
  listRuns(argument: _baton_v1_ListRunsRequest, callback: grpc.requestCallback<_baton_v1_ListRunsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Says what Submit would do now, and does nothing.
   */
  Plan(argument: _baton_v1_PlanRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_PlanResponse__Output>): grpc.ClientUnaryCall;
  Plan(argument: _baton_v1_PlanRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_PlanResponse__Output>): grpc.ClientUnaryCall;
  Plan(argument: _baton_v1_PlanRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_PlanResponse__Output>): grpc.ClientUnaryCall;
  Plan(argument: _baton_v1_PlanRequest, callback: grpc.requestCallback<_baton_v1_PlanResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Says what Submit would do now, and does nothing.
   */
  plan(argument: _baton_v1_PlanRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_PlanResponse__Output>): grpc.ClientUnaryCall;
  plan(argument: _baton_v1_PlanRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_PlanResponse__Output>): grpc.ClientUnaryCall;
  plan(argument: _baton_v1_PlanRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_PlanResponse__Output>): grpc.ClientUnaryCall;
  plan(argument: _baton_v1_PlanRequest, callback: grpc.requestCallback<_baton_v1_PlanResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * For `baton up`, which is the kubelet on one machine: what it knows of a pod.
   */
  ReportPod(argument: _baton_v1_ReportPodRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ReportPodResponse__Output>): grpc.ClientUnaryCall;
  ReportPod(argument: _baton_v1_ReportPodRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_ReportPodResponse__Output>): grpc.ClientUnaryCall;
  ReportPod(argument: _baton_v1_ReportPodRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ReportPodResponse__Output>): grpc.ClientUnaryCall;
  ReportPod(argument: _baton_v1_ReportPodRequest, callback: grpc.requestCallback<_baton_v1_ReportPodResponse__Output>): grpc.ClientUnaryCall;
  /**
   * For `baton up`, which is the kubelet on one machine: what it knows of a pod.
   */
  reportPod(argument: _baton_v1_ReportPodRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ReportPodResponse__Output>): grpc.ClientUnaryCall;
  reportPod(argument: _baton_v1_ReportPodRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_ReportPodResponse__Output>): grpc.ClientUnaryCall;
  reportPod(argument: _baton_v1_ReportPodRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ReportPodResponse__Output>): grpc.ClientUnaryCall;
  reportPod(argument: _baton_v1_ReportPodRequest, callback: grpc.requestCallback<_baton_v1_ReportPodResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Replaces the pods of a segment that are of an older revision of its StatefulSet. Only in a cluster, never in a
   * run. Asked again it goes on from what is true then.
   */
  Rollout(argument: _baton_v1_RolloutRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_RolloutResponse__Output>;
  Rollout(argument: _baton_v1_RolloutRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_RolloutResponse__Output>;
  /**
   * Replaces the pods of a segment that are of an older revision of its StatefulSet. Only in a cluster, never in a
   * run. Asked again it goes on from what is true then.
   */
  rollout(argument: _baton_v1_RolloutRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_RolloutResponse__Output>;
  rollout(argument: _baton_v1_RolloutRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_RolloutResponse__Output>;
  
  /**
   * Brings a segment to another number of members, in order, and tells each step. Only in a cluster. Asked again
   * after a broken connection it goes on from what is true then.
   */
  Scale(argument: _baton_v1_ScaleRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_ScaleResponse__Output>;
  Scale(argument: _baton_v1_ScaleRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_ScaleResponse__Output>;
  /**
   * Brings a segment to another number of members, in order, and tells each step. Only in a cluster. Asked again
   * after a broken connection it goes on from what is true then.
   */
  scale(argument: _baton_v1_ScaleRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_ScaleResponse__Output>;
  scale(argument: _baton_v1_ScaleRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_ScaleResponse__Output>;
  
  /**
   * Asks for an operation. Idempotent: the same id with the same body gets the same answer.
   */
  Submit(argument: _baton_v1_SubmitRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_SubmitResponse__Output>): grpc.ClientUnaryCall;
  Submit(argument: _baton_v1_SubmitRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_SubmitResponse__Output>): grpc.ClientUnaryCall;
  Submit(argument: _baton_v1_SubmitRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_SubmitResponse__Output>): grpc.ClientUnaryCall;
  Submit(argument: _baton_v1_SubmitRequest, callback: grpc.requestCallback<_baton_v1_SubmitResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Asks for an operation. Idempotent: the same id with the same body gets the same answer.
   */
  submit(argument: _baton_v1_SubmitRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_SubmitResponse__Output>): grpc.ClientUnaryCall;
  submit(argument: _baton_v1_SubmitRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_SubmitResponse__Output>): grpc.ClientUnaryCall;
  submit(argument: _baton_v1_SubmitRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_SubmitResponse__Output>): grpc.ClientUnaryCall;
  submit(argument: _baton_v1_SubmitRequest, callback: grpc.requestCallback<_baton_v1_SubmitResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * The whole partition first, in parts when it is large, then each change.
   */
  Watch(argument: _baton_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_WatchResponse__Output>;
  Watch(argument: _baton_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_WatchResponse__Output>;
  /**
   * The whole partition first, in parts when it is large, then each change.
   */
  watch(argument: _baton_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_WatchResponse__Output>;
  watch(argument: _baton_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_WatchResponse__Output>;
  
}

/**
 * What operators and tools talk to. Only the leader answers; a standby says UNAVAILABLE with the
 * leader's address. Errors carry the status codes of the project's one table.
 */
export interface CoordinatorHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Ends the open operation after its present wave.
   */
  Cancel: grpc.handleUnaryCall<_baton_v1_CancelRequest__Output, _baton_v1_CancelResponse>;
  
  /**
   * Who is asking, and what they may do with a partition.
   */
  GetCaller: grpc.handleUnaryCall<_baton_v1_GetCallerRequest__Output, _baton_v1_GetCallerResponse>;
  
  /**
   * The machine that the partition's targets obey.
   */
  GetMachine: grpc.handleUnaryCall<_baton_v1_GetMachineRequest__Output, _baton_v1_GetMachineResponse>;
  
  /**
   * Beyond one message (1 MiB, some 4000 targets) it is refused: Watch tells it in parts.
   */
  GetPartition: grpc.handleUnaryCall<_baton_v1_GetPartitionRequest__Output, _baton_v1_GetPartitionResponse>;
  
  ListOperations: grpc.handleUnaryCall<_baton_v1_ListOperationsRequest__Output, _baton_v1_ListOperationsResponse>;
  
  /**
   * The partitions that this coordinator leads.
   */
  ListPartitions: grpc.handleUnaryCall<_baton_v1_ListPartitionsRequest__Output, _baton_v1_ListPartitionsResponse>;
  
  ListRuns: grpc.handleUnaryCall<_baton_v1_ListRunsRequest__Output, _baton_v1_ListRunsResponse>;
  
  /**
   * Says what Submit would do now, and does nothing.
   */
  Plan: grpc.handleUnaryCall<_baton_v1_PlanRequest__Output, _baton_v1_PlanResponse>;
  
  /**
   * For `baton up`, which is the kubelet on one machine: what it knows of a pod.
   */
  ReportPod: grpc.handleUnaryCall<_baton_v1_ReportPodRequest__Output, _baton_v1_ReportPodResponse>;
  
  /**
   * Replaces the pods of a segment that are of an older revision of its StatefulSet. Only in a cluster, never in a
   * run. Asked again it goes on from what is true then.
   */
  Rollout: grpc.handleServerStreamingCall<_baton_v1_RolloutRequest__Output, _baton_v1_RolloutResponse>;
  
  /**
   * Brings a segment to another number of members, in order, and tells each step. Only in a cluster. Asked again
   * after a broken connection it goes on from what is true then.
   */
  Scale: grpc.handleServerStreamingCall<_baton_v1_ScaleRequest__Output, _baton_v1_ScaleResponse>;
  
  /**
   * Asks for an operation. Idempotent: the same id with the same body gets the same answer.
   */
  Submit: grpc.handleUnaryCall<_baton_v1_SubmitRequest__Output, _baton_v1_SubmitResponse>;
  
  /**
   * The whole partition first, in parts when it is large, then each change.
   */
  Watch: grpc.handleServerStreamingCall<_baton_v1_WatchRequest__Output, _baton_v1_WatchResponse>;
  
}

export interface CoordinatorDefinition extends grpc.ServiceDefinition {
  Cancel: MethodDefinition<_baton_v1_CancelRequest, _baton_v1_CancelResponse, _baton_v1_CancelRequest__Output, _baton_v1_CancelResponse__Output>
  GetCaller: MethodDefinition<_baton_v1_GetCallerRequest, _baton_v1_GetCallerResponse, _baton_v1_GetCallerRequest__Output, _baton_v1_GetCallerResponse__Output>
  GetMachine: MethodDefinition<_baton_v1_GetMachineRequest, _baton_v1_GetMachineResponse, _baton_v1_GetMachineRequest__Output, _baton_v1_GetMachineResponse__Output>
  GetPartition: MethodDefinition<_baton_v1_GetPartitionRequest, _baton_v1_GetPartitionResponse, _baton_v1_GetPartitionRequest__Output, _baton_v1_GetPartitionResponse__Output>
  ListOperations: MethodDefinition<_baton_v1_ListOperationsRequest, _baton_v1_ListOperationsResponse, _baton_v1_ListOperationsRequest__Output, _baton_v1_ListOperationsResponse__Output>
  ListPartitions: MethodDefinition<_baton_v1_ListPartitionsRequest, _baton_v1_ListPartitionsResponse, _baton_v1_ListPartitionsRequest__Output, _baton_v1_ListPartitionsResponse__Output>
  ListRuns: MethodDefinition<_baton_v1_ListRunsRequest, _baton_v1_ListRunsResponse, _baton_v1_ListRunsRequest__Output, _baton_v1_ListRunsResponse__Output>
  Plan: MethodDefinition<_baton_v1_PlanRequest, _baton_v1_PlanResponse, _baton_v1_PlanRequest__Output, _baton_v1_PlanResponse__Output>
  ReportPod: MethodDefinition<_baton_v1_ReportPodRequest, _baton_v1_ReportPodResponse, _baton_v1_ReportPodRequest__Output, _baton_v1_ReportPodResponse__Output>
  Rollout: MethodDefinition<_baton_v1_RolloutRequest, _baton_v1_RolloutResponse, _baton_v1_RolloutRequest__Output, _baton_v1_RolloutResponse__Output>
  Scale: MethodDefinition<_baton_v1_ScaleRequest, _baton_v1_ScaleResponse, _baton_v1_ScaleRequest__Output, _baton_v1_ScaleResponse__Output>
  Submit: MethodDefinition<_baton_v1_SubmitRequest, _baton_v1_SubmitResponse, _baton_v1_SubmitRequest__Output, _baton_v1_SubmitResponse__Output>
  Watch: MethodDefinition<_baton_v1_WatchRequest, _baton_v1_WatchResponse, _baton_v1_WatchRequest__Output, _baton_v1_WatchResponse__Output>
}
