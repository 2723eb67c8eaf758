// What the tests look at of a StatefulSet and its pods.

import { z } from 'zod';
import type { KubernetesObject } from './helm.ts';

const map = z.looseObject({});

const probeSchema = z.looseObject({
  httpGet: z.strictObject({ path: z.string(), port: z.int() }),
  periodSeconds: z.int(),
  failureThreshold: z.int(),
});

const containerSchema = z.looseObject({
  name: z.string(),
  args: z.array(z.string()).optional(),
  restartPolicy: z.string().optional(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).default([]),
  resources: z.looseObject({ requests: map, limits: map }).optional(),
  lifecycle: map.optional(),
  startupProbe: probeSchema.optional(),
  readinessProbe: probeSchema.optional(),
  livenessProbe: probeSchema.optional(),
  securityContext: map.optional(),
});
export type Container = z.output<typeof containerSchema>;

const podSchema = z.looseObject({
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()) }),
  spec: z.looseObject({
    containers: z.tuple([containerSchema]).rest(containerSchema),
    initContainers: z.array(containerSchema).default([]),
    volumes: z.array(z.looseObject({ name: z.string() })),
    terminationGracePeriodSeconds: z.int(),
  }),
});
export type Pod = z.output<typeof podSchema>;

const statefulSetSchema = z.looseObject({
  spec: z.looseObject({
    serviceName: z.string(),
    selector: z.strictObject({ matchLabels: z.record(z.string(), z.string()) }),
    template: podSchema,
  }),
});

/** The spec of a StatefulSet. Throws ZodError for another object. */
export function statefulSetOf(object: KubernetesObject): z.output<typeof statefulSetSchema>['spec'] {
  return statefulSetSchema.parse(object).spec;
}

const templateSchema = z.looseObject({
  spec: z.looseObject({ template: z.looseObject({ metadata: map, spec: map }) }),
});

/** The pod template of a StatefulSet or Deployment, unread. Throws ZodError for another object. */
export function templateIn(object: KubernetesObject): z.output<typeof templateSchema>['spec']['template'] {
  return templateSchema.parse(object).spec.template;
}

const configMapSchema = z.looseObject({ data: z.strictObject({ 'sidecar.json': z.string() }) });

/** Text of the sidecar's configuration in a ConfigMap. Throws ZodError for another object. */
export function sidecarConfigIn(object: KubernetesObject): string {
  return configMapSchema.parse(object).data['sidecar.json'];
}
