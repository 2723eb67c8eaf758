// Original file: protos/baton/v1/sidecar.proto


export interface DescribeMachineRequest {
}

export interface DescribeMachineRequest__Output {
}
