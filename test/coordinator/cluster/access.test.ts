import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { type AccessSource, openAccess } from '../../../coordinator/cluster/client/access.ts';
import { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { PODS } from '../../../coordinator/cluster/client/resource.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { newAuthority } from '../../credentials/authority.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-access-'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A kubeconfig with two contexts; the certificates it names are files beside it. */
function kubeconfig(): string {
  const path = join(folder, 'config');
  for (const name of ['ca', 'cert', 'key']) writeFileSync(join(folder, name), `${name} 1`);
  writeFileSync(
    path,
    `apiVersion: v1
kind: Config
current-context: far
clusters:
  - { name: near, cluster: { server: 'https://near:6443', certificate-authority: ca } }
  - { name: far, cluster: { server: 'https://far:6443', certificate-authority: ca } }
users:
  - { name: crew, user: { client-certificate: cert, client-key: key } }
  - { name: token, user: { token: secret } }
contexts:
  - { name: near, context: { cluster: near, user: token, namespace: daq } }
  - { name: far, context: { cluster: far, user: crew } }
  - { name: broken, context: { cluster: nowhere, user: crew } }
`,
  );
  return path;
}

const from = (path: string | undefined, context?: string): AccessSource => ({
  kind: 'kubeconfig',
  path,
  context,
});

/** What it says when there is no way in. */
function troubleOf(source: AccessSource): string {
  try {
    openAccess(source);
  } catch (error) {
    if (error instanceof RunControlError && error.code === 'MALFORMED') return error.message;
    throw error;
  }
  throw new Error('want trouble');
}

test('a context has its server, its namespace and its login', async () => {
  const path = kubeconfig();
  await using near = openAccess(from(path, 'near'));
  expect([near.server, near.namespace]).toEqual(['https://near:6443', 'daq']);
  expect((await near.enter()).headers).toEqual({ Authorization: 'Bearer secret' });
  await using far = openAccess(from(path));
  expect([far.server, far.namespace]).toEqual(['https://far:6443', 'default']);
});

test('connections are kept as long as the certificates are the same', async () => {
  await using access = openAccess(from(kubeconfig()));
  const { dispatcher } = await access.enter();
  expect((await access.enter()).dispatcher).toBe(dispatcher);
  writeFileSync(join(folder, 'cert'), 'cert 2');
  const next = await access.enter();
  expect(next.dispatcher).not.toBe(dispatcher);
  expect((await access.enter()).dispatcher).toBe(next.dispatcher);
});

test('an API server that would speak HTTP/2 is spoken to in HTTP/1.1', async () => {
  const { certificate: cert, key } = newAuthority('test').issue({ addresses: ['127.0.0.1'] });
  const versions: string[] = [];
  const server = createSecureServer({ allowHTTP1: true, cert, key }, ({ httpVersion }, response) => {
    versions.push(httpVersion);
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const path = join(folder, 'config');
  const cluster = { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
  const contexts = [{ name: 'here', context: { cluster: 'here', user: 'me' } }];
  const clusters = [{ name: 'here', cluster }];
  writeFileSync(
    path,
    JSON.stringify({ clusters, contexts, users: [{ name: 'me' }], 'current-context': 'here' }),
  );
  try {
    await using client = KubeClient.open(from(path));
    await client.get(PODS, { namespace: 'daq', name: 'readout-0' });
  } finally {
    server.close();
  }
  expect(versions).toEqual(['1.1']);
});

test('KUBECONFIG is where it looks first', async () => {
  vi.stubEnv('KUBECONFIG', kubeconfig());
  await using access = openAccess(from(undefined));
  expect(access.server).toBe('https://far:6443');
});

test('where there is no API server, it says where it has looked', () => {
  const path = kubeconfig();
  const none = 'no Kubernetes API server to talk to: ';
  expect(troubleOf(from(path, 'moon'))).toBe(
    `${none}the kubeconfig has no context moon; it has: near, far, broken`,
  );
  expect(troubleOf(from(path, 'broken'))).toBe(`${none}context broken names no cluster that is there`);
  expect(troubleOf(from(join(folder, 'nothing')))).toContain('ENOENT');
  writeFileSync(path, 'clusters: {');
  expect(troubleOf(from(path))).toContain(none);
  vi.stubEnv('KUBECONFIG', '');
  vi.stubEnv('HOME', folder);
  expect(troubleOf(from(undefined))).toBe(
    `${none}KUBECONFIG is not set and there is no ${folder}/.kube/config`,
  );
  vi.stubEnv('KUBERNETES_SERVICE_HOST', undefined);
  expect(troubleOf({ kind: 'pod' })).toBe(
    `${none}this process does not run in a pod: KUBERNETES_SERVICE_HOST is not set`,
  );
});

test('a login program that fails is trouble in words', async () => {
  const path = kubeconfig();
  writeFileSync(
    path,
    `apiVersion: v1
kind: Config
current-context: here
clusters: [{ name: here, cluster: { server: 'https://here:6443' } }]
users:
  - name: program
    user: { exec: { apiVersion: client.authentication.k8s.io/v1, command: ${folder}/no-such-login } }
contexts: [{ name: here, context: { cluster: here, user: program } }]
`,
  );
  await using access = openAccess(from(path));
  const error = await access.enter().catch((error: unknown) => error);
  expect(error).toMatchObject({
    code: 'NOT_ALLOWED',
    message: expect.stringContaining('no way into https://here:6443: '),
  });
  expect(String(error)).toContain('no-such-login');
});
