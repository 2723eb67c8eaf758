// Original file: protos/baton/v1/machine.proto

export const ArgumentType = {
  ARGUMENT_TYPE_UNSPECIFIED: 'ARGUMENT_TYPE_UNSPECIFIED',
  ARGUMENT_TYPE_INTEGER: 'ARGUMENT_TYPE_INTEGER',
  ARGUMENT_TYPE_NUMBER: 'ARGUMENT_TYPE_NUMBER',
  ARGUMENT_TYPE_BOOLEAN: 'ARGUMENT_TYPE_BOOLEAN',
  ARGUMENT_TYPE_STRING: 'ARGUMENT_TYPE_STRING',
} as const;

export type ArgumentType =
  | 'ARGUMENT_TYPE_UNSPECIFIED'
  | 0
  | 'ARGUMENT_TYPE_INTEGER'
  | 1
  | 'ARGUMENT_TYPE_NUMBER'
  | 2
  | 'ARGUMENT_TYPE_BOOLEAN'
  | 3
  | 'ARGUMENT_TYPE_STRING'
  | 4

export type ArgumentType__Output = typeof ArgumentType[keyof typeof ArgumentType]
