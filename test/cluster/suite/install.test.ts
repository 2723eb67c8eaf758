// charts/baton, as its users install it.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
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

test('what is uninstalled leaves the kinds, and every Partition with them', async () => {
  await site.helm('uninstall', BATON, '--wait');
  expect(await site.kubectl('get', 'deployments,services,roles,networkpolicies', '--output', 'name')).toBe(
    '',
  );
  await site.kubectl('get', 'customresourcedefinition/partitions.baton.dev');
});
