import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Answer as _baton_v1_Answer, Answer__Output as _baton_v1_Answer__Output } from './baton/v1/Answer.ts';
import type { AttachRequest as _baton_v1_AttachRequest, AttachRequest__Output as _baton_v1_AttachRequest__Output } from './baton/v1/AttachRequest.ts';
import type { AttachResponse as _baton_v1_AttachResponse, AttachResponse__Output as _baton_v1_AttachResponse__Output } from './baton/v1/AttachResponse.ts';
import type { ControlRequest as _baton_v1_ControlRequest, ControlRequest__Output as _baton_v1_ControlRequest__Output } from './baton/v1/ControlRequest.ts';
import type { ControlResponse as _baton_v1_ControlResponse, ControlResponse__Output as _baton_v1_ControlResponse__Output } from './baton/v1/ControlResponse.ts';
import type { DescribeMachineRequest as _baton_v1_DescribeMachineRequest, DescribeMachineRequest__Output as _baton_v1_DescribeMachineRequest__Output } from './baton/v1/DescribeMachineRequest.ts';
import type { DescribeMachineResponse as _baton_v1_DescribeMachineResponse, DescribeMachineResponse__Output as _baton_v1_DescribeMachineResponse__Output } from './baton/v1/DescribeMachineResponse.ts';
import type { Fence as _baton_v1_Fence, Fence__Output as _baton_v1_Fence__Output } from './baton/v1/Fence.ts';
import type { GetStateRequest as _baton_v1_GetStateRequest, GetStateRequest__Output as _baton_v1_GetStateRequest__Output } from './baton/v1/GetStateRequest.ts';
import type { GetStateResponse as _baton_v1_GetStateResponse, GetStateResponse__Output as _baton_v1_GetStateResponse__Output } from './baton/v1/GetStateResponse.ts';
import type { GiveUp as _baton_v1_GiveUp, GiveUp__Output as _baton_v1_GiveUp__Output } from './baton/v1/GiveUp.ts';
import type { GiveUpRequest as _baton_v1_GiveUpRequest, GiveUpRequest__Output as _baton_v1_GiveUpRequest__Output } from './baton/v1/GiveUpRequest.ts';
import type { GiveUpResponse as _baton_v1_GiveUpResponse, GiveUpResponse__Output as _baton_v1_GiveUpResponse__Output } from './baton/v1/GiveUpResponse.ts';
import type { Heartbeat as _baton_v1_Heartbeat, Heartbeat__Output as _baton_v1_Heartbeat__Output } from './baton/v1/Heartbeat.ts';
import type { Hello as _baton_v1_Hello, Hello__Output as _baton_v1_Hello__Output } from './baton/v1/Hello.ts';
import type { LastRequest as _baton_v1_LastRequest, LastRequest__Output as _baton_v1_LastRequest__Output } from './baton/v1/LastRequest.ts';
import type { Leave as _baton_v1_Leave, Leave__Output as _baton_v1_Leave__Output } from './baton/v1/Leave.ts';
import type { Leaving as _baton_v1_Leaving, Leaving__Output as _baton_v1_Leaving__Output } from './baton/v1/Leaving.ts';
import type { Machine as _baton_v1_Machine, Machine__Output as _baton_v1_Machine__Output } from './baton/v1/Machine.ts';
import type { MachineArgument as _baton_v1_MachineArgument, MachineArgument__Output as _baton_v1_MachineArgument__Output } from './baton/v1/MachineArgument.ts';
import type { MachineSequence as _baton_v1_MachineSequence, MachineSequence__Output as _baton_v1_MachineSequence__Output } from './baton/v1/MachineSequence.ts';
import type { MachineState as _baton_v1_MachineState, MachineState__Output as _baton_v1_MachineState__Output } from './baton/v1/MachineState.ts';
import type { MachineTransition as _baton_v1_MachineTransition, MachineTransition__Output as _baton_v1_MachineTransition__Output } from './baton/v1/MachineTransition.ts';
import type { ObserveRequest as _baton_v1_ObserveRequest, ObserveRequest__Output as _baton_v1_ObserveRequest__Output } from './baton/v1/ObserveRequest.ts';
import type { ObserveResponse as _baton_v1_ObserveResponse, ObserveResponse__Output as _baton_v1_ObserveResponse__Output } from './baton/v1/ObserveResponse.ts';
import type { PerformRequest as _baton_v1_PerformRequest, PerformRequest__Output as _baton_v1_PerformRequest__Output } from './baton/v1/PerformRequest.ts';
import type { PerformResponse as _baton_v1_PerformResponse, PerformResponse__Output as _baton_v1_PerformResponse__Output } from './baton/v1/PerformResponse.ts';
import type { PodFacts as _baton_v1_PodFacts, PodFacts__Output as _baton_v1_PodFacts__Output } from './baton/v1/PodFacts.ts';
import type { ProcessClient as _baton_v1_ProcessClient, ProcessDefinition as _baton_v1_ProcessDefinition } from './baton/v1/Process.ts';
import type { ProcessState as _baton_v1_ProcessState, ProcessState__Output as _baton_v1_ProcessState__Output } from './baton/v1/ProcessState.ts';
import type { Request as _baton_v1_Request, Request__Output as _baton_v1_Request__Output } from './baton/v1/Request.ts';
import type { SegmentGroup as _baton_v1_SegmentGroup, SegmentGroup__Output as _baton_v1_SegmentGroup__Output } from './baton/v1/SegmentGroup.ts';
import type { SequenceStep as _baton_v1_SequenceStep, SequenceStep__Output as _baton_v1_SequenceStep__Output } from './baton/v1/SequenceStep.ts';
import type { Settle as _baton_v1_Settle, Settle__Output as _baton_v1_Settle__Output } from './baton/v1/Settle.ts';
import type { Settled as _baton_v1_Settled, Settled__Output as _baton_v1_Settled__Output } from './baton/v1/Settled.ts';
import type { SidecarClient as _baton_v1_SidecarClient, SidecarDefinition as _baton_v1_SidecarDefinition } from './baton/v1/Sidecar.ts';
import type { State as _baton_v1_State, State__Output as _baton_v1_State__Output } from './baton/v1/State.ts';
import type { Token as _baton_v1_Token, Token__Output as _baton_v1_Token__Output } from './baton/v1/Token.ts';
import type { WatchStateRequest as _baton_v1_WatchStateRequest, WatchStateRequest__Output as _baton_v1_WatchStateRequest__Output } from './baton/v1/WatchStateRequest.ts';
import type { WatchStateResponse as _baton_v1_WatchStateResponse, WatchStateResponse__Output as _baton_v1_WatchStateResponse__Output } from './baton/v1/WatchStateResponse.ts';
import type { Welcome as _baton_v1_Welcome, Welcome__Output as _baton_v1_Welcome__Output } from './baton/v1/Welcome.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  baton: {
    v1: {
      Answer: MessageTypeDefinition<_baton_v1_Answer, _baton_v1_Answer__Output>
      AnswerKind: EnumTypeDefinition
      ArgumentType: EnumTypeDefinition
      AttachRequest: MessageTypeDefinition<_baton_v1_AttachRequest, _baton_v1_AttachRequest__Output>
      AttachResponse: MessageTypeDefinition<_baton_v1_AttachResponse, _baton_v1_AttachResponse__Output>
      ControlRequest: MessageTypeDefinition<_baton_v1_ControlRequest, _baton_v1_ControlRequest__Output>
      ControlResponse: MessageTypeDefinition<_baton_v1_ControlResponse, _baton_v1_ControlResponse__Output>
      DescribeMachineRequest: MessageTypeDefinition<_baton_v1_DescribeMachineRequest, _baton_v1_DescribeMachineRequest__Output>
      DescribeMachineResponse: MessageTypeDefinition<_baton_v1_DescribeMachineResponse, _baton_v1_DescribeMachineResponse__Output>
      Fence: MessageTypeDefinition<_baton_v1_Fence, _baton_v1_Fence__Output>
      GetStateRequest: MessageTypeDefinition<_baton_v1_GetStateRequest, _baton_v1_GetStateRequest__Output>
      GetStateResponse: MessageTypeDefinition<_baton_v1_GetStateResponse, _baton_v1_GetStateResponse__Output>
      GiveUp: MessageTypeDefinition<_baton_v1_GiveUp, _baton_v1_GiveUp__Output>
      GiveUpRequest: MessageTypeDefinition<_baton_v1_GiveUpRequest, _baton_v1_GiveUpRequest__Output>
      GiveUpResponse: MessageTypeDefinition<_baton_v1_GiveUpResponse, _baton_v1_GiveUpResponse__Output>
      Heartbeat: MessageTypeDefinition<_baton_v1_Heartbeat, _baton_v1_Heartbeat__Output>
      Hello: MessageTypeDefinition<_baton_v1_Hello, _baton_v1_Hello__Output>
      LastRequest: MessageTypeDefinition<_baton_v1_LastRequest, _baton_v1_LastRequest__Output>
      Leave: MessageTypeDefinition<_baton_v1_Leave, _baton_v1_Leave__Output>
      LeaveMode: EnumTypeDefinition
      Leaving: MessageTypeDefinition<_baton_v1_Leaving, _baton_v1_Leaving__Output>
      Machine: MessageTypeDefinition<_baton_v1_Machine, _baton_v1_Machine__Output>
      MachineArgument: MessageTypeDefinition<_baton_v1_MachineArgument, _baton_v1_MachineArgument__Output>
      MachineSequence: MessageTypeDefinition<_baton_v1_MachineSequence, _baton_v1_MachineSequence__Output>
      MachineState: MessageTypeDefinition<_baton_v1_MachineState, _baton_v1_MachineState__Output>
      MachineTransition: MessageTypeDefinition<_baton_v1_MachineTransition, _baton_v1_MachineTransition__Output>
      ObserveRequest: MessageTypeDefinition<_baton_v1_ObserveRequest, _baton_v1_ObserveRequest__Output>
      ObserveResponse: MessageTypeDefinition<_baton_v1_ObserveResponse, _baton_v1_ObserveResponse__Output>
      OnFailure: EnumTypeDefinition
      PerformOutcome: EnumTypeDefinition
      PerformRequest: MessageTypeDefinition<_baton_v1_PerformRequest, _baton_v1_PerformRequest__Output>
      PerformResponse: MessageTypeDefinition<_baton_v1_PerformResponse, _baton_v1_PerformResponse__Output>
      PodFacts: MessageTypeDefinition<_baton_v1_PodFacts, _baton_v1_PodFacts__Output>
      /**
       * What a DAQ process serves so that its sidecar can drive it (the "grpc" adapter).
       * The process listens on loopback; the sidecar beside it is the only client.
       */
      Process: SubtypeConstructor<typeof grpc.Client, _baton_v1_ProcessClient> & { service: _baton_v1_ProcessDefinition }
      ProcessState: MessageTypeDefinition<_baton_v1_ProcessState, _baton_v1_ProcessState__Output>
      RefusalCode: EnumTypeDefinition
      Request: MessageTypeDefinition<_baton_v1_Request, _baton_v1_Request__Output>
      SegmentGroup: MessageTypeDefinition<_baton_v1_SegmentGroup, _baton_v1_SegmentGroup__Output>
      SequenceStep: MessageTypeDefinition<_baton_v1_SequenceStep, _baton_v1_SequenceStep__Output>
      Settle: MessageTypeDefinition<_baton_v1_Settle, _baton_v1_Settle__Output>
      Settled: MessageTypeDefinition<_baton_v1_Settled, _baton_v1_Settled__Output>
      /**
       * The sidecar's gRPC face. It owns the truth of one process.
       */
      Sidecar: SubtypeConstructor<typeof grpc.Client, _baton_v1_SidecarClient> & { service: _baton_v1_SidecarDefinition }
      State: MessageTypeDefinition<_baton_v1_State, _baton_v1_State__Output>
      Token: MessageTypeDefinition<_baton_v1_Token, _baton_v1_Token__Output>
      WatchStateRequest: MessageTypeDefinition<_baton_v1_WatchStateRequest, _baton_v1_WatchStateRequest__Output>
      WatchStateResponse: MessageTypeDefinition<_baton_v1_WatchStateResponse, _baton_v1_WatchStateResponse__Output>
      Welcome: MessageTypeDefinition<_baton_v1_Welcome, _baton_v1_Welcome__Output>
    }
  }
}

