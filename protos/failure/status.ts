// Trouble as it travels: a gRPC status with all problems at once, there and back.

import { Metadata, type ServiceError, type StatusObject, status } from '@grpc/grpc-js';
import { cutSentence } from '../sentence.ts';
import { decodeDetails, encodeDetails } from './details.ts';
import { RunControlError, TROUBLE, type TroubleCode } from './trouble.ts';

/** The trailer in which google.rpc.Status travels. */
const DETAILS_KEY = 'grpc-status-details-bin';

/**
 * The gRPC status of a trouble: code by the one table, its sentence, and in `grpc-status-details-bin` our
 * code and facts (ErrorInfo) and all problems (BadRequest).
 */
export function toStatus(error: RunControlError): StatusObject {
  const code = status[TROUBLE[error.code].status];
  // Half a character at the cut cannot travel: grpc-js would throw.
  const details = cutSentence(error.message);
  const metadata = new Metadata();
  const encoded = encodeDetails({
    status: code,
    sentence: details,
    reason: error.code,
    problems: error.problems,
    facts: error.facts,
  });
  metadata.set(DETAILS_KEY, encoded);
  return { code, details, metadata };
}

/**
 * The trouble that a peer told, from the error of a grpc-js call: with its code and problems when the peer
 * is Baton, else with the nearest code.
 */
export function fromStatus(error: ServiceError): RunControlError {
  const bytes = error.metadata?.get(DETAILS_KEY)[0];
  const told = bytes instanceof Buffer ? decodeDetails(bytes) : undefined;
  const code = told !== undefined && isTroubleCode(told.reason) ? told.reason : nearestCode(error.code);
  return new RunControlError(code, error.details, {
    cause: error,
    problems: told?.problems ?? [],
    facts: told?.facts ?? {},
  });
}

/** True when the peer is Baton and has said what is wrong; otherwise only the wire has. */
export function isTold(error: ServiceError): boolean {
  return error.metadata?.get(DETAILS_KEY)[0] instanceof Buffer;
}

/** True when the value is what a failed grpc-js call gives. */
export function isServiceError(value: unknown): value is ServiceError {
  return value instanceof Error && 'code' in value && 'details' in value && 'metadata' in value;
}

function isTroubleCode(code: string): code is TroubleCode {
  return Object.hasOwn(TROUBLE, code);
}

function nearestCode(code: status): TroubleCode {
  switch (code) {
    case status.INVALID_ARGUMENT:
      return 'MALFORMED';
    case status.FAILED_PRECONDITION:
      return 'REFUSED';
    case status.ABORTED:
      return 'BUSY';
    case status.NOT_FOUND:
      return 'UNKNOWN_ID';
    case status.ALREADY_EXISTS:
      return 'ID_REUSED';
    case status.OUT_OF_RANGE:
      return 'EXPIRED';
    case status.PERMISSION_DENIED:
    case status.UNAUTHENTICATED:
      return 'NOT_ALLOWED';
    case status.RESOURCE_EXHAUSTED:
      return 'LIMIT';
    // Everything else says only that the peer did not do its part; what it did is unknown.
    default:
      return 'UNREACHABLE';
  }
}
