// Original file: protos/baton/v1/process.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AttachRequest as _baton_v1_AttachRequest, AttachRequest__Output as _baton_v1_AttachRequest__Output } from '../../baton/v1/AttachRequest.ts';
import type { AttachResponse as _baton_v1_AttachResponse, AttachResponse__Output as _baton_v1_AttachResponse__Output } from '../../baton/v1/AttachResponse.ts';
import type { GiveUpRequest as _baton_v1_GiveUpRequest, GiveUpRequest__Output as _baton_v1_GiveUpRequest__Output } from '../../baton/v1/GiveUpRequest.ts';
import type { GiveUpResponse as _baton_v1_GiveUpResponse, GiveUpResponse__Output as _baton_v1_GiveUpResponse__Output } from '../../baton/v1/GiveUpResponse.ts';
import type { ObserveRequest as _baton_v1_ObserveRequest, ObserveRequest__Output as _baton_v1_ObserveRequest__Output } from '../../baton/v1/ObserveRequest.ts';
import type { ObserveResponse as _baton_v1_ObserveResponse, ObserveResponse__Output as _baton_v1_ObserveResponse__Output } from '../../baton/v1/ObserveResponse.ts';
import type { PerformRequest as _baton_v1_PerformRequest, PerformRequest__Output as _baton_v1_PerformRequest__Output } from '../../baton/v1/PerformRequest.ts';
import type { PerformResponse as _baton_v1_PerformResponse, PerformResponse__Output as _baton_v1_PerformResponse__Output } from '../../baton/v1/PerformResponse.ts';

/**
 * What a DAQ process serves so that its sidecar can drive it (the "grpc" adapter).
 * The process listens on loopback; the sidecar beside it is the only client.
 */
export interface ProcessClient extends grpc.Client {
  /**
   * Begins an attachment. A newer attachment replaces the older one: the process drops calls of older
   * attachments that have not begun before it answers, then says truthfully whether it is busy.
   */
  Attach(argument: _baton_v1_AttachRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_AttachResponse__Output>): grpc.ClientUnaryCall;
  Attach(argument: _baton_v1_AttachRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_AttachResponse__Output>): grpc.ClientUnaryCall;
  Attach(argument: _baton_v1_AttachRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_AttachResponse__Output>): grpc.ClientUnaryCall;
  Attach(argument: _baton_v1_AttachRequest, callback: grpc.requestCallback<_baton_v1_AttachResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Begins an attachment. A newer attachment replaces the older one: the process drops calls of older
   * attachments that have not begun before it answers, then says truthfully whether it is busy.
   */
  attach(argument: _baton_v1_AttachRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_AttachResponse__Output>): grpc.ClientUnaryCall;
  attach(argument: _baton_v1_AttachRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_AttachResponse__Output>): grpc.ClientUnaryCall;
  attach(argument: _baton_v1_AttachRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_AttachResponse__Output>): grpc.ClientUnaryCall;
  attach(argument: _baton_v1_AttachRequest, callback: grpc.requestCallback<_baton_v1_AttachResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Asks for the end of the transition that is running, if the process can. The answer does not wait for it.
   */
  GiveUp(argument: _baton_v1_GiveUpRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GiveUpResponse__Output>): grpc.ClientUnaryCall;
  GiveUp(argument: _baton_v1_GiveUpRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_GiveUpResponse__Output>): grpc.ClientUnaryCall;
  GiveUp(argument: _baton_v1_GiveUpRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GiveUpResponse__Output>): grpc.ClientUnaryCall;
  GiveUp(argument: _baton_v1_GiveUpRequest, callback: grpc.requestCallback<_baton_v1_GiveUpResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Asks for the end of the transition that is running, if the process can. The answer does not wait for it.
   */
  giveUp(argument: _baton_v1_GiveUpRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GiveUpResponse__Output>): grpc.ClientUnaryCall;
  giveUp(argument: _baton_v1_GiveUpRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_GiveUpResponse__Output>): grpc.ClientUnaryCall;
  giveUp(argument: _baton_v1_GiveUpRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GiveUpResponse__Output>): grpc.ClientUnaryCall;
  giveUp(argument: _baton_v1_GiveUpRequest, callback: grpc.requestCallback<_baton_v1_GiveUpResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Tells the state at once, then whenever it changes, and at least once in each interval.
   * The end of this stream is how the sidecar notices that the process died.
   */
  Observe(argument: _baton_v1_ObserveRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_ObserveResponse__Output>;
  Observe(argument: _baton_v1_ObserveRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_ObserveResponse__Output>;
  /**
   * Tells the state at once, then whenever it changes, and at least once in each interval.
   * The end of this stream is how the sidecar notices that the process died.
   */
  observe(argument: _baton_v1_ObserveRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_ObserveResponse__Output>;
  observe(argument: _baton_v1_ObserveRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_ObserveResponse__Output>;
  
  /**
   * Takes one transition and answers when it has ended. The answer is the process's own word.
   * A call of an attachment or a start id that is not the present one ends with FAILED_PRECONDITION.
   */
  Perform(argument: _baton_v1_PerformRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_PerformResponse__Output>): grpc.ClientUnaryCall;
  Perform(argument: _baton_v1_PerformRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_PerformResponse__Output>): grpc.ClientUnaryCall;
  Perform(argument: _baton_v1_PerformRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_PerformResponse__Output>): grpc.ClientUnaryCall;
  Perform(argument: _baton_v1_PerformRequest, callback: grpc.requestCallback<_baton_v1_PerformResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Takes one transition and answers when it has ended. The answer is the process's own word.
   * A call of an attachment or a start id that is not the present one ends with FAILED_PRECONDITION.
   */
  perform(argument: _baton_v1_PerformRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_PerformResponse__Output>): grpc.ClientUnaryCall;
  perform(argument: _baton_v1_PerformRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_PerformResponse__Output>): grpc.ClientUnaryCall;
  perform(argument: _baton_v1_PerformRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_PerformResponse__Output>): grpc.ClientUnaryCall;
  perform(argument: _baton_v1_PerformRequest, callback: grpc.requestCallback<_baton_v1_PerformResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * What a DAQ process serves so that its sidecar can drive it (the "grpc" adapter).
 * The process listens on loopback; the sidecar beside it is the only client.
 */
export interface ProcessHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Begins an attachment. A newer attachment replaces the older one: the process drops calls of older
   * attachments that have not begun before it answers, then says truthfully whether it is busy.
   */
  Attach: grpc.handleUnaryCall<_baton_v1_AttachRequest__Output, _baton_v1_AttachResponse>;
  
  /**
   * Asks for the end of the transition that is running, if the process can. The answer does not wait for it.
   */
  GiveUp: grpc.handleUnaryCall<_baton_v1_GiveUpRequest__Output, _baton_v1_GiveUpResponse>;
  
  /**
   * Tells the state at once, then whenever it changes, and at least once in each interval.
   * The end of this stream is how the sidecar notices that the process died.
   */
  Observe: grpc.handleServerStreamingCall<_baton_v1_ObserveRequest__Output, _baton_v1_ObserveResponse>;
  
  /**
   * Takes one transition and answers when it has ended. The answer is the process's own word.
   * A call of an attachment or a start id that is not the present one ends with FAILED_PRECONDITION.
   */
  Perform: grpc.handleUnaryCall<_baton_v1_PerformRequest__Output, _baton_v1_PerformResponse>;
  
}

export interface ProcessDefinition extends grpc.ServiceDefinition {
  Attach: MethodDefinition<_baton_v1_AttachRequest, _baton_v1_AttachResponse, _baton_v1_AttachRequest__Output, _baton_v1_AttachResponse__Output>
  GiveUp: MethodDefinition<_baton_v1_GiveUpRequest, _baton_v1_GiveUpResponse, _baton_v1_GiveUpRequest__Output, _baton_v1_GiveUpResponse__Output>
  Observe: MethodDefinition<_baton_v1_ObserveRequest, _baton_v1_ObserveResponse, _baton_v1_ObserveRequest__Output, _baton_v1_ObserveResponse__Output>
  Perform: MethodDefinition<_baton_v1_PerformRequest, _baton_v1_PerformResponse, _baton_v1_PerformRequest__Output, _baton_v1_PerformResponse__Output>
}
