import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AttachRequest as _baton_v1_AttachRequest, AttachRequest__Output as _baton_v1_AttachRequest__Output } from './baton/v1/AttachRequest.ts';
import type { AttachResponse as _baton_v1_AttachResponse, AttachResponse__Output as _baton_v1_AttachResponse__Output } from './baton/v1/AttachResponse.ts';
import type { GiveUpRequest as _baton_v1_GiveUpRequest, GiveUpRequest__Output as _baton_v1_GiveUpRequest__Output } from './baton/v1/GiveUpRequest.ts';
import type { GiveUpResponse as _baton_v1_GiveUpResponse, GiveUpResponse__Output as _baton_v1_GiveUpResponse__Output } from './baton/v1/GiveUpResponse.ts';
import type { ObserveRequest as _baton_v1_ObserveRequest, ObserveRequest__Output as _baton_v1_ObserveRequest__Output } from './baton/v1/ObserveRequest.ts';
import type { ObserveResponse as _baton_v1_ObserveResponse, ObserveResponse__Output as _baton_v1_ObserveResponse__Output } from './baton/v1/ObserveResponse.ts';
import type { PerformRequest as _baton_v1_PerformRequest, PerformRequest__Output as _baton_v1_PerformRequest__Output } from './baton/v1/PerformRequest.ts';
import type { PerformResponse as _baton_v1_PerformResponse, PerformResponse__Output as _baton_v1_PerformResponse__Output } from './baton/v1/PerformResponse.ts';
import type { ProcessClient as _baton_v1_ProcessClient, ProcessDefinition as _baton_v1_ProcessDefinition } from './baton/v1/Process.ts';
import type { ProcessState as _baton_v1_ProcessState, ProcessState__Output as _baton_v1_ProcessState__Output } from './baton/v1/ProcessState.ts';
import type { Token as _baton_v1_Token, Token__Output as _baton_v1_Token__Output } from './baton/v1/Token.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  baton: {
    v1: {
      AttachRequest: MessageTypeDefinition<_baton_v1_AttachRequest, _baton_v1_AttachRequest__Output>
      AttachResponse: MessageTypeDefinition<_baton_v1_AttachResponse, _baton_v1_AttachResponse__Output>
      GiveUpRequest: MessageTypeDefinition<_baton_v1_GiveUpRequest, _baton_v1_GiveUpRequest__Output>
      GiveUpResponse: MessageTypeDefinition<_baton_v1_GiveUpResponse, _baton_v1_GiveUpResponse__Output>
      ObserveRequest: MessageTypeDefinition<_baton_v1_ObserveRequest, _baton_v1_ObserveRequest__Output>
      ObserveResponse: MessageTypeDefinition<_baton_v1_ObserveResponse, _baton_v1_ObserveResponse__Output>
      PerformOutcome: EnumTypeDefinition
      PerformRequest: MessageTypeDefinition<_baton_v1_PerformRequest, _baton_v1_PerformRequest__Output>
      PerformResponse: MessageTypeDefinition<_baton_v1_PerformResponse, _baton_v1_PerformResponse__Output>
      /**
       * What a DAQ process serves so that its sidecar can drive it (the "grpc" adapter).
       * The process listens on loopback; the sidecar beside it is the only client.
       */
      Process: SubtypeConstructor<typeof grpc.Client, _baton_v1_ProcessClient> & { service: _baton_v1_ProcessDefinition }
      ProcessState: MessageTypeDefinition<_baton_v1_ProcessState, _baton_v1_ProcessState__Output>
      Token: MessageTypeDefinition<_baton_v1_Token, _baton_v1_Token__Output>
    }
  }
}

