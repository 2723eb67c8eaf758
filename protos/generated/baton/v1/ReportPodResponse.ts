// Original file: protos/baton/v1/coordinator.proto


export interface ReportPodResponse {
}

export interface ReportPodResponse__Output {
}
