// What was asked of the API server, by whom: from its audit log, own cluster only.

import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { auditLogOf } from './apiServer.ts';
import { STATE } from './places.ts';

/** A request that has been answered. */
export type Asked = {
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`. */
  readonly verb: string;
  /** `system:serviceaccount:<namespace>:<name>` for a pod. */
  readonly user: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly status: number;
};

/** A place in the audit log. */
export type Mark = number;

/** Where the audit log ends now: what is asked later comes after it. */
export function auditMark(log: string = auditLogOf(STATE)): Mark {
  if (!existsSync(log)) return 0;
  const file = openSync(log, 'r');
  try {
    return fstatSync(file).size;
  } finally {
    closeSync(file);
  }
}

/** All requests after the mark; of a log that has been begun anew since, only those of the new one. */
export function askedSince(mark: Mark, log: string = auditLogOf(STATE)): readonly Asked[] {
  const file = openSync(log, 'r');
  try {
    const { size } = fstatSync(file);
    const from = mark > size ? 0 : mark;
    const bytes = Buffer.alloc(size - from);
    readSync(file, bytes, 0, bytes.length, from);
    // The last line may still be being written.
    return bytes.toString().split('\n').slice(0, -1).filter(Boolean).map(askedOf);
  } finally {
    closeSync(file);
  }
}

/** The requests that change something. */
export function writesOf(asked: readonly Asked[]): readonly Asked[] {
  return asked.filter(({ verb }) => !['get', 'list', 'watch'].includes(verb));
}

type Event = {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
};

function askedOf(line: string): Asked {
  const { verb, user, objectRef = {}, responseStatus }: Event = JSON.parse(line);
  const { apiGroup = '', resource = '', subresource = '', namespace = '', name = '' } = objectRef;
  const status = responseStatus?.code ?? 0;
  return { verb, user: user.username, group: apiGroup, resource, subresource, namespace, name, status };
}
