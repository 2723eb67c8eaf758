import { expect, test } from 'vitest';
import { z } from 'zod';
import { INSECURE_ANYONE_FLAG } from '../../../coordinator/cluster/config/options.ts';
import {
  API_GROUP,
  AUDIENCE,
  CALLER_ROLES,
  CALLERS_ANNOTATION,
  LEADER_LABEL,
  LEASE_NAME,
} from '../../../coordinator/cluster/names.ts';
import { pathOf } from '../binaries.ts';
import { run } from '../run.ts';
import { type KubernetesObject, NAMESPACE, objectNamed, RELEASE, refusal, render, valuesOf } from './helm.ts';

const NAME = `${RELEASE}-baton`;
const SELECTOR = {
  'app.kubernetes.io/name': 'baton',
  'app.kubernetes.io/component': 'coordinator',
  'app.kubernetes.io/instance': RELEASE,
};

const hookSchema = z.looseObject({ annotations: z.looseObject({ 'helm.sh/hook': z.literal('test') }) });
const isOfTest = (object: KubernetesObject) => hookSchema.safeParse(object.metadata).success;

const isOfCallers = ({ metadata: { name } }: KubernetesObject) => /-(viewer|operator|admin)/.test(name);

const names = (objects: readonly KubernetesObject[]) =>
  objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();

test('a release has two coordinators, who may do what they need and no more', async () => {
  const objects = (await render('baton')).filter((object) => !isOfTest(object));
  expect(names(objects)).toEqual(
    [
      ...['viewer', 'operator', 'admin'].flatMap((role) => [
        `ClusterRole baton-${role}`,
        `ServiceAccount ${NAME}-${role}`,
        `Role ${NAME}-${role}-token`,
        `RoleBinding ${NAME}-${role}`,
      ]),
      `ClusterRole ${NAME}-${NAMESPACE}-cluster`,
      `ClusterRoleBinding ${NAME}-${NAMESPACE}-cluster`,
      ...['partitions', 'journals', 'runs'].map((kind) => `CustomResourceDefinition ${kind}.${API_GROUP}`),
      `Deployment ${NAME}`,
      `NetworkPolicy ${NAME}`,
      `NetworkPolicy ${NAME}-sidecars`,
      `PodDisruptionBudget ${NAME}`,
      `Role ${NAME}-leader`,
      `Role ${NAME}-partitions`,
      `RoleBinding ${NAME}-leader`,
      `RoleBinding ${NAME}-partitions`,
      'Secret baton-authority',
      'Secret baton-sidecar',
      `Service ${NAME}`,
      `Service ${NAME}-metrics`,
      `ServiceAccount ${NAME}`,
    ].sort(),
  );
  expect([...valuesOf('verbs', objects)].flatMap(([, verbs]) => verbs)).not.toContain('*');
  const whole = objectNamed(objects, 'ClusterRole', `${NAME}-${NAMESPACE}-cluster`);
  expect(whole['rules']).toEqual([
    { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] },
    { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
    { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  ]);
  const leader = objectNamed(objects, 'Role', `${NAME}-leader`);
  expect(leader['rules']).toContainEqual({
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    resourceNames: [LEASE_NAME],
    verbs: ['get', 'list', 'watch', 'update'],
  });
});

test('clients reach the one who leads, and standbys are Ready', async () => {
  const objects = await render('baton');
  expect(objectNamed(objects, 'Service', NAME)).toMatchObject({
    spec: { selector: { ...SELECTOR, [LEADER_LABEL]: 'true' }, ports: [{ port: 7400, targetPort: 7400 }] },
  });
  const { spec } = objectNamed(objects, 'Deployment', NAME);
  expect(spec).toMatchObject({
    replicas: 2,
    selector: { matchLabels: SELECTOR },
    template: { metadata: { labels: SELECTOR } },
  });
  expect(JSON.stringify(spec)).not.toContain(LEADER_LABEL);
});

test('the coordinator runs with nothing that it does not need, and no probe names a port', async () => {
  const { spec } = objectNamed(await render('baton'), 'Deployment', NAME);
  expect(spec).toMatchObject({
    template: {
      spec: {
        serviceAccountName: NAME,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              runAsNonRoot: true,
              capabilities: { drop: ['ALL'] },
            },
            env: ['POD_IP', 'POD_NAME', 'POD_NAMESPACE', 'POD_UID'].map((name) => ({ name })),
          },
        ],
      },
    },
  });
  const gets = [...valuesOf('httpGet', spec)].map(([, get]) => get);
  expect(gets).toEqual(['/startupz', '/readyz', '/livez'].map((path) => ({ path, port: 7403 })));
});

test('each namespace that is watched has its Role and its policy, and the program is told of it', async () => {
  const objects = await render('baton', { namespaces: ['one', 'two'] });
  const placed = (kind: string) =>
    objects
      .filter((object) => object.kind === kind && !isOfTest(object) && !isOfCallers(object))
      .map(({ metadata }) => metadata['namespace']);
  expect(placed('Role').sort()).toEqual(['one', NAMESPACE, 'two'].sort());
  expect(placed('NetworkPolicy').sort()).toEqual(['one', NAMESPACE, 'two'].sort());
  const { spec } = objectNamed(objects, 'Deployment', NAME);
  expect([...valuesOf('args', spec)].flatMap(([, args]) => args)).toContain('--namespaces=one,two');
  // The throwaway partition would be in a namespace that nobody leads.
  expect(objects.filter(isOfTest)).toEqual([]);
});

test('policies restrict commands and metrics, and leave every other port as it is', async () => {
  const metrics = [{ namespaceSelector: { matchLabels: { team: 'monitoring' } } }];
  const objects = await render('baton', { networkPolicy: { metrics } });
  const ofSidecars = objectNamed(objects, 'NetworkPolicy', `${NAME}-sidecars`);
  const coordinators = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': NAMESPACE } },
    podSelector: { matchLabels: SELECTOR },
  };
  expect(ofSidecars['spec']).toEqual({
    podSelector: { matchExpressions: [{ key: 'baton.dev/partition', operator: 'Exists' }] },
    policyTypes: ['Ingress'],
    ingress: [
      { ports: [{ port: 7401 }], from: [coordinators] },
      { ports: [{ port: 7402 }], from: metrics },
      {
        ports: [
          { port: 1, endPort: 7400 },
          { port: 7403, endPort: 65535 },
          { protocol: 'UDP', port: 1, endPort: 65535 },
          { protocol: 'SCTP', port: 1, endPort: 65535 },
        ],
      },
    ],
  });
  const off = await render('baton', { networkPolicy: { enabled: false } });
  expect(off.filter(({ kind }) => kind === 'NetworkPolicy')).toEqual([]);
});

test('callers have accounts and tokens, and without them everybody is obeyed by name', async () => {
  const objects = await render('baton', { namespaces: [NAMESPACE, 'daq'] });
  const deployed = objectNamed(objects, 'Deployment', NAME)['spec'];
  expect(deployed).toMatchObject({
    template: { metadata: { annotations: { [CALLERS_ANNOTATION]: `${NAME}-operator,${NAME}-viewer` } } },
  });
  expect(JSON.stringify(deployed)).not.toContain(INSECURE_ANYONE_FLAG);
  const bound = objects.filter(
    ({ kind, metadata }) => kind === 'RoleBinding' && metadata.name === `${NAME}-admin`,
  );
  expect(bound.map(({ metadata }) => metadata['namespace']).sort()).toEqual(['daq', NAMESPACE]);
  expect(bound[0]).toMatchObject({
    roleRef: { kind: 'ClusterRole', name: CALLER_ROLES.force },
    subjects: [{ kind: 'ServiceAccount', name: `${NAME}-admin`, namespace: NAMESPACE }],
  });
  const mayAsk = objectNamed(objects, 'Role', `${NAME}-viewer-token`);
  expect(mayAsk['rules']).toContainEqual({
    apiGroups: [''],
    resources: ['serviceaccounts/token'],
    resourceNames: [`${NAME}-viewer`],
    verbs: ['create'],
  });
  const test = objectNamed(objects, 'Pod', `${NAME}-test`);
  expect(test['spec']).toMatchObject({
    serviceAccountName: `${NAME}-operator`,
    volumes: [{ projected: { sources: [{ serviceAccountToken: { audience: AUDIENCE, path: 'token' } }] } }],
  });
  for (const [, args] of valuesOf('args', test)) expect(args).toContain('--token-file=/var/run/baton/token');
  const without = await render('baton', { auth: { enabled: false } });
  expect(
    [...valuesOf('args', objectNamed(without, 'Deployment', NAME))].flatMap(([, args]) => args),
  ).toContain(INSECURE_ANYONE_FLAG);
  expect(JSON.stringify(without)).not.toMatch(
    /serviceaccounts\/token|tokenreviews|baton.dev\/callers|--token-file/,
  );
});

test('the kinds stay when the release goes, and can be left to another release', async () => {
  const kinds = (await render('baton')).filter(({ kind }) => kind === 'CustomResourceDefinition');
  expect(kinds).toHaveLength(3);
  for (const { metadata } of kinds) {
    expect(metadata['annotations']).toEqual({ 'helm.sh/resource-policy': 'keep' });
  }
  const without = await render('baton', { crds: { install: false } });
  expect(without.filter(({ kind }) => kind === 'CustomResourceDefinition')).toEqual([]);
});

test('helm test has a throwaway partition and a pod that takes it into a run and out again', async () => {
  const objects = (await render('baton')).filter(isOfTest);
  expect(names(objects)).toEqual(
    [
      'ConfigMap baton-test-stand-in-sidecar',
      'Partition baton-test',
      `Pod ${NAME}-test`,
      'Service baton-test-stand-in',
      'StatefulSet baton-test-stand-in',
    ].sort(),
  );
  const words = [...valuesOf('args', objectNamed(objects, 'Pod', `${NAME}-test`))].map(([, args]) => args);
  expect(words).toHaveLength(3);
  for (const args of words) expect(args).toContain(`--address=${NAME}.${NAMESPACE}:7400`);
});

test.each([
  [{ namespaces: ['Physics'] }, "at '/namespaces/0'"],
  [{ replicas: 0 }, "at '/replicas'"],
  [{ image: { digest: 'sha256:12' } }, "at '/image/digest'"],
  [{ networkpolicy: {} }, "additional properties 'networkpolicy' not allowed"],
])('values %j are refused with the path', async (values, words) => {
  expect(await refusal('baton', values)).toContain(words);
});

test.each(['baton', 'minidaq'])('helm finds nothing to say against the chart %s', async (chart) => {
  await run(pathOf('helm'), ['lint', '--strict', `charts/${chart}`]);
});

test('an image is named by its digest where there is one', async () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  const { spec } = objectNamed(await render('baton', { image: { digest } }), 'Deployment', NAME);
  expect([...valuesOf('image', spec)].map(([, image]) => image)).toEqual([`baton-coordinator@${digest}`]);
});
