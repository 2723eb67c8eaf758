// Original file: protos/baton/v1/sidecar.proto

import type { Long } from '@grpc/proto-loader';

/**
 * First message of a stream.
 */
export interface Hello {
  'contractVersion'?: (number);
  'partition'?: (string);
  /**
   * Target that the coordinator means; another one answers the stream with FAILED_PRECONDITION.
   */
  'target'?: (string);
  /**
   * Random id given when the journal was created; at most 64 characters.
   */
  'journalId'?: (string);
  /**
   * Who leads, from 1.
   */
  'epoch'?: (number | string | Long);
  /**
   * No operation up to this number is open.
   */
  'closedThrough'?: (number | string | Long);
  /**
   * Longest silence between two messages of the sidecar, in milliseconds, 10 to 60000.
   */
  'heartbeatIntervalMs'?: (number);
  /**
   * Journal from which an operator took this target over; empty otherwise.
   */
  'adoptedFromJournalId'?: (string);
}

/**
 * First message of a stream.
 */
export interface Hello__Output {
  'contractVersion': (number);
  'partition': (string);
  /**
   * Target that the coordinator means; another one answers the stream with FAILED_PRECONDITION.
   */
  'target': (string);
  /**
   * Random id given when the journal was created; at most 64 characters.
   */
  'journalId': (string);
  /**
   * Who leads, from 1.
   */
  'epoch': (number);
  /**
   * No operation up to this number is open.
   */
  'closedThrough': (number);
  /**
   * Longest silence between two messages of the sidecar, in milliseconds, 10 to 60000.
   */
  'heartbeatIntervalMs': (number);
  /**
   * Journal from which an operator took this target over; empty otherwise.
   */
  'adoptedFromJournalId': (string);
}
