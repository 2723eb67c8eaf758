import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { CancelRequest as _baton_v1_CancelRequest, CancelRequest__Output as _baton_v1_CancelRequest__Output } from './baton/v1/CancelRequest.ts';
import type { CancelResponse as _baton_v1_CancelResponse, CancelResponse__Output as _baton_v1_CancelResponse__Output } from './baton/v1/CancelResponse.ts';
import type { Command as _baton_v1_Command, Command__Output as _baton_v1_Command__Output } from './baton/v1/Command.ts';
import type { CoordinatorClient as _baton_v1_CoordinatorClient, CoordinatorDefinition as _baton_v1_CoordinatorDefinition } from './baton/v1/Coordinator.ts';
import type { GetCallerRequest as _baton_v1_GetCallerRequest, GetCallerRequest__Output as _baton_v1_GetCallerRequest__Output } from './baton/v1/GetCallerRequest.ts';
import type { GetCallerResponse as _baton_v1_GetCallerResponse, GetCallerResponse__Output as _baton_v1_GetCallerResponse__Output } from './baton/v1/GetCallerResponse.ts';
import type { GetMachineRequest as _baton_v1_GetMachineRequest, GetMachineRequest__Output as _baton_v1_GetMachineRequest__Output } from './baton/v1/GetMachineRequest.ts';
import type { GetMachineResponse as _baton_v1_GetMachineResponse, GetMachineResponse__Output as _baton_v1_GetMachineResponse__Output } from './baton/v1/GetMachineResponse.ts';
import type { GetPartitionRequest as _baton_v1_GetPartitionRequest, GetPartitionRequest__Output as _baton_v1_GetPartitionRequest__Output } from './baton/v1/GetPartitionRequest.ts';
import type { GetPartitionResponse as _baton_v1_GetPartitionResponse, GetPartitionResponse__Output as _baton_v1_GetPartitionResponse__Output } from './baton/v1/GetPartitionResponse.ts';
import type { ListOperationsRequest as _baton_v1_ListOperationsRequest, ListOperationsRequest__Output as _baton_v1_ListOperationsRequest__Output } from './baton/v1/ListOperationsRequest.ts';
import type { ListOperationsResponse as _baton_v1_ListOperationsResponse, ListOperationsResponse__Output as _baton_v1_ListOperationsResponse__Output } from './baton/v1/ListOperationsResponse.ts';
import type { ListPartitionsRequest as _baton_v1_ListPartitionsRequest, ListPartitionsRequest__Output as _baton_v1_ListPartitionsRequest__Output } from './baton/v1/ListPartitionsRequest.ts';
import type { ListPartitionsResponse as _baton_v1_ListPartitionsResponse, ListPartitionsResponse__Output as _baton_v1_ListPartitionsResponse__Output } from './baton/v1/ListPartitionsResponse.ts';
import type { ListRunsRequest as _baton_v1_ListRunsRequest, ListRunsRequest__Output as _baton_v1_ListRunsRequest__Output } from './baton/v1/ListRunsRequest.ts';
import type { ListRunsResponse as _baton_v1_ListRunsResponse, ListRunsResponse__Output as _baton_v1_ListRunsResponse__Output } from './baton/v1/ListRunsResponse.ts';
import type { Machine as _baton_v1_Machine, Machine__Output as _baton_v1_Machine__Output } from './baton/v1/Machine.ts';
import type { MachineArgument as _baton_v1_MachineArgument, MachineArgument__Output as _baton_v1_MachineArgument__Output } from './baton/v1/MachineArgument.ts';
import type { MachineSequence as _baton_v1_MachineSequence, MachineSequence__Output as _baton_v1_MachineSequence__Output } from './baton/v1/MachineSequence.ts';
import type { MachineState as _baton_v1_MachineState, MachineState__Output as _baton_v1_MachineState__Output } from './baton/v1/MachineState.ts';
import type { MachineTransition as _baton_v1_MachineTransition, MachineTransition__Output as _baton_v1_MachineTransition__Output } from './baton/v1/MachineTransition.ts';
import type { Operation as _baton_v1_Operation, Operation__Output as _baton_v1_Operation__Output } from './baton/v1/Operation.ts';
import type { OrdinalRange as _baton_v1_OrdinalRange, OrdinalRange__Output as _baton_v1_OrdinalRange__Output } from './baton/v1/OrdinalRange.ts';
import type { Partition as _baton_v1_Partition, Partition__Output as _baton_v1_Partition__Output } from './baton/v1/Partition.ts';
import type { PartitionSummary as _baton_v1_PartitionSummary, PartitionSummary__Output as _baton_v1_PartitionSummary__Output } from './baton/v1/PartitionSummary.ts';
import type { Permission as _baton_v1_Permission, Permission__Output as _baton_v1_Permission__Output } from './baton/v1/Permission.ts';
import type { PlanRequest as _baton_v1_PlanRequest, PlanRequest__Output as _baton_v1_PlanRequest__Output } from './baton/v1/PlanRequest.ts';
import type { PlanResponse as _baton_v1_PlanResponse, PlanResponse__Output as _baton_v1_PlanResponse__Output } from './baton/v1/PlanResponse.ts';
import type { ReportPodRequest as _baton_v1_ReportPodRequest, ReportPodRequest__Output as _baton_v1_ReportPodRequest__Output } from './baton/v1/ReportPodRequest.ts';
import type { ReportPodResponse as _baton_v1_ReportPodResponse, ReportPodResponse__Output as _baton_v1_ReportPodResponse__Output } from './baton/v1/ReportPodResponse.ts';
import type { RolloutRequest as _baton_v1_RolloutRequest, RolloutRequest__Output as _baton_v1_RolloutRequest__Output } from './baton/v1/RolloutRequest.ts';
import type { RolloutResponse as _baton_v1_RolloutResponse, RolloutResponse__Output as _baton_v1_RolloutResponse__Output } from './baton/v1/RolloutResponse.ts';
import type { Run as _baton_v1_Run, Run__Output as _baton_v1_Run__Output } from './baton/v1/Run.ts';
import type { ScaleRequest as _baton_v1_ScaleRequest, ScaleRequest__Output as _baton_v1_ScaleRequest__Output } from './baton/v1/ScaleRequest.ts';
import type { ScaleResponse as _baton_v1_ScaleResponse, ScaleResponse__Output as _baton_v1_ScaleResponse__Output } from './baton/v1/ScaleResponse.ts';
import type { SegmentGroup as _baton_v1_SegmentGroup, SegmentGroup__Output as _baton_v1_SegmentGroup__Output } from './baton/v1/SegmentGroup.ts';
import type { SequenceStep as _baton_v1_SequenceStep, SequenceStep__Output as _baton_v1_SequenceStep__Output } from './baton/v1/SequenceStep.ts';
import type { Step as _baton_v1_Step, Step__Output as _baton_v1_Step__Output } from './baton/v1/Step.ts';
import type { SubmitRequest as _baton_v1_SubmitRequest, SubmitRequest__Output as _baton_v1_SubmitRequest__Output } from './baton/v1/SubmitRequest.ts';
import type { SubmitResponse as _baton_v1_SubmitResponse, SubmitResponse__Output as _baton_v1_SubmitResponse__Output } from './baton/v1/SubmitResponse.ts';
import type { TargetList as _baton_v1_TargetList, TargetList__Output as _baton_v1_TargetList__Output } from './baton/v1/TargetList.ts';
import type { TargetView as _baton_v1_TargetView, TargetView__Output as _baton_v1_TargetView__Output } from './baton/v1/TargetView.ts';
import type { Trouble as _baton_v1_Trouble, Trouble__Output as _baton_v1_Trouble__Output } from './baton/v1/Trouble.ts';
import type { WatchRequest as _baton_v1_WatchRequest, WatchRequest__Output as _baton_v1_WatchRequest__Output } from './baton/v1/WatchRequest.ts';
import type { WatchResponse as _baton_v1_WatchResponse, WatchResponse__Output as _baton_v1_WatchResponse__Output } from './baton/v1/WatchResponse.ts';
import type { Wave as _baton_v1_Wave, Wave__Output as _baton_v1_Wave__Output } from './baton/v1/Wave.ts';
import type { WaveGroup as _baton_v1_WaveGroup, WaveGroup__Output as _baton_v1_WaveGroup__Output } from './baton/v1/WaveGroup.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  baton: {
    v1: {
      ArgumentType: EnumTypeDefinition
      CancelRequest: MessageTypeDefinition<_baton_v1_CancelRequest, _baton_v1_CancelRequest__Output>
      CancelResponse: MessageTypeDefinition<_baton_v1_CancelResponse, _baton_v1_CancelResponse__Output>
      Command: MessageTypeDefinition<_baton_v1_Command, _baton_v1_Command__Output>
      /**
       * What operators and tools talk to. Only the leader answers; a standby says UNAVAILABLE with the
       * leader's address. Errors carry the status codes of the project's one table.
       */
      Coordinator: SubtypeConstructor<typeof grpc.Client, _baton_v1_CoordinatorClient> & { service: _baton_v1_CoordinatorDefinition }
      GetCallerRequest: MessageTypeDefinition<_baton_v1_GetCallerRequest, _baton_v1_GetCallerRequest__Output>
      GetCallerResponse: MessageTypeDefinition<_baton_v1_GetCallerResponse, _baton_v1_GetCallerResponse__Output>
      GetMachineRequest: MessageTypeDefinition<_baton_v1_GetMachineRequest, _baton_v1_GetMachineRequest__Output>
      GetMachineResponse: MessageTypeDefinition<_baton_v1_GetMachineResponse, _baton_v1_GetMachineResponse__Output>
      GetPartitionRequest: MessageTypeDefinition<_baton_v1_GetPartitionRequest, _baton_v1_GetPartitionRequest__Output>
      GetPartitionResponse: MessageTypeDefinition<_baton_v1_GetPartitionResponse, _baton_v1_GetPartitionResponse__Output>
      ListOperationsRequest: MessageTypeDefinition<_baton_v1_ListOperationsRequest, _baton_v1_ListOperationsRequest__Output>
      ListOperationsResponse: MessageTypeDefinition<_baton_v1_ListOperationsResponse, _baton_v1_ListOperationsResponse__Output>
      ListPartitionsRequest: MessageTypeDefinition<_baton_v1_ListPartitionsRequest, _baton_v1_ListPartitionsRequest__Output>
      ListPartitionsResponse: MessageTypeDefinition<_baton_v1_ListPartitionsResponse, _baton_v1_ListPartitionsResponse__Output>
      ListRunsRequest: MessageTypeDefinition<_baton_v1_ListRunsRequest, _baton_v1_ListRunsRequest__Output>
      ListRunsResponse: MessageTypeDefinition<_baton_v1_ListRunsResponse, _baton_v1_ListRunsResponse__Output>
      Machine: MessageTypeDefinition<_baton_v1_Machine, _baton_v1_Machine__Output>
      MachineArgument: MessageTypeDefinition<_baton_v1_MachineArgument, _baton_v1_MachineArgument__Output>
      MachineSequence: MessageTypeDefinition<_baton_v1_MachineSequence, _baton_v1_MachineSequence__Output>
      MachineState: MessageTypeDefinition<_baton_v1_MachineState, _baton_v1_MachineState__Output>
      MachineTransition: MessageTypeDefinition<_baton_v1_MachineTransition, _baton_v1_MachineTransition__Output>
      OnFailure: EnumTypeDefinition
      Operation: MessageTypeDefinition<_baton_v1_Operation, _baton_v1_Operation__Output>
      OperationStatus: EnumTypeDefinition
      OrdinalRange: MessageTypeDefinition<_baton_v1_OrdinalRange, _baton_v1_OrdinalRange__Output>
      Partition: MessageTypeDefinition<_baton_v1_Partition, _baton_v1_Partition__Output>
      PartitionSummary: MessageTypeDefinition<_baton_v1_PartitionSummary, _baton_v1_PartitionSummary__Output>
      Permission: MessageTypeDefinition<_baton_v1_Permission, _baton_v1_Permission__Output>
      PlanRequest: MessageTypeDefinition<_baton_v1_PlanRequest, _baton_v1_PlanRequest__Output>
      PlanResponse: MessageTypeDefinition<_baton_v1_PlanResponse, _baton_v1_PlanResponse__Output>
      PodPhase: EnumTypeDefinition
      ProgressKind: EnumTypeDefinition
      ReportPodRequest: MessageTypeDefinition<_baton_v1_ReportPodRequest, _baton_v1_ReportPodRequest__Output>
      ReportPodResponse: MessageTypeDefinition<_baton_v1_ReportPodResponse, _baton_v1_ReportPodResponse__Output>
      RolloutRequest: MessageTypeDefinition<_baton_v1_RolloutRequest, _baton_v1_RolloutRequest__Output>
      RolloutResponse: MessageTypeDefinition<_baton_v1_RolloutResponse, _baton_v1_RolloutResponse__Output>
      Run: MessageTypeDefinition<_baton_v1_Run, _baton_v1_Run__Output>
      RunStatus: EnumTypeDefinition
      ScaleRequest: MessageTypeDefinition<_baton_v1_ScaleRequest, _baton_v1_ScaleRequest__Output>
      ScaleResponse: MessageTypeDefinition<_baton_v1_ScaleResponse, _baton_v1_ScaleResponse__Output>
      SegmentGroup: MessageTypeDefinition<_baton_v1_SegmentGroup, _baton_v1_SegmentGroup__Output>
      SequenceStep: MessageTypeDefinition<_baton_v1_SequenceStep, _baton_v1_SequenceStep__Output>
      Step: MessageTypeDefinition<_baton_v1_Step, _baton_v1_Step__Output>
      SubmitRequest: MessageTypeDefinition<_baton_v1_SubmitRequest, _baton_v1_SubmitRequest__Output>
      SubmitResponse: MessageTypeDefinition<_baton_v1_SubmitResponse, _baton_v1_SubmitResponse__Output>
      TargetList: MessageTypeDefinition<_baton_v1_TargetList, _baton_v1_TargetList__Output>
      TargetView: MessageTypeDefinition<_baton_v1_TargetView, _baton_v1_TargetView__Output>
      Trouble: MessageTypeDefinition<_baton_v1_Trouble, _baton_v1_Trouble__Output>
      WatchRequest: MessageTypeDefinition<_baton_v1_WatchRequest, _baton_v1_WatchRequest__Output>
      WatchResponse: MessageTypeDefinition<_baton_v1_WatchResponse, _baton_v1_WatchResponse__Output>
      Wave: MessageTypeDefinition<_baton_v1_Wave, _baton_v1_Wave__Output>
      WaveGroup: MessageTypeDefinition<_baton_v1_WaveGroup, _baton_v1_WaveGroup__Output>
    }
  }
}

