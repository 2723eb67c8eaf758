// What went wrong with a call, told from where the operator stands.

import { status } from '@grpc/grpc-js';
import { handshakeFailure } from '../../protos/credentials/dialling.ts';
import { fromStatus, isServiceError, isTold } from '../../protos/failure/status.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { Peer } from './peers.ts';

/** What grpc-js says of a peer that took the connection and then ended it instead of answering. */
const HUNG_UP = /Last error: Failed to connect|ECONNRESET/;

/** The trouble that an error of a call to `peer` means; what is no error of a call is given back. */
export function troubleOf(error: unknown, peer: Peer): unknown {
  if (!isServiceError(error)) return error;
  const trouble = fromStatus(error);
  // Who has words of its own has answered.
  if (trouble.code !== 'UNREACHABLE' || isTold(error)) return trouble;
  const known = peer.trouble();
  if (known !== undefined) return known;
  if (error.code === status.DEADLINE_EXCEEDED) return lateTrouble(peer, error);
  return new RunControlError('UNREACHABLE', silence(error.code, error.details, peer), { cause: error });
}

/** A peer that did not answer in time. */
export function lateTrouble({ place, withinMs }: Peer, cause?: unknown): RunControlError {
  const seconds = Math.round(withinMs) / 1_000;
  const sentence = `the coordinator at ${place} did not answer within ${seconds} s`;
  return new RunControlError('UNREACHABLE', sentence, { cause });
}

function silence(code: status, details: string, { place, credentials }: Peer): string {
  const failure = handshakeFailure(credentials, details);
  switch (code) {
    case status.UNAVAILABLE:
      if (failure !== undefined) return `no coordinator answers at ${place}: ${failure}`;
      // Whoever hangs up without a word may want TLS.
      if (!credentials._isSecure() && HUNG_UP.test(details))
        return `what answers at ${place} hangs up; if it wants TLS, give your credentials by --tls`;
      return `no coordinator answers at ${place}`;
    case status.UNIMPLEMENTED:
      return `what answers at ${place} is no coordinator that this client knows`;
    default:
      return `the coordinator at ${place} gave no proper answer (${details})`;
  }
}
