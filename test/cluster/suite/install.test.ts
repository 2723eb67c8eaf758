// charts/baton, as its users install it.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { AUTHORITY_SECRET, SIDECAR_SECRET } from '../../../coordinator/cluster/names.ts';
import { secretOf } from '../../../coordinator/cluster/resources/secret.ts';
import { BATON, installBaton } from '../install.ts';
import { openSite, type Site } from '../site.ts';

let site: Site;

beforeAll(async () => {
  site = await openSite('install');
  await installBaton(site);
});

afterAll(async () => site?.[Symbol.asyncDispose]());

const podsSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()) }),
      status: z.looseObject({ podIP: z.string().optional() }),
    }),
  ),
});

const endpointsSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      endpoints: z
        .array(z.looseObject({ addresses: z.array(z.string()) }))
        .nullish()
        .transform((endpoints) => endpoints ?? []),
    }),
  ),
});

test('all replicas are Ready, and the Service leads to the one who leads', async () => {
  const selector = `app.kubernetes.io/instance=${BATON},app.kubernetes.io/component=coordinator`;
  const { items: pods } = podsSchema.parse(await site.get('pods', '--selector', selector));
  expect(pods).toHaveLength(2);
  const leaders = pods.filter(({ metadata }) => metadata.labels['baton.dev/leader'] === 'true');
  expect(leaders).toHaveLength(1);
  const slices = await site.get('endpointslices', '--selector', `kubernetes.io/service-name=${BATON}`);
  const addresses = endpointsSchema
    .parse(slices)
    .items.flatMap(({ endpoints }) => endpoints.flatMap((endpoint) => endpoint.addresses));
  expect(addresses).toEqual([leaders[0]?.status.podIP]);
});

test('helm test takes a throwaway partition into a run and out again, and removes it', async () => {
  expect(await site.helm('test', BATON, '--timeout', '170s')).toMatch(/Phase: +Succeeded/);
  expect(await site.kubectl('get', 'statefulsets', '--output', 'name')).toBe('');
}, 180_000);

test('an upgrade leaves what the coordinator has issued', async () => {
  const issued = async () => {
    const names = [AUTHORITY_SECRET, SIDECAR_SECRET];
    return Promise.all(names.map(async (name) => secretOf(await site.get('secret', name)).texts));
  };
  const before = await issued();
  expect(before.map((texts) => Object.keys(texts))).toEqual([
    ['tls.crt', 'tls.key'],
    ['ca.crt', 'tls.crt', 'tls.key'],
  ]);
  // Otherwise helm would have nothing to do.
  await installBaton(site, { log: 'debug' });
  expect(await issued()).toEqual(before);
});

test('what is uninstalled leaves the kinds, and every Partition with them', async () => {
  await site.helm('uninstall', BATON, '--wait');
  const kinds = 'deployments,services,roles,networkpolicies,secrets';
  expect(await site.kubectl('get', kinds, '--output', 'name')).toBe('');
  await site.kubectl('get', 'customresourcedefinition/partitions.baton.dev');
});
