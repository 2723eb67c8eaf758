// Where certificates come from, in every mode: what the charts make, mount, allow and refuse.

import { expect, test } from 'vitest';
import { parseOptions } from '../../../coordinator/cluster/config/options.ts';
import { AUTHORITY_SECRET, IDENTITY_ANNOTATION, SIDECAR_SECRET } from '../../../coordinator/cluster/names.ts';
import { nameOf } from '../../../protos/credentials/names.ts';
import { parseConfig } from '../../../sidecar/config/parse.ts';
import {
  type KubernetesObject,
  NAMESPACE,
  objectNamed,
  RELEASE,
  refusal,
  render,
  type Values,
  valuesOf,
} from './helm.ts';
import { minidaq } from './minidaq.ts';
import { sidecarConfigIn, templateIn } from './pods.ts';

const NAME = `${RELEASE}-baton`;
const NAMESPACES = ['one', 'two'];
const ISSUER = { name: 'lab', kind: 'ClusterIssuer', group: 'cert-manager.io' };

const sidecars = (identity: Values) => render('minidaq', minidaq({}, {}, { identity }));
const coordinator = (identity: Values, more: Values = {}) =>
  render('baton', { namespaces: NAMESPACES, identity, ...more });
const ofKind = (objects: readonly KubernetesObject[], kind: string) =>
  objects.filter((object) => object.kind === kind);

/** What the program would understand of its command line. */
function optionsOf(objects: readonly KubernetesObject[]): object {
  const { spec } = objectNamed(objects, 'Deployment', NAME);
  const args = [...valuesOf('args', spec)].flatMap(([, each]) =>
    Array.isArray(each) ? each.map(String) : [],
  );
  const parsed = parseOptions(args, {});
  if (parsed.kind !== 'options') throw new Error(JSON.stringify(parsed));
  return parsed.options;
}

function configOf(objects: readonly KubernetesObject[]): ReturnType<typeof parseConfig> {
  const text = sidecarConfigIn(objectNamed(objects, 'ConfigMap', `${RELEASE}-writer-sidecar`));
  return parseConfig({
    text,
    environment: { BATON_ORDINAL: '0', BATON_POD_UID: 'u' },
    insecureListen: false,
  });
}

const podOf = (objects: readonly KubernetesObject[]) =>
  templateIn(objectNamed(objects, 'StatefulSet', `${RELEASE}-writer`));

const mounted = (secretName: string) => ({
  name: 'baton-tls',
  secret: {
    secretName,
    defaultMode: 0o440,
    items: ['ca.crt', 'tls.crt', 'tls.key'].map((key) => ({ key, path: key })),
  },
});

test('by default the coordinator issues: empty Secrets, rights on them alone, and pods that wait for theirs', async () => {
  const objects = await render('baton', { namespaces: NAMESPACES });
  expect(ofKind(objects, 'Secret').map(({ metadata, ...rest }) => [metadata, rest])).toEqual(
    [
      [AUTHORITY_SECRET, NAMESPACE],
      [SIDECAR_SECRET, 'one'],
      [SIDECAR_SECRET, 'two'],
    ].map(([name, namespace]) => [
      expect.objectContaining({ name, namespace }),
      // Nothing in it: keys are never helm's.
      { apiVersion: 'v1', kind: 'Secret', type: 'Opaque' },
    ]),
  );
  expect(optionsOf(objects)).toMatchObject({
    identity: { kind: 'issued', lifeMs: 480 * 3_600_000 },
    plaintextPods: false,
  });
  const pod = podOf(await render('minidaq', minidaq()));
  expect(pod.metadata).toMatchObject({ annotations: { [IDENTITY_ANNOTATION]: 'coordinatorIssued' } });
  expect(pod.spec['volumes']).toContainEqual(mounted(SIDECAR_SECRET));
});

test('no right on Secrets goes beyond the two by name, and none is there when others keep them', async () => {
  const rulesOn = (objects: readonly KubernetesObject[]) =>
    [...valuesOf('rules', objects)]
      .flatMap(([, rules]) => (Array.isArray(rules) ? rules : []))
      .filter((rule) => JSON.stringify(rule).includes('"secrets"'));
  const verbs = ['list', 'watch', 'patch'];
  const on = (name: string) => ({ apiGroups: [''], resources: ['secrets'], resourceNames: [name], verbs });
  expect(rulesOn(await render('baton', { namespaces: NAMESPACES }))).toEqual([
    on(SIDECAR_SECRET),
    on(SIDECAR_SECRET),
    on(AUTHORITY_SECRET),
  ]);
  for (const identity of [
    { mode: 'existing', secret: 's' },
    { mode: 'certManager', issuerRef: ISSUER },
    { mode: 'none' },
  ]) {
    const objects = await coordinator(identity);
    expect({ rules: rulesOn(objects), secrets: ofKind(objects, 'Secret') }).toEqual({
      rules: [],
      secrets: [],
    });
  }
});

test('with certificates a sidecar answers nothing in plaintext but its probes, as its namespace', async () => {
  for (const mode of ['coordinatorIssued', 'existing', 'certManager']) {
    const { tls } = configOf(await sidecars({ mode, secret: 's', issuerRef: ISSUER }));
    expect({ mode, tls }).toEqual({ mode, tls: { directory: '/etc/baton/tls', namespace: NAMESPACE } });
  }
});

test('existing: both ends mount the Secrets of that name', async () => {
  const objects = await coordinator({ mode: 'existing', secret: 'lab-coordinator', plaintextPods: true });
  expect(optionsOf(objects)).toMatchObject({
    identity: { kind: 'files', directory: '/etc/baton/tls' },
    plaintextPods: true,
  });
  const { spec } = templateIn(objectNamed(objects, 'Deployment', NAME));
  expect(spec).toMatchObject({
    securityContext: { fsGroup: 65_532 },
    volumes: [{ ...mounted('lab-coordinator'), name: 'tls' }],
    containers: [{ volumeMounts: [{ name: 'tls', mountPath: '/etc/baton/tls', readOnly: true }] }],
  });
  const pod = podOf(await sidecars({ mode: 'existing', secret: 'lab-sidecars' }));
  expect(pod.spec['volumes']).toContainEqual(mounted('lab-sidecars'));
  expect(pod.metadata).toMatchObject({ annotations: { [IDENTITY_ANNOTATION]: 'existing' } });
});

test('certManager: one Certificate for the coordinator, with a name for each namespace, and one for a partition', async () => {
  const objects = await coordinator({ mode: 'certManager', issuerRef: ISSUER });
  const secretName = `${NAME}-coordinator`;
  expect(ofKind(objects, 'Certificate')).toMatchObject([
    {
      apiVersion: 'cert-manager.io/v1',
      metadata: { name: secretName, namespace: NAMESPACE },
      spec: {
        secretName,
        commonName: 'coordinator',
        dnsNames: NAMESPACES.map((namespace) => nameOf('coordinator', namespace)),
        usages: ['digital signature', 'server auth', 'client auth'],
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
        issuerRef: ISSUER,
      },
    },
  ]);
  expect(optionsOf(objects)).toMatchObject({ identity: { kind: 'files' } });
  expect(JSON.stringify(objectNamed(objects, 'Deployment', NAME))).toContain(`"secretName":"${secretName}"`);
  const daq = await sidecars({ mode: 'certManager', issuerRef: ISSUER });
  expect(ofKind(daq, 'Certificate')).toMatchObject([
    {
      metadata: { name: `${RELEASE}-sidecar`, namespace: NAMESPACE },
      spec: {
        secretName: `${RELEASE}-sidecar`,
        dnsNames: [nameOf('sidecar', NAMESPACE)],
        usages: ['digital signature', 'server auth'],
      },
    },
  ]);
  expect(podOf(daq).spec['volumes']).toContainEqual(mounted(`${RELEASE}-sidecar`));
});

test('none: plaintext, and nothing is mounted or marked', async () => {
  expect(optionsOf(await coordinator({ mode: 'none' }))).toMatchObject({
    identity: { kind: 'plaintext', beyond: true },
  });
  const objects = await sidecars({ mode: 'none' });
  expect(configOf(objects)).toMatchObject({ tls: undefined, insecureListen: true });
  expect(JSON.stringify(podOf(objects))).not.toMatch(/baton-tls|baton\.dev\/identity/);
});

test('the throwaway partition has the coordinator’s mode', async () => {
  const inTest = async (identity: Values, more: Values = {}) =>
    ofKind(await render('baton', { identity, ...more }), 'StatefulSet').map((set) =>
      JSON.stringify(templateIn(set)),
    );
  expect(await inTest({ mode: 'none' })).toEqual([expect.not.stringContaining('baton-tls')]);
  expect(await inTest({})).toEqual([expect.stringContaining('"secretName":"baton-sidecar"')]);
  // Without a Secret for its sidecar there can be none.
  expect(await inTest({ mode: 'existing', secret: 's' })).toEqual([]);
  const partition = { identity: { secret: 'lab-sidecars' } };
  expect(await inTest({ mode: 'existing', secret: 's' }, { partition })).toEqual([
    expect.stringContaining('"secretName":"lab-sidecars"'),
  ]);
});

test('what is missing is told by its path', async () => {
  expect(await refusal('minidaq', minidaq({}, {}, { identity: { mode: 'existing' } }))).toContain(
    'partition.identity.secret: want the name of a Secret with ca.crt, tls.crt and tls.key (mode existing), got nothing',
  );
  expect(await refusal('minidaq', minidaq({}, {}, { identity: { mode: 'certManager' } }))).toContain(
    'partition.identity.issuerRef.name: want the name of an issuer of cert-manager (mode certManager), got nothing',
  );
  expect(await refusal('baton', { identity: { mode: 'existing' } })).toContain(
    'identity.secret: want the name',
  );
  expect(await refusal('baton', { identity: { mode: 'selfsigned' } })).toContain('/identity/mode');
});
