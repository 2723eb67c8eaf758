// Original file: protos/baton/v1/coordinator.proto


export interface WatchRequest {
}

export interface WatchRequest__Output {
}
