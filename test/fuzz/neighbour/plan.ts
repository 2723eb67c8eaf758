// What the neighbour is told to do, and what it tells.

import { z } from 'zod';

export type Plan = {
  /** Number of the first case. */
  readonly first: number;
  readonly seconds: number;
  /** Of somebody who may look and no more. */
  readonly token: string;
  /** `host:port` of gRPC. */
  readonly grpc: readonly { readonly address: string; readonly kind: 'sidecar' | 'coordinator' }[];
  /** `host:port` of probes and metrics. */
  readonly http: readonly string[];
};

const tallySchema = z.object({
  /** There was an answer. */
  answered: z.int(),
  /** Of a call: not what was asked for. */
  refused: z.int(),
  /** The connection ended without a word. */
  ended: z.int(),
  /** Nothing of it within the time of a case. */
  late: z.int(),
});

/** How cases of one kind ended. */
export type Tally = z.infer<typeof tallySchema>;

export type Counts = Record<string, Tally>;

/** The line that it prints. */
export const toldSchema = z.object({
  counts: z.record(z.string(), tallySchema),
  findings: z.array(z.string()),
});
