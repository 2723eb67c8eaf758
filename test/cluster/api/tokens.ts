// Service accounts and their tokens at a real API server, the roles of the chart, and tokens that somebody has made
// up with the very key of the API server.

import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CALLER_ROLE_OBJECTS } from '../../../charts/generate/roles.ts';
import { issuedOf } from '../../../coordinator/cli/token/ask.ts';
import type { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { type Resource, SERVICE_ACCOUNTS } from '../../../coordinator/cluster/client/resource.ts';
import { AUDIENCE } from '../../../coordinator/cluster/names.ts';

const RBAC = 'rbac.authorization.k8s.io';

const rbac = (kind: string, plural: string, namespaced: boolean): Resource => ({
  group: RBAC,
  version: 'v1',
  kind,
  plural,
  namespaced,
});
const CLUSTER_ROLES = rbac('ClusterRole', 'clusterroles', false);
const ROLES = rbac('Role', 'roles', true);
const ROLE_BINDINGS = rbac('RoleBinding', 'rolebindings', true);

/** Creates the ClusterRoles that come with the kinds. */
export async function installCallerRoles(client: KubeClient): Promise<void> {
  for (const role of CALLER_ROLE_OBJECTS) await client.create(CLUSTER_ROLES, {}, role);
}

export async function createAccount(client: KubeClient, namespace: string, name: string): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } };
  await client.create(SERVICE_ACCOUNTS, { namespace }, body);
}

export type Subject = Readonly<Record<'kind' | 'name', string>> & { readonly namespace?: string };

/** Grants a ClusterRole to somebody in a namespace, or `rules` of its own. */
export async function grant(
  client: KubeClient,
  namespace: string,
  subject: Subject,
  role: string | readonly object[],
): Promise<void> {
  const name = `${subject.name}-${typeof role === 'string' ? role : 'own'}`;
  const metadata = { name };
  if (typeof role !== 'string')
    await client.create(
      ROLES,
      { namespace },
      { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules: role },
    );
  const roleRef =
    typeof role === 'string'
      ? { apiGroup: RBAC, kind: 'ClusterRole', name: role }
      : { apiGroup: RBAC, kind: 'Role', name };
  const body = { apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata, roleRef, subjects: [subject] };
  await client.create(ROLE_BINDINGS, { namespace }, body);
}

/** Takes back what `grant` gave. */
export async function takeBack(
  client: KubeClient,
  namespace: string,
  subject: Subject,
  role: string,
): Promise<void> {
  await client.delete(ROLE_BINDINGS, { namespace, name: `${subject.name}-${role}` });
}

/** A token of the account, meant for `audience`. */
export async function tokenOf(
  client: KubeClient,
  namespace: string,
  name: string,
  audience = AUDIENCE,
): Promise<string> {
  const spec = { audiences: [audience], expirationSeconds: 600 };
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
  return issuedOf(await client.create(SERVICE_ACCOUNTS, { namespace, name, subresource: 'token' }, body))
    .token;
}

/** The same token with other claims, signed with the key in that file. */
export function resigned(token: string, claims: object, keyFile: string): string {
  const [header = '', payload = ''] = token.split('.');
  const changed = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...claims };
  const text = `${header}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}`;
  const key = createPrivateKey(readFileSync(keyFile));
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}
