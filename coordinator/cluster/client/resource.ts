// The kinds of objects that Baton asks an API server for, and where they are.

import { API_GROUP, API_VERSION } from '../names.ts';

/** One kind of object as the API server knows it. */
export type Resource = {
  /** Empty: the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** As in paths and in roles. */
  readonly plural: string;
  readonly namespaced: boolean;
};

const namespaced = (group: string, version: string, kind: string, plural: string): Resource => ({
  group,
  version,
  kind,
  plural,
  namespaced: true,
});

export const PODS = namespaced('', 'v1', 'Pod', 'pods');
export const STATEFUL_SETS = namespaced('apps', 'v1', 'StatefulSet', 'statefulsets');
export const DISRUPTION_BUDGETS = namespaced('policy', 'v1', 'PodDisruptionBudget', 'poddisruptionbudgets');
export const LEASES = namespaced('coordination.k8s.io', 'v1', 'Lease', 'leases');
export const EVENTS = namespaced('events.k8s.io', 'v1', 'Event', 'events');
export const PARTITIONS = namespaced(API_GROUP, API_VERSION, 'Partition', 'partitions');
export const JOURNALS = namespaced(API_GROUP, API_VERSION, 'Journal', 'journals');
export const RUNS = namespaced(API_GROUP, API_VERSION, 'Run', 'runs');

export const SECRETS = namespaced('', 'v1', 'Secret', 'secrets');
export const SERVICE_ACCOUNTS = namespaced('', 'v1', 'ServiceAccount', 'serviceaccounts');

const clusterWide = (group: string, version: string, kind: string, plural: string): Resource => ({
  ...namespaced(group, version, kind, plural),
  namespaced: false,
});

export const NODES = clusterWide('', 'v1', 'Node', 'nodes');
export const NAMESPACES = clusterWide('', 'v1', 'Namespace', 'namespaces');
export const DEFINITIONS = clusterWide(
  'apiextensions.k8s.io',
  'v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
);

/** Questions to the API server; they are answered and not kept. */
export const TOKEN_REVIEWS = clusterWide('authentication.k8s.io', 'v1', 'TokenReview', 'tokenreviews');
export const SUBJECT_ACCESS_REVIEWS = clusterWide(
  'authorization.k8s.io',
  'v1',
  'SubjectAccessReview',
  'subjectaccessreviews',
);

/** Which object, or objects. */
export type Where = {
  /** Undefined: a cluster-wide resource, or all namespaces. */
  readonly namespace?: string | undefined;
  /** Undefined: the collection. */
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
};

/** `apiVersion` of a resource's objects. */
export function apiVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Path of an object or a collection at the API server. */
export function pathOf(resource: Resource, { namespace, name, subresource }: Where): string {
  const root = resource.group === '' ? '/api' : '/apis';
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const object = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  const below = subresource === undefined ? '' : `/${subresource}`;
  return `${root}/${apiVersionOf(resource)}${scope}/${resource.plural}${object}${below}`;
}

/** An object or a collection in words: `statefulsets/scale daq/readout`, `pods in namespace daq`. */
export function nameOf(resource: Resource, { namespace, name, subresource }: Where): string {
  const kind = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
  const what = subresource === undefined ? kind : `${kind}/${subresource}`;
  if (name === undefined)
    return namespace === undefined ? `all ${what}` : `${what} in namespace ${namespace}`;
  return `${what} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
