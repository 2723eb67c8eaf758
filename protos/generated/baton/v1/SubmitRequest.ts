// Original file: protos/baton/v1/coordinator.proto

import type { Command as _baton_v1_Command, Command__Output as _baton_v1_Command__Output } from '../../baton/v1/Command.ts';
import type { Long } from '@grpc/proto-loader';

export interface SubmitRequest {
  /**
   * Chosen by the client at random; 1 to 64 characters of letters, digits, '-', '_'.
   */
  'operationId'?: (string);
  'command'?: (_baton_v1_Command | null);
  /**
   * Highest operation number this client has seen; 0 for none. A number that the coordinator has already
   * forgotten is refused as expired, since a repeat of the id could no longer be recognised.
   */
  'highestSeen'?: (number | string | Long);
  /**
   * Who asks, for the record; at most 64 characters.
   */
  'operator'?: (string);
  /**
   * Name of the partition, or namespace/name; namespace/: the only one there; empty: the only one of all.
   */
  'partition'?: (string);
}

export interface SubmitRequest__Output {
  /**
   * Chosen by the client at random; 1 to 64 characters of letters, digits, '-', '_'.
   */
  'operationId': (string);
  'command': (_baton_v1_Command__Output | null);
  /**
   * Highest operation number this client has seen; 0 for none. A number that the coordinator has already
   * forgotten is refused as expired, since a repeat of the id could no longer be recognised.
   */
  'highestSeen': (number);
  /**
   * Who asks, for the record; at most 64 characters.
   */
  'operator': (string);
  /**
   * Name of the partition, or namespace/name; namespace/: the only one there; empty: the only one of all.
   */
  'partition': (string);
}
