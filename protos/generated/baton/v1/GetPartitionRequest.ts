// Original file: protos/baton/v1/coordinator.proto


export interface GetPartitionRequest {
}

export interface GetPartitionRequest__Output {
}
