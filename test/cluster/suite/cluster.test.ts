// The cluster itself: what every other test of the suite takes for granted.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { condition } from '../../sidecar/condition.ts';
import { openSite, type Site } from '../site.ts';

let site: Site;

/** Answers each request with the pod's name and the asker's address, and says so in its log. */
const SERVER = `
  const { HOSTNAME: name } = process.env;
  require('node:http').createServer((request, response) => {
    console.log('asked by', request.socket.remoteAddress);
    response.end(name + ' ' + request.socket.remoteAddress);
  }).listen(8080);
  process.on('SIGTERM', () => process.exit(0));
`;

beforeAll(async () => {
  site = await openSite('cluster');
  await site.apply(headlessService(), service(), statefulSet(site.image('node')));
  await site.kubectl('rollout', 'status', 'statefulset/web', '--timeout=120s');
});

afterAll(async () => site?.[Symbol.asyncDispose]());

function headlessService() {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { clusterIP: 'None', selector: { app: 'web' }, ports: [{ port: 8080 }] },
  };
}

function service() {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'front' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
  };
}

/** Two pods that must not share a node. */
function statefulSet(image: string) {
  const labels = { app: 'web' };
  const security = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const apart = { labelSelector: { matchLabels: labels }, topologyKey: 'kubernetes.io/hostname' };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'web' },
    spec: {
      serviceName: 'web',
      replicas: 2,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 1000,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [apart] } },
          containers: [
            {
              name: 'web',
              image,
              imagePullPolicy: 'IfNotPresent',
              command: ['node', '-e', SERVER],
              securityContext: security,
              readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  };
}

/** What a pod gets from an address, or nothing within a second. */
function ask(pod: string, url: string): Promise<string> {
  const asking = `fetch('${url}', { signal: AbortSignal.timeout(1_000) })`;
  const program = `${asking}.then((it) => it.text()).then((text) => process.stdout.write(text))`;
  return site.kubectl('exec', pod, '--', 'node', '-e', program);
}

test('there are two nodes, and all are Ready', async () => {
  const said = await site.kubectl('get', 'nodes', '--no-headers');
  const states = said
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/)[1]);
  expect(states.length).toBeGreaterThan(1);
  expect(new Set(states)).toEqual(new Set(['Ready']));
});

test('the pods are on different nodes', async () => {
  const nodes = await site.kubectl('get', 'pods', '--output=jsonpath={.items[*].spec.nodeName}');
  expect(new Set(nodes.split(' ')).size).toBe(2);
});

test('each pod reaches the other by its StatefulSet name and is seen under its own address', async () => {
  const address = (pod: string) => site.kubectl('get', 'pod', pod, '--output=jsonpath={.status.podIP}');
  expect(await ask('web-0', `http://web-1.web.${site.namespace}.svc.cluster.local:8080`)).toBe(
    `web-1 ::ffff:${await address('web-0')}`,
  );
  expect(await ask('web-1', 'http://web-0.web:8080')).toBe(`web-0 ::ffff:${await address('web-1')}`);
});

test('a Service answers by its name, whichever pod is asked, and also the pod itself', async () => {
  const answers = new Set<string>();
  // Its rules come a moment after its pods are ready: until then nobody answers.
  await condition('both pods answered', async () => {
    const answer = await ask('web-0', 'http://front').catch(() => undefined);
    if (answer !== undefined) answers.add(answer.split(' ')[0] ?? '');
    return answers.size === 2;
  });
  expect([...answers].sort()).toEqual(['web-0', 'web-1']);
});

test('a name that does not exist is not found', async () => {
  await expect(ask('web-0', 'http://web-7.web:8080')).rejects.toThrow(/ENOTFOUND/);
});

test('the logs of a pod are read', async () => {
  expect(await site.kubectl('logs', 'web-0')).toContain('asked by');
});

test('a pod that may do too much is refused', async () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'bold' },
    spec: { hostNetwork: true, containers: [{ name: 'bold', image: site.image('node') }] },
  };
  await expect(site.apply(pod)).rejects.toThrow(/violates PodSecurity "restricted:latest"/);
});
