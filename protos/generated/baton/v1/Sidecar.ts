// Original file: protos/baton/v1/sidecar.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ControlRequest as _baton_v1_ControlRequest, ControlRequest__Output as _baton_v1_ControlRequest__Output } from '../../baton/v1/ControlRequest.ts';
import type { ControlResponse as _baton_v1_ControlResponse, ControlResponse__Output as _baton_v1_ControlResponse__Output } from '../../baton/v1/ControlResponse.ts';
import type { DescribeMachineRequest as _baton_v1_DescribeMachineRequest, DescribeMachineRequest__Output as _baton_v1_DescribeMachineRequest__Output } from '../../baton/v1/DescribeMachineRequest.ts';
import type { DescribeMachineResponse as _baton_v1_DescribeMachineResponse, DescribeMachineResponse__Output as _baton_v1_DescribeMachineResponse__Output } from '../../baton/v1/DescribeMachineResponse.ts';
import type { GetStateRequest as _baton_v1_GetStateRequest, GetStateRequest__Output as _baton_v1_GetStateRequest__Output } from '../../baton/v1/GetStateRequest.ts';
import type { GetStateResponse as _baton_v1_GetStateResponse, GetStateResponse__Output as _baton_v1_GetStateResponse__Output } from '../../baton/v1/GetStateResponse.ts';
import type { WatchStateRequest as _baton_v1_WatchStateRequest, WatchStateRequest__Output as _baton_v1_WatchStateRequest__Output } from '../../baton/v1/WatchStateRequest.ts';
import type { WatchStateResponse as _baton_v1_WatchStateResponse, WatchStateResponse__Output as _baton_v1_WatchStateResponse__Output } from '../../baton/v1/WatchStateResponse.ts';

/**
 * The sidecar's gRPC face. It owns the truth of one process.
 */
export interface SidecarClient extends grpc.Client {
  /**
   * The coordinator's stream: requests down, answers and observations up. Hello comes first, Welcome
   * answers it. A stream belongs to one epoch; a higher epoch, or a newer stream of the same epoch,
   * closes the older one and drops what it had queued.
   */
  Control(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_baton_v1_ControlRequest, _baton_v1_ControlResponse__Output>;
  Control(options?: grpc.CallOptions): grpc.ClientDuplexStream<_baton_v1_ControlRequest, _baton_v1_ControlResponse__Output>;
  /**
   * The coordinator's stream: requests down, answers and observations up. Hello comes first, Welcome
   * answers it. A stream belongs to one epoch; a higher epoch, or a newer stream of the same epoch,
   * closes the older one and drops what it had queued.
   */
  control(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_baton_v1_ControlRequest, _baton_v1_ControlResponse__Output>;
  control(options?: grpc.CallOptions): grpc.ClientDuplexStream<_baton_v1_ControlRequest, _baton_v1_ControlResponse__Output>;
  
  /**
   * For people and tools: the machine that this sidecar obeys.
   */
  DescribeMachine(argument: _baton_v1_DescribeMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_DescribeMachineResponse__Output>): grpc.ClientUnaryCall;
  DescribeMachine(argument: _baton_v1_DescribeMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_DescribeMachineResponse__Output>): grpc.ClientUnaryCall;
  DescribeMachine(argument: _baton_v1_DescribeMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_DescribeMachineResponse__Output>): grpc.ClientUnaryCall;
  DescribeMachine(argument: _baton_v1_DescribeMachineRequest, callback: grpc.requestCallback<_baton_v1_DescribeMachineResponse__Output>): grpc.ClientUnaryCall;
  /**
   * For people and tools: the machine that this sidecar obeys.
   */
  describeMachine(argument: _baton_v1_DescribeMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_DescribeMachineResponse__Output>): grpc.ClientUnaryCall;
  describeMachine(argument: _baton_v1_DescribeMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_DescribeMachineResponse__Output>): grpc.ClientUnaryCall;
  describeMachine(argument: _baton_v1_DescribeMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_DescribeMachineResponse__Output>): grpc.ClientUnaryCall;
  describeMachine(argument: _baton_v1_DescribeMachineRequest, callback: grpc.requestCallback<_baton_v1_DescribeMachineResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * For people and tools: the present state.
   */
  GetState(argument: _baton_v1_GetStateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetStateResponse__Output>): grpc.ClientUnaryCall;
  GetState(argument: _baton_v1_GetStateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_GetStateResponse__Output>): grpc.ClientUnaryCall;
  GetState(argument: _baton_v1_GetStateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetStateResponse__Output>): grpc.ClientUnaryCall;
  GetState(argument: _baton_v1_GetStateRequest, callback: grpc.requestCallback<_baton_v1_GetStateResponse__Output>): grpc.ClientUnaryCall;
  /**
   * For people and tools: the present state.
   */
  getState(argument: _baton_v1_GetStateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetStateResponse__Output>): grpc.ClientUnaryCall;
  getState(argument: _baton_v1_GetStateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_GetStateResponse__Output>): grpc.ClientUnaryCall;
  getState(argument: _baton_v1_GetStateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetStateResponse__Output>): grpc.ClientUnaryCall;
  getState(argument: _baton_v1_GetStateRequest, callback: grpc.requestCallback<_baton_v1_GetStateResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * For people and tools: the present state at once, then each change.
   */
  WatchState(argument: _baton_v1_WatchStateRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_WatchStateResponse__Output>;
  WatchState(argument: _baton_v1_WatchStateRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_WatchStateResponse__Output>;
  /**
   * For people and tools: the present state at once, then each change.
   */
  watchState(argument: _baton_v1_WatchStateRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_WatchStateResponse__Output>;
  watchState(argument: _baton_v1_WatchStateRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_WatchStateResponse__Output>;
  
}

/**
 * The sidecar's gRPC face. It owns the truth of one process.
 */
export interface SidecarHandlers extends grpc.UntypedServiceImplementation {
  /**
   * The coordinator's stream: requests down, answers and observations up. Hello comes first, Welcome
   * answers it. A stream belongs to one epoch; a higher epoch, or a newer stream of the same epoch,
   * closes the older one and drops what it had queued.
   */
  Control: grpc.handleBidiStreamingCall<_baton_v1_ControlRequest__Output, _baton_v1_ControlResponse>;
  
  /**
   * For people and tools: the machine that this sidecar obeys.
   */
  DescribeMachine: grpc.handleUnaryCall<_baton_v1_DescribeMachineRequest__Output, _baton_v1_DescribeMachineResponse>;
  
  /**
   * For people and tools: the present state.
   */
  GetState: grpc.handleUnaryCall<_baton_v1_GetStateRequest__Output, _baton_v1_GetStateResponse>;
  
  /**
   * For people and tools: the present state at once, then each change.
   */
  WatchState: grpc.handleServerStreamingCall<_baton_v1_WatchStateRequest__Output, _baton_v1_WatchStateResponse>;
  
}

export interface SidecarDefinition extends grpc.ServiceDefinition {
  Control: MethodDefinition<_baton_v1_ControlRequest, _baton_v1_ControlResponse, _baton_v1_ControlRequest__Output, _baton_v1_ControlResponse__Output>
  DescribeMachine: MethodDefinition<_baton_v1_DescribeMachineRequest, _baton_v1_DescribeMachineResponse, _baton_v1_DescribeMachineRequest__Output, _baton_v1_DescribeMachineResponse__Output>
  GetState: MethodDefinition<_baton_v1_GetStateRequest, _baton_v1_GetStateResponse, _baton_v1_GetStateRequest__Output, _baton_v1_GetStateResponse__Output>
  WatchState: MethodDefinition<_baton_v1_WatchStateRequest, _baton_v1_WatchStateResponse, _baton_v1_WatchStateRequest__Output, _baton_v1_WatchStateResponse__Output>
}
