// The command from outside of the cluster, as an operator has it: a kubeconfig and nothing else.

import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { VERBS, type Verb } from '../../../coordinator/api/verbs.ts';
import { LEADER_LABEL } from '../../../coordinator/cluster/names.ts';
import { baton, startBatonHere } from '../../e2e/person.ts';
import { temporaryDirectory } from '../../journal/directory.ts';
import { condition } from '../../sidecar/condition.ts';
import { BATON } from '../install.ts';
import { type JudgedDaq, openJudgedDaq, PARTITION, TARGETS } from '../judged.ts';
import type { Site } from '../site.ts';

let daq: JudgedDaq;
let site: Site;
const home = temporaryDirectory();

beforeAll(async () => {
  daq = await openJudgedDaq('cli');
  site = daq.site;
});

afterAll(async () => {
  home[Symbol.dispose]();
  await daq?.[Symbol.asyncDispose]();
});

/** Other suites may have coordinators of their own. */
const here = (kubeconfig = site.kubeconfig) =>
  `--kubeconfig ${kubeconfig} --coordinator-namespace ${site.namespace}`;

const ROLES = ['viewer', 'operator', 'admin'] as const;

/** What a token of the release's account for that role may, as exit codes tell. */
async function canI(role: (typeof ROLES)[number]): Promise<readonly Verb[]> {
  const as = `--as-service-account ${site.namespace}/${BATON}-${role}`;
  const allowed: Verb[] = [];
  for (const verb of VERBS) if ((await run(`${as} auth can-i ${verb}`)).code === 0) allowed.push(verb);
  return allowed;
}

const run = (line: string) => baton('', `${here()} ${line}`);

const podsSchema = z.looseObject({
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })),
});

async function leaderPod(): Promise<string> {
  const { items } = podsSchema.parse(await site.get('pods', '--selector', `${LEADER_LABEL}=true`));
  const [pod, ...more] = items.map(({ metadata }) => metadata.name);
  expect(more).toEqual([]);
  return pod ?? '';
}

/** A kubeconfig of a service account that may do this much in the namespace. */
async function kubeconfigOf(name: string, rules: readonly object[]): Promise<string> {
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name }, rules };
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace: site.namespace }],
  };
  await site.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } }, role, binding);
  const token = (await site.kubectl('create', 'token', name)).trim();
  const config = JSON.parse(
    await site.kubectl('config', 'view', '--raw', '--minify', '--flatten', '--output=json'),
  );
  const file = home.file(`${name}.json`);
  writeFileSync(
    file,
    JSON.stringify({ ...config, users: [{ name: config.users[0].name, user: { token } }] }),
  );
  return file;
}

test('status finds the leader through the kubeconfig, and says on which nodes the pods are', async () => {
  const { code, out, err } = await run('status -o json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const { name, targets } = z
    .looseObject({
      name: z.string(),
      targets: z.array(z.looseObject({ target: z.string(), node: z.string() })),
    })
    .parse(JSON.parse(out));
  expect(name).toBe(PARTITION);
  expect(targets.map(({ target }) => target)).toEqual(TARGETS);
  for (const { node } of targets) expect(node).not.toBe('');
  expect((await run('version')).out).toContain(
    `server  pod ${site.namespace}/${await leaderPod()} in https://`,
  );
});

test('its partition is listed and found by its name and namespace', async () => {
  const { out } = await run(`partitions -n ${site.namespace}`);
  expect(out).toMatch(new RegExp(`^${site.namespace} +mini +initial`, 'm'));
  expect((await run(`-n ${site.namespace} --partition mini status`)).code).toBe(0);
  expect(await run('--partition minni status')).toMatchObject({
    code: 3,
    err: expect.stringContaining('did you mean mini?'),
  });
});

test('an operation goes on through the death of the leader, and the command with it', async () => {
  daq.suffer('writer-0', { start: { kind: 'held' } });
  const before = await leaderPod();
  const sending = startBatonHere('', `${here()} send start_run trigger_rate=100 --timeout 90s`);
  await sending.says('start_run: ');
  await daq.begins('writer-0', 'start');
  await site.kubectl('delete', 'pod', before, '--wait=false');
  await sending.says('trying again');
  daq.suffer('writer-0', {});
  const { code, out, err } = await sending.ended;
  expect({ code, err }).toMatchObject({ code: 0 });
  expect(out).toContain('now: mini is running, run 1 goes on\n');
  expect(err).toMatch(/the coordinator at pod .* leads now/);
  expect(await leaderPod()).not.toBe(before);
  await daq.readOut(1, 50);
  const stopped = await run('send stop_run');
  expect(stopped).toMatchObject({ code: 0, out: expect.stringContaining('run 1 ended clean') });
  const report = await daq.verify(1);
  process.stdout.write(`run 1: ${JSON.stringify(report.fragments)}\n`);
  expect(report).toMatchObject({ ok: true, notes: [] });
});

test('who may not, is told which right is missing; with it the command works', async () => {
  const stranger = await kubeconfigOf('stranger', []);
  const nothing = await baton('', `${here(stranger)} status`);
  expect(nothing).toMatchObject({
    code: 5,
    err: expect.stringContaining(`give the account the right to list pods in namespace ${site.namespace}`),
  });
  const looking = await kubeconfigOf('looking', [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }]);
  expect(await baton('', `${here(looking)} status`)).toMatchObject({
    code: 5,
    err: expect.stringContaining('you may ask for a token of no service account'),
  });
  const asking = {
    apiGroups: [''],
    resources: ['serviceaccounts/token'],
    resourceNames: [`${BATON}-operator`],
    verbs: ['create'],
  };
  const coming = await kubeconfigOf('coming', [
    { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
    asking,
  ]);
  expect(await baton('', `${here(coming)} status`)).toMatchObject({
    code: 5,
    err: expect.stringContaining('the rights get and create on pods/portforward'),
  });
  const operator = await kubeconfigOf('operator', [
    { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
    { apiGroups: [''], resources: ['pods/portforward'], verbs: ['get', 'create'] },
    asking,
  ]);
  expect(await baton('', `${here(operator)} status`)).toMatchObject({ code: 0, err: '' });
});

test('each role of the chart may what it is for: the matrix of can-i', async () => {
  const matrix: Record<string, readonly Verb[]> = {};
  for (const role of ROLES) matrix[role] = await canI(role);
  process.stdout.write(`can-i: ${JSON.stringify(matrix)}\n`);
  expect(matrix).toEqual({
    viewer: ['view'],
    operator: ['view', 'operate'],
    admin: ['view', 'operate', 'force'],
  });
});

test.each([
  ['view', ['view']],
  ['edit', ['view', 'operate']],
  ['admin', ['view', 'operate', 'force']],
] as const)('the role %s of Kubernetes has what is for it', async (role, verbs) => {
  const user = `bound-to-${role}`;
  await site.kubectl('create', 'rolebinding', user, `--clusterrole=${role}`, `--user=${user}`);
  const may = (verb: Verb) =>
    site
      .kubectl('auth', 'can-i', verb, 'partitions.baton.dev', '--subresource=control', `--as=${user}`)
      .then((said) => said.trim() === 'yes')
      .catch(() => false);
  for (const verb of verbs) await condition(`${user} may ${verb}`, () => may(verb));
  for (const verb of VERBS.slice(verbs.length)) expect([verb, await may(verb)]).toEqual([verb, false]);
});

test('who may only ask for the token of a viewer looks, and is told who grants more', async () => {
  const kubeconfig = await kubeconfigOf('looker', []);
  const subject = `--serviceaccount=${site.namespace}:looker`;
  await site.kubectl('create', 'rolebinding', 'looks', `--role=${BATON}-viewer-token`, subject);
  const looker = (line: string) => baton('', `${here(kubeconfig)} ${line}`);
  expect(await looker('status')).toMatchObject({ code: 0, err: '' });
  expect(await looker('auth whoami')).toMatchObject({
    out: `system:serviceaccount:${site.namespace}:${BATON}-viewer\n`,
  });
  expect(await looker('send start_run trigger_rate=100')).toMatchObject({
    code: 5,
    err: expect.stringContaining(
      `kubectl create rolebinding baton-operator-binding --namespace ${site.namespace}`,
    ),
  });
  expect(await looker(`--as-service-account ${site.namespace}/${BATON}-admin status`)).toMatchObject({
    code: 5,
    err: expect.stringContaining('you may ask for a token of no service account'),
  });
});

test('no token leads to no command, though it comes from the node itself', async () => {
  const environment = { BATON_INSECURE: '1', BATON_INSECURE_TOKEN: '1' };
  expect(await baton(daq.address, 'status', environment)).toMatchObject({
    code: 5,
    err: expect.stringContaining('wants a token with each call'),
  });
  const foreign = (await site.kubectl('create', 'token', `${BATON}-admin`)).trim();
  expect(await baton(daq.address, 'status', { ...environment, BATON_TOKEN: foreign })).toMatchObject({
    code: 5,
    err: expect.stringContaining('the token is not taken'),
  });
});

test('a context that is not there, and a namespace without a coordinator, are told', async () => {
  expect(await run('--kube-context nowhere status')).toMatchObject({
    code: 2,
    err: expect.stringContaining('has no context nowhere; it has: '),
  });
  expect(
    await baton('', `--kubeconfig ${site.kubeconfig} --coordinator-namespace default status`),
  ).toMatchObject({
    code: 4,
    err: expect.stringContaining('no coordinator runs in namespace default'),
  });
});

test('every promise was kept', async () => {
  await daq.judged();
});
