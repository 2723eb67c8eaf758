import type { Metadata } from '@grpc/grpc-js';
import { callerOf } from '../../protos/credentials/access.ts';

/** What is used of a call. */
export type CreditedCall = Parameters<typeof callerOf>[0] & { readonly metadata: Metadata };

/** Who asks, for the record, where the client calls itself `claimed`. Throws RunControlError NOT_ALLOWED. */
export type Credit = (call: CreditedCall, claimed: string) => string;

/** A certificate says who it is; without one it is only what the client claims. */
export const certified: Credit = (call, claimed) => callerOf(call) ?? claimed;
