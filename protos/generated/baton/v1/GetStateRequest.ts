// Original file: protos/baton/v1/sidecar.proto


export interface GetStateRequest {
}

export interface GetStateRequest__Output {
}
