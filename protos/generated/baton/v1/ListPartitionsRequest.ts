// Original file: protos/baton/v1/coordinator.proto


export interface ListPartitionsRequest {
}

export interface ListPartitionsRequest__Output {
}
