// The ready-made ClusterRoles of those who call, from the verbs that the coordinator asks about. They aggregate into
// view, edit and admin of Kubernetes, so that who may see, change or administer a namespace may do so with its DAQ.

import { VERBS, type Verb } from '../../coordinator/api/verbs.ts';
import { API_GROUP, CALLER_ROLES, CONTROL_SUBRESOURCE } from '../../coordinator/cluster/names.ts';

/** The role of Kubernetes into which each goes; that of edit has what view has, and admin what edit has. */
const AGGREGATED: Readonly<Record<Verb, string>> = { view: 'view', operate: 'edit', force: 'admin' };

export type CallerRole = {
  readonly apiVersion: string;
  readonly kind: 'ClusterRole';
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly rules: readonly object[];
};

/** One for each verb; each may what those before it may. */
export const CALLER_ROLE_OBJECTS: readonly CallerRole[] = VERBS.map((verb, at) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: {
    name: CALLER_ROLES[verb],
    labels: { [`rbac.authorization.k8s.io/aggregate-to-${AGGREGATED[verb]}`]: 'true' },
  },
  rules: [
    rule([`partitions/${CONTROL_SUBRESOURCE}`], VERBS.slice(0, at + 1)),
    rule(['partitions', 'runs'], ['get', 'list', 'watch']),
    // Whoever may overrule what is seen may also write the document that it is seen by.
    ...(verb === 'force' ? [rule(['partitions'], ['create', 'update', 'patch', 'delete'])] : []),
  ],
}));

function rule(resources: readonly string[], verbs: readonly string[]): object {
  return { apiGroups: [API_GROUP], resources, verbs };
}
