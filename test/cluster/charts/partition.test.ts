import { beforeAll, expect, test } from 'vitest';
import { dune } from '../../../protos/machine/dune.ts';
import { machineHash } from '../../../protos/machine/hash.ts';
import { withOverrides } from '../../../protos/machine/overrides.ts';
import { parseConfig } from '../../../sidecar/config/parse.ts';
import { type KubernetesObject, NAMESPACE, objectNamed, RELEASE, refusal, render, valuesOf } from './helm.ts';
import { minidaq } from './minidaq.ts';
import { type Container, type Pod, sidecarConfigIn, statefulSetOf } from './pods.ts';

const SEGMENTS = ['trigger', 'readout', 'builder', 'writer'];

function podOf(objects: readonly KubernetesObject[], segment: string): Pod {
  return statefulSetOf(objectNamed(objects, 'StatefulSet', `${RELEASE}-${segment}`)).template;
}

function sidecarOf(pod: Pod): Container {
  const [first] = pod.spec.initContainers;
  if (first === undefined) throw new Error('the pod has no init container');
  return first;
}

// The miniature DAQ as it is.

let objects: readonly KubernetesObject[];
beforeAll(async () => {
  objects = await render('minidaq');
});

test('is a Partition, and for each segment a StatefulSet with its Service and configuration', () => {
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()).toEqual(
    [
      `Partition ${RELEASE}`,
      `PersistentVolumeClaim ${RELEASE}-data`,
      ...SEGMENTS.flatMap((segment) => [
        `ConfigMap ${RELEASE}-${segment}-sidecar`,
        `Service ${RELEASE}-${segment}`,
        `StatefulSet ${RELEASE}-${segment}`,
      ]),
    ].sort(),
  );
});

test('renders no replicas, not even as null: helm would own them', () => {
  expect([...valuesOf('replicas', objects)]).toEqual([]);
});

test('trap-10, trap-11, seen-1.7: names no port in any probe or hook: a kubelet that finds none never decides', () => {
  const ports = [...valuesOf('httpGet', objects)].flatMap(([, get]) => [...valuesOf('port', get)]);
  expect(ports.length).toBe(SEGMENTS.length * 6);
  expect(ports.filter(([, port]) => port !== 7402)).toEqual([]);
});

test.each(SEGMENTS)(
  'trap-1, trap-30: pods of %s are made at once, replaced by hand, and found by name',
  (segment) => {
    const labels = { 'baton.dev/partition': RELEASE, 'baton.dev/segment': segment };
    const set = statefulSetOf(objectNamed(objects, 'StatefulSet', `${RELEASE}-${segment}`));
    expect(set).toMatchObject({
      serviceName: `${RELEASE}-${segment}`,
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'OnDelete' },
      selector: { matchLabels: labels },
    });
    expect(set.template.metadata.labels).toMatchObject(labels);
    expect(objectNamed(objects, 'Service', `${RELEASE}-${segment}`)).toMatchObject({
      spec: { clusterIP: 'None', publishNotReadyAddresses: true, selector: labels },
    });
  },
);

test('trap-18: the sidecar comes first, stays, and has what it asked for; it has no preStop', () => {
  const sidecar = sidecarOf(podOf(objects, 'readout'));
  expect(sidecar).toMatchObject({ name: 'baton', restartPolicy: 'Always' });
  expect(sidecar.resources?.requests).toEqual(sidecar.resources?.limits);
  expect(sidecar.lifecycle).toBeUndefined();
  expect(sidecar.startupProbe).toMatchObject({ httpGet: { path: '/startupz' }, periodSeconds: 1 });
  expect(sidecar.readinessProbe?.httpGet.path).toBe('/readyz');
  expect(sidecar.livenessProbe?.httpGet.path).toBe('/livez');
});

test('trap-8, trap-13: the process is asked about through its sidecar, and not killed by liveness', () => {
  const [process] = podOf(objects, 'readout').spec.containers;
  expect(process.startupProbe?.httpGet.path).toBe('/process/startupz');
  // A sidecar that was restarted often is away for 160 s.
  expect(process.startupProbe?.failureThreshold).toBeGreaterThan(160);
  expect(process.readinessProbe?.httpGet.path).toBe('/process/readyz');
  expect(process.livenessProbe).toBeUndefined();
  expect(process.lifecycle).toEqual({
    preStop: {
      httpGet: { path: '/prestop', port: 7402, httpHeaders: [{ name: 'x-baton-prestop', value: '1' }] },
    },
  });
  expect(process.env.map(({ name }) => name)).toEqual([
    'BATON_PARTITION',
    'BATON_SEGMENT',
    'BATON_ORDINAL',
    'BATON_SIDECAR',
  ]);
});

test('every container is as the restricted standard of pod security wants it', () => {
  for (const segment of SEGMENTS) {
    const { spec } = podOf(objects, segment);
    expect(spec['securityContext']).toMatchObject({
      runAsNonRoot: true,
      fsGroup: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(spec['automountServiceAccountToken']).toBe(false);
    for (const container of [...spec.containers, ...spec.initContainers]) {
      expect(container.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  }
});

test('its processes find one another by the names of the pods', () => {
  const [process] = podOf(objects, 'readout').spec.containers;
  expect(process.args).toContain('--ordinal=$(BATON_ORDINAL)');
  const peers = `${RELEASE}-{role}-{ordinal}.${RELEASE}-{role}.${NAMESPACE}.svc.cluster.local:7410`;
  expect(process.args).toContain(`--peers=${peers}`);
  expect(process.args).toContain('--readouts=4');
});

test('a sidecar takes its configuration, and makes the same machine as the coordinator', async () => {
  const timeouts = { conf: '2m', stop: '1500ms' };
  const orders = { conf: [['writer', 'builder'], ['readout'], ['trigger']] };
  const objects = await render('minidaq', minidaq({ timeouts, orders }));
  const map = objectNamed(objects, 'ConfigMap', `${RELEASE}-builder-sidecar`);
  const environment = { BATON_ORDINAL: '1', BATON_POD_UID: 'uid' };
  const config = parseConfig({ text: sidecarConfigIn(map), environment, insecureListen: false });
  expect(config).toMatchObject({
    partition: RELEASE,
    segment: 'builder',
    ordinal: 1,
    podUid: 'uid',
    adapter: { type: 'grpc', address: '127.0.0.1:5000' },
    gracePeriodMs: 100_000,
    marginMs: 2_000,
  });
  const expected = withOverrides(dune, {
    segments: SEGMENTS,
    orders,
    timeouts: { conf: 120_000, stop: 1_500 },
  });
  expect(machineHash(config.machine)).toBe(machineHash(expected));
  expect(machineHash(config.machine)).not.toBe(machineHash(dune));
});

test('trap-23: the grace of the pod is that of the segment, and another configuration is another revision', async () => {
  const graced = podOf(
    await render('minidaq', minidaq({}, { writer: { stop: { gracePeriod: '100500ms' } } })),
    'writer',
  );
  expect(graced.spec.terminationGracePeriodSeconds).toBe(101);
  const plain = podOf(await render('minidaq'), 'writer');
  expect(plain.metadata).not.toEqual(graced.metadata);
});

test('pods go where the values of their segment say', async () => {
  const pods = {
    readout: {
      apart: 'hard',
      beside: { segment: 'builder', kind: 'soft' },
      nodeSelector: { detector: 'apa' },
      tolerations: [{ key: 'daq', operator: 'Exists' }],
      topologySpreadConstraints: [{ maxSkew: 1 }],
      priorityClassName: 'daq',
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} } },
    },
  };
  const objects = await render('minidaq', minidaq({}, {}, { pods }));
  const near = (segment: string) => ({
    topologyKey: 'kubernetes.io/hostname',
    labelSelector: { matchLabels: { 'baton.dev/partition': RELEASE, 'baton.dev/segment': segment } },
  });
  expect(podOf(objects, 'readout').spec).toMatchObject({
    nodeSelector: { detector: 'apa' },
    tolerations: [{ key: 'daq', operator: 'Exists' }],
    topologySpreadConstraints: [{ maxSkew: 1 }],
    priorityClassName: 'daq',
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} },
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near('readout')] },
      podAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: near('builder') }],
      },
    },
  });
  expect(podOf(objects, 'builder').spec['affinity']).toBeUndefined();
});

test('liveness of the process is there when it is asked for, and patient', async () => {
  const pods = { writer: { liveness: { enabled: true } } };
  const [process] = podOf(await render('minidaq', minidaq({}, {}, { pods })), 'writer').spec.containers;
  expect(process.livenessProbe).toMatchObject({
    httpGet: { path: '/process/livez', port: 7402 },
    periodSeconds: 10,
    failureThreshold: 18,
  });
});

test('trap-24: a liveness probe gets no grace of its own, which would cut the stop path short', async () => {
  const liveness = { enabled: true, terminationGracePeriodSeconds: 5 };
  const told = await refusal('minidaq', minidaq({}, {}, { pods: { writer: { liveness } } }));
  expect(told).toContain("additional properties 'terminationGracePeriodSeconds' not allowed");
});

test('a sidecar around its process is the container itself', async () => {
  const adapter = { type: 'child' };
  const process = { command: ['/usr/bin/daq', '--fast'], environment: { MODE: 'x' } };
  const writer = { adapter, process };
  const objects = await render('minidaq', minidaq({}, { writer }, { pods: { writer: { wrapper: true } } }));
  const { spec } = podOf(objects, 'writer');
  expect(spec.initContainers).toEqual([]);
  expect(spec.containers[0].startupProbe?.httpGet.path).toBe('/startupz');
  expect(spec.containers[0].env.map(({ name }) => name)).toContain('BATON_CONFIG');
  const map = objectNamed(objects, 'ConfigMap', `${RELEASE}-writer-sidecar`);
  const environment = { BATON_ORDINAL: '0', BATON_POD_UID: 'uid' };
  const config = parseConfig({ text: sidecarConfigIn(map), environment, insecureListen: false });
  expect(config.adapter).toMatchObject({
    type: 'child',
    command: ['/usr/bin/daq', '--fast'],
    environment: { MODE: 'x' },
  });
});
