// Original file: protos/baton/v1/coordinator.proto


export interface GetMachineRequest {
}

export interface GetMachineRequest__Output {
}
