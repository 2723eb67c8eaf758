// Original file: protos/baton/v1/sidecar.proto


export interface WatchStateRequest {
}

export interface WatchStateRequest__Output {
}
