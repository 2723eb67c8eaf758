// What a Lease of the API server says.

import * as z from 'zod';
import { apiVersionOf, LEASES } from '../cluster/client/resource.ts';

export type LeaseRecord = {
  /** Empty: nobody; it was given back. */
  readonly holder: string;
  /** For how long it holds after each renewal, as its holder says. */
  readonly durationMs: number;
  /** The holder's clock; only whether it changes counts. */
  readonly renewedAt: string;
  /** How often the holder has changed since the Lease was created. */
  readonly transitions: number;
  readonly acquiredAt: string;
  /** What a write must name. */
  readonly version: string;
  /** Labels and annotations, which are written back as they were. */
  readonly metadata: Readonly<Record<string, unknown>>;
};

/** Where a holder does not say for how long, in seconds. */
const DURATION_SECONDS_DEFAULT = 15;

const text = z.string().nullish();
const schema = z.object({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  spec: z
    .object({
      holderIdentity: text,
      leaseDurationSeconds: z.int().positive().nullish(),
      renewTime: text,
      acquireTime: text,
      leaseTransitions: z.int().nonnegative().nullish(),
    })
    .nullish(),
});

/** The record of a Lease, as the API server gives it; undefined when it is none. */
export function parseLease(object: unknown): LeaseRecord | undefined {
  const { data } = schema.safeParse(object);
  if (data === undefined) return undefined;
  const { managedFields: _, ...metadata } = data.metadata;
  return {
    holder: data.spec?.holderIdentity ?? '',
    durationMs: (data.spec?.leaseDurationSeconds ?? DURATION_SECONDS_DEFAULT) * 1_000,
    renewedAt: data.spec?.renewTime ?? '',
    transitions: data.spec?.leaseTransitions ?? 0,
    acquiredAt: data.spec?.acquireTime ?? '',
    version: metadata.resourceVersion,
    metadata,
  };
}

/** True when both were written by the same renewal: another label is none. */
export function isSameRenewal(one: LeaseRecord | undefined, other: LeaseRecord | undefined): boolean {
  return (
    one?.holder === other?.holder &&
    one?.renewedAt === other?.renewedAt &&
    one?.transitions === other?.transitions
  );
}

/** What a holder writes over `before`, undefined: where there is no Lease. */
export function leaseBody({
  name,
  before,
  holder,
  durationMs,
  nowMs,
}: {
  readonly name: string;
  readonly before: LeaseRecord | undefined;
  /** Empty: gives it back. */
  readonly holder: string;
  readonly durationMs: number;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}): unknown {
  const isNew = before?.holder !== holder && holder !== '';
  const now = microTime(nowMs);
  return {
    apiVersion: apiVersionOf(LEASES),
    kind: LEASES.kind,
    metadata: { ...before?.metadata, name },
    spec: {
      ...(holder === '' ? {} : { holderIdentity: holder }),
      leaseDurationSeconds: Math.ceil(durationMs / 1_000),
      acquireTime: isNew ? now : before?.acquiredAt || now,
      renewTime: now,
      leaseTransitions: (before?.transitions ?? 0) + (isNew && before !== undefined ? 1 : 0),
    },
  };
}

/** The API server takes six digits of a second and no less. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
