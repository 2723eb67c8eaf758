// ConfigMaps as the plainest objects there are, for tests of how we talk to an API server.

import * as z from 'zod';
import type { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { isFault } from '../../../coordinator/cluster/client/fault.ts';
import type { Resource } from '../../../coordinator/cluster/client/resource.ts';
import { condition } from '../../sidecar/condition.ts';
import type { ControlPlane } from '../controlPlane.ts';

export const CONFIG_MAPS: Resource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
};

export const NAMESPACE = 'default';

const schema = z.object({
  metadata: z.object({ uid: z.string(), resourceVersion: z.string() }),
  data: z.record(z.string(), z.string()).optional(),
});

export type Thing = { readonly uid: string; readonly value: string };

/** The `value` that a ConfigMap holds; undefined for those of others, as the API server's own. */
export function parseThing(object: unknown): Thing | undefined {
  const { metadata, data } = schema.parse(object);
  const value = data?.['value'];
  return value === undefined ? undefined : { uid: metadata.uid, value };
}

/** `resourceVersion` of an object. */
export function versionOf(object: unknown): string {
  return schema.parse(object).metadata.resourceVersion;
}

export function thing(name: string, value: string, labels: Readonly<Record<string, string>> = {}) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data: { value } };
}

/** Creates one that holds `value`. */
export function createThing(client: KubeClient, name: string, value: string, labels = {}): Promise<unknown> {
  return client.create(CONFIG_MAPS, { namespace: NAMESPACE }, thing(name, value, labels));
}

/** Pauses the API server; resolves once it answers nothing any more: its threads do not stop in one instant. */
export async function pauseWhole(plane: ControlPlane, client: KubeClient): Promise<void> {
  plane.pause();
  await condition('the API server answers nothing', async () => {
    try {
      await client.list(CONFIG_MAPS, { namespace: NAMESPACE }, { limit: 1, deadlineMs: 300 });
      return false;
    } catch (error) {
      return isFault(error, 'unknown');
    }
  });
}
