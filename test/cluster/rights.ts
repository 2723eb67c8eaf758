// Which rights a chart grants, and which of them a program used, as the API server's audit log has it.

import { z } from 'zod';
import type { Asked } from './audit.ts';
import type { KubernetesObject } from './charts/helm.ts';

/** `patch baton.dev/partitions/status`; the core group has no name: `list pods`. */
export type Right = string;

const texts = z.array(z.string());
const roleSchema = z.looseObject({
  kind: z.enum(['Role', 'ClusterRole']),
  rules: z.array(z.looseObject({ apiGroups: texts, resources: texts, verbs: texts })),
});

const bindingSchema = z.looseObject({
  kind: z.enum(['RoleBinding', 'ClusterRoleBinding']),
  roleRef: z.looseObject({ kind: z.string(), name: z.string() }),
  subjects: z.array(z.looseObject({ kind: z.string(), name: z.string() })),
});

/** All rights that the roles among these objects grant to the service accounts of that name, wherever they do. */
export function rightsOf(objects: readonly KubernetesObject[], account: string): ReadonlySet<Right> {
  const bindings = objects.flatMap((object) => bindingSchema.safeParse(object).data ?? []);
  const ours = bindings.filter(({ subjects }) =>
    subjects.some(({ kind, name }) => kind === 'ServiceAccount' && name === account),
  );
  const granted = new Set(ours.map(({ roleRef }) => `${roleRef.kind} ${roleRef.name}`));
  const roles = objects.filter(({ kind, metadata }) => granted.has(`${kind} ${metadata.name}`));
  const rules = roles.flatMap((object) => roleSchema.safeParse(object).data?.rules ?? []);
  return new Set(
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => right(verb, group, resource))),
      ),
    ),
  );
}

function right(verb: string, group: string, resource: string): Right {
  return `${verb} ${group === '' ? '' : `${group}/`}${resource}`;
}

export type Used = {
  readonly rights: ReadonlySet<Right>;
  /** What was asked for and not allowed. */
  readonly refused: ReadonlySet<Right>;
};

/** What the service accounts of that name, in all namespaces, used of their rights in these requests. */
export function rightsUsed(requests: readonly Asked[], account: string): Used {
  const rights = new Set<Right>();
  const refused = new Set<Right>();
  for (const asked of requests) {
    const [, kind, , name] = asked.user.split(':');
    if (kind !== 'serviceaccount' || name !== account || asked.resource === '') continue;
    for (const each of rightsOfRequest(asked)) (asked.status === 403 ? refused : rights).add(each);
  }
  return { rights, refused };
}

/** A patch that made the object needs the right to create it too. */
function rightsOfRequest({ verb, group, resource, subresource, status }: Asked): readonly Right[] {
  const name = subresource === '' ? resource : `${resource}/${subresource}`;
  const hasMade = verb === 'patch' && status === 201;
  return [verb, ...(hasMade ? ['create'] : [])].map((each) => right(each, group, name));
}
