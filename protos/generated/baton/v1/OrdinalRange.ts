// Original file: protos/baton/v1/coordinator.proto


export interface OrdinalRange {
  'first'?: (number);
  'last'?: (number);
}

export interface OrdinalRange__Output {
  'first': (number);
  'last': (number);
}
