// Original file: protos/baton/v1/process.proto


export interface GiveUpResponse {
}

export interface GiveUpResponse__Output {
}
