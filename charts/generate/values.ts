// What may stand in the values of the library chart: the document's own schema, and what only a pod needs. Helm tells
// each fault with its path before a template is rendered.

import { z } from 'zod';
import { partitionSchema } from '../../coordinator/document/schema.ts';
import { DURATION_PATTERN } from '../../protos/machine/duration.ts';
import { looksAhead, refusedBy } from './lookahead.ts';

/** Anything that Kubernetes takes there; it says itself what is wrong. */
const map = z.record(z.string(), z.unknown());
const maps = z.array(map);
const strength = z.enum(['soft', 'hard']);
const positive = z.int().min(1);
const quantity = z.union([z.string(), z.number()]);

const podSchema = z.strictObject({
  nodeSelector: z.record(z.string(), z.string()).optional(),
  affinity: map.optional(),
  tolerations: maps.optional(),
  topologySpreadConstraints: maps.optional(),
  priorityClassName: z.string().optional(),
  apart: strength.optional(),
  beside: z.strictObject({ segment: z.string(), kind: strength }).optional(),
  liveness: z
    .strictObject({
      enabled: z.boolean(),
      periodSeconds: positive.optional(),
      failureThreshold: positive.optional(),
      timeoutSeconds: positive.optional(),
    })
    .optional(),
  wrapper: z.boolean().optional(),
  shareProcessNamespace: z.boolean().optional(),
});

const sidecarSchema = z.strictObject({
  image: z.strictObject({
    repository: z.string().min(1),
    tag: z.string(),
    digest: z.string().regex(/^(sha256:[0-9a-f]{64})?$/),
    pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
  }),
  resources: z.strictObject({ cpu: quantity, memory: quantity }),
  detachedLimit: z.string().regex(DURATION_PATTERN),
  log: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
  tlsSecret: z.string(),
});

const valuesSchema = z.strictObject({
  name: z.string(),
  spec: partitionSchema.shape.spec,
  sidecar: sidecarSchema,
  pods: z.record(z.string(), podSchema),
  // Helm hands the values that all charts share to each of them.
  global: map.optional(),
});

/** `values.schema.json` of the library chart. */
export function libraryValuesSchema(): string {
  const schema = z.toJSONSchema(valuesSchema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify(readable(schema), null, 2)}\n`;
}

/** Without what Go's regular expressions cannot read. */
function readable(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(readable);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) =>
    key === 'pattern' && typeof value === 'string' && looksAhead(value)
      ? ['not', { pattern: refusedBy(value).ending }]
      : [key, readable(value)],
  );
  return Object.fromEntries(entries);
}
