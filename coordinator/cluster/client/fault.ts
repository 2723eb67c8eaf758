// What can become of a call to the API server, told once for everybody: which of these it is decides what a
// caller does next, and the sentence tells a person who has to mend it.

import { unreachable } from '../../../protos/failure/invariant.ts';
import { RunControlError, type TroubleCode } from '../../../protos/failure/trouble.ts';

export type FaultKind =
  /** Somebody else has written the object since it was read; a precondition does not hold. */
  | 'conflict'
  /** It is to be created and is there. */
  | 'exists'
  | 'notFound'
  /** We are known and may not. */
  | 'forbidden'
  /** We are not known: no token, an expired one, a certificate that it does not trust. */
  | 'unauthenticated'
  /** The version that a list or a watch continues from is forgotten. */
  | 'expired'
  /** The API server refuses the object or the request itself. */
  | 'invalid'
  /** It, or a disruption budget, asks to come again later. */
  | 'busy'
  /** The request never got there: nothing was done. */
  | 'unreachable'
  /** No answer, or an answer of which nobody can tell whether the request was carried out. */
  | 'unknown';

const CODES: Readonly<Record<FaultKind, TroubleCode>> = {
  conflict: 'BUSY',
  exists: 'ID_REUSED',
  notFound: 'UNKNOWN_ID',
  forbidden: 'NOT_ALLOWED',
  unauthenticated: 'NOT_ALLOWED',
  expired: 'EXPIRED',
  invalid: 'MALFORMED',
  busy: 'BUSY',
  unreachable: 'UNREACHABLE',
  unknown: 'UNREACHABLE',
};

/** A call in words. */
export type Asked = {
  /** As in roles: get, list, watch, create, update, patch, delete. */
  readonly verb: string;
  /** `statefulsets/scale daq/readout`. */
  readonly what: string;
  /** URL of the API server. */
  readonly server: string;
};

export type FaultOptions = {
  readonly cause?: unknown;
  /** HTTP status; undefined when there was no answer. */
  readonly status?: number | undefined;
  /** Reason of the API server's Status, e.g. `AlreadyExists`. */
  readonly reason?: string | undefined;
  /** Causes of that Status, e.g. the disruption budget that refuses an eviction. */
  readonly causes?: readonly string[];
};

/** A call to the API server that did not do what it was asked. */
export class KubeFault extends RunControlError {
  readonly kind: FaultKind;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly causes: readonly string[];

  constructor(kind: FaultKind, sentence: string, { cause, status, reason, causes = [] }: FaultOptions = {}) {
    super(CODES[kind], sentence, { cause });
    this.kind = kind;
    this.status = status;
    this.reason = reason;
    this.causes = causes;
  }
}

/** True when `error` is a fault of one of these kinds. */
export function isFault(error: unknown, ...kinds: readonly FaultKind[]): error is KubeFault {
  return error instanceof KubeFault && kinds.includes(error.kind);
}

/** An answer that is not a success, as the API server gave it: HTTP status and, when it has one, its Status. */
export type Refusal = {
  readonly status: number;
  readonly reason: string | undefined;
  readonly message: string;
  readonly causes: readonly string[];
};

/** What a refusal means. */
export function faultOfRefusal(asked: Asked, { status, reason, message, causes }: Refusal): KubeFault {
  const kind = kindOf(status, reason);
  return new KubeFault(kind, sentence(kind, asked, message), { status, reason, causes });
}

function kindOf(status: number, reason: string | undefined): FaultKind {
  // An expired watch tells its reason in the stream, where there is no HTTP status of its own.
  if (status === 410 || reason === 'Expired' || reason === 'Gone') return 'expired';
  switch (status) {
    case 401:
      return 'unauthenticated';
    case 403:
      return 'forbidden';
    case 404:
      return 'notFound';
    case 409:
      return reason === 'AlreadyExists' ? 'exists' : 'conflict';
    case 429:
      return 'busy';
    default:
      // A server error may come after the write: etcd's own time-outs are told as 500.
      return status >= 500 ? 'unknown' : 'invalid';
  }
}

/** Errors of a connection that was never made: nothing can have been done. */
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** What it means that a call ended without an answer. */
export function faultOfError(asked: Asked, error: unknown): KubeFault {
  const kind = NEVER_CONNECTED.has(codeOf(error)) ? 'unreachable' : 'unknown';
  return new KubeFault(kind, sentence(kind, asked, messageOf(error)), { cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A connection that was tried at several addresses has no message of its own.
  return error.message === '' ? codeOf(error) || error.name : error.message;
}

function sentence(kind: FaultKind, { verb, what, server }: Asked, message: string): string {
  const asked = `${verb} ${what}`;
  switch (kind) {
    case 'conflict':
      return `${asked}: somebody else has changed it meanwhile (${message})`;
    case 'exists':
      return `${asked}: it exists already (${message})`;
    case 'notFound':
      return `${asked}: not found (${message})`;
    case 'forbidden':
      return `${asked}: not allowed; give the account the right to ${asked} (${message})`;
    case 'unauthenticated':
      return `${asked}: the API server ${server} does not know us; is the token or certificate still good? (${message})`;
    case 'expired':
      return `${asked}: that version is forgotten, list again (${message})`;
    case 'invalid':
      return `${asked}: refused by the API server (${message})`;
    case 'busy':
      return `${asked}: not now, ask again later (${message})`;
    case 'unreachable':
      return `${asked}: the API server ${server} cannot be reached (${message})`;
    case 'unknown':
      return `${asked}: no answer from the API server ${server}, nobody knows whether it was done (${message})`;
    default:
      return unreachable(kind);
  }
}
