// What may stand in the values of the library chart: the document's own schema, and what only a pod needs. Helm tells
// each fault with its path before a template is rendered.

import { z } from 'zod';
import { partitionSchema } from '../../coordinator/document/schema.ts';
import { NAMESPACE } from '../../protos/credentials/names.ts';
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

const imageSchema = z.strictObject({
  repository: z.string().min(1),
  tag: z.string(),
  digest: z.string().regex(/^(sha256:[0-9a-f]{64})?$/),
  pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
});
const log = z.enum(['debug', 'info', 'warn', 'error', 'silent']);

const sidecarSchema = z.strictObject({
  image: imageSchema,
  resources: z.strictObject({ cpu: quantity, memory: quantity }),
  detachedLimit: z.string().regex(DURATION_PATTERN),
  log,
});

/** Where certificates come from. */
const IDENTITY = {
  mode: z.enum(['coordinatorIssued', 'existing', 'certManager', 'none']),
  secret: z.string(),
  issuerRef: z.strictObject({ name: z.string(), kind: z.string(), group: z.string() }),
};

const librarySchema = z.strictObject({
  name: z.string(),
  spec: partitionSchema.shape.spec,
  sidecar: sidecarSchema,
  identity: z.strictObject(IDENTITY),
  pods: z.record(z.string(), podSchema),
  // Helm hands the values that all charts share to each of them.
  global: map.optional(),
});

const batonSchema = z.strictObject({
  namespaces: z.array(z.string().regex(NAMESPACE)),
  crds: z.strictObject({ install: z.boolean() }),
  replicas: positive,
  image: imageSchema,
  imagePullSecrets: maps,
  log,
  serviceAccount: z.strictObject({ name: z.string(), annotations: map }),
  resources: map,
  nodeSelector: map,
  tolerations: maps,
  affinity: map,
  topologySpreadConstraints: maps,
  priorityClassName: z.string(),
  podAnnotations: map,
  podLabels: map,
  podDisruptionBudget: z.strictObject({ enabled: z.boolean() }),
  auth: z.strictObject({ enabled: z.boolean() }),
  identity: z.strictObject({
    ...IDENTITY,
    certificateLife: z.string().regex(DURATION_PATTERN),
    plaintextPods: z.boolean(),
  }),
  networkPolicy: z.strictObject({ enabled: z.boolean(), clients: maps, metrics: maps }),
  test: z.strictObject({ command: z.array(z.string()).min(1), timeout: z.string().regex(DURATION_PATTERN) }),
  // The library's schema says what may stand there.
  partition: map,
  global: map.optional(),
});

const minidaqSchema = z.strictObject({
  image: imageSchema,
  data: z.strictObject({
    existingClaim: z.string(),
    storageClassName: z.string(),
    accessModes: z.array(z.enum(['ReadWriteOnce', 'ReadWriteMany'])).min(1),
    size: quantity,
  }),
  options: z.strictObject({ triggerRate: z.number().min(0), payloadBytes: positive }),
  args: z.record(z.string(), z.array(z.string())),
  resources: z.record(z.string(), map),
  clusterDomain: z.string().min(1),
  partition: map,
  global: map.optional(),
});

/** `values.schema.json` by chart. */
export function valuesSchemas(): ReadonlyMap<string, string> {
  const schemas = { partition: librarySchema, baton: batonSchema, minidaq: minidaqSchema };
  return new Map(Object.entries(schemas).map(([chart, schema]) => [chart, schemaText(schema)]));
}

function schemaText(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify(readable(json), null, 2)}\n`;
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
