// Which rights a chart grants, and which of them a program used, as the API server's audit log has it.

import { z } from 'zod';
import type { KubernetesObject } from './charts/helm.ts';

/** `patch baton.dev/partitions/status`; the core group has no name: `list pods`. */
export type Right = string;

const texts = z.array(z.string());
const roleSchema = z.looseObject({
  kind: z.enum(['Role', 'ClusterRole']),
  rules: z.array(z.looseObject({ apiGroups: texts, resources: texts, verbs: texts })),
});

/** All rights that the roles among these objects grant, wherever they do. */
export function rightsOf(objects: readonly KubernetesObject[]): ReadonlySet<Right> {
  const rules = objects.flatMap((object) => roleSchema.safeParse(object).data?.rules ?? []);
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

const eventSchema = z.looseObject({
  stage: z.string(),
  verb: z.string(),
  requestURI: z.string(),
  requestReceivedTimestamp: z.string(),
  user: z.looseObject({ username: z.string() }),
  objectRef: z
    .looseObject({
      resource: z.string(),
      apiGroup: z.string().default(''),
      subresource: z.string().optional(),
    })
    .optional(),
  responseStatus: z.looseObject({ code: z.int() }).optional(),
  annotations: z.record(z.string(), z.string()).default({}),
});

export type Used = {
  readonly rights: ReadonlySet<Right>;
  /** What was asked for and not allowed. */
  readonly refused: ReadonlySet<Right>;
};

/** What the service accounts of that name, in all namespaces, did from `sinceMs` on, in the lines of an audit log. */
export function rightsIn(lines: Iterable<string>, account: string, sinceMs: number): Used {
  const rights = new Set<Right>();
  const refused = new Set<Right>();
  for (const line of lines) {
    // Most lines are of others, and only those that may be meant are parsed.
    if (!line.includes(`:${account}"`)) continue;
    const event = eventSchema.parse(JSON.parse(line));
    const [, , namespace, name] = event.user.username.split(':');
    if (namespace === undefined || name !== account) continue;
    if (Date.parse(event.requestReceivedTimestamp) < sinceMs) continue;
    const to = event.annotations['authorization.k8s.io/decision'] === 'forbid' ? refused : rights;
    for (const each of rightsOfEvent(event)) to.add(each);
  }
  return { rights, refused };
}

/** A patch that made the object needs the right to create it too. */
function rightsOfEvent({ verb, objectRef, responseStatus }: z.output<typeof eventSchema>): readonly Right[] {
  if (objectRef === undefined) return [];
  const { apiGroup, resource, subresource } = objectRef;
  const name = subresource === undefined ? resource : `${resource}/${subresource}`;
  const hasMade = verb === 'patch' && responseStatus?.code === 201;
  return [verb, ...(hasMade ? ['create'] : [])].map((each) => right(each, apiGroup, name));
}
