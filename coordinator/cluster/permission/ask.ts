// The two questions to the API server: whose token is that, and what may they do.

import { z } from 'zod';
import type { Verb } from '../../api/verbs.ts';
import type { KubeClient } from '../client/client.ts';
import { apiVersionOf, PARTITIONS, SUBJECT_ACCESS_REVIEWS, TOKEN_REVIEWS } from '../client/resource.ts';
import { AUDIENCE, CONTROL_SUBRESOURCE } from '../names.ts';
import { flag, listOf, type ObjectName, text } from '../resources/metadata.ts';

/** How long the API server may take, in milliseconds: somebody waits, and it answers from memory. */
export const REVIEW_MS_MAX = 3_000;

/** Somebody of whom the API server has said who they are. */
export type Person = {
  /** As the cluster knows them: `alice`, `system:serviceaccount:daq:crew`. */
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
};

/** Who holds a token, or why nobody does. */
export type Identity =
  | { readonly kind: 'known'; readonly person: Person }
  | { readonly kind: 'unknown'; readonly why: string };

const tokenReview = z.object({
  status: z.object({
    authenticated: flag,
    audiences: listOf(z.string()),
    error: text,
    user: z
      .object({
        username: text,
        uid: text,
        groups: listOf(z.string()),
        extra: z
          .record(z.string(), z.array(z.string()))
          .nullish()
          .transform((extra) => extra ?? {}),
      })
      .nullish(),
  }),
});

/** Longest reason of the API server that is passed on, in characters. */
const REASON_LENGTH_MAX = 300;

/** Whose token that is. Throws KubeFault when nobody answers. */
export async function reviewToken(client: Pick<KubeClient, 'create'>, token: string): Promise<Identity> {
  const body = {
    apiVersion: apiVersionOf(TOKEN_REVIEWS),
    kind: TOKEN_REVIEWS.kind,
    spec: { token, audiences: [AUDIENCE] },
  };
  const answer = await client.create(TOKEN_REVIEWS, {}, body, { deadlineMs: REVIEW_MS_MAX });
  return identityOf(answer, token);
}

/** What a TokenReview says. Whatever it says of it, the token itself is never told on. */
export function identityOf(review: unknown, token: string): Identity {
  const { authenticated, audiences, error, user } = tokenReview.parse(review).status;
  const reason = error.replaceAll(token, '…').slice(0, REASON_LENGTH_MAX);
  const unknown = (why: string): Identity => ({ kind: 'unknown', why });
  if (!authenticated) return unknown(reason || 'it is not valid');
  // An API server that does not look at audiences says nothing of them: then it is a token for itself.
  if (!audiences.includes(AUDIENCE)) return unknown('it is meant for somebody else');
  if (!user || user.username === '') return unknown('it names nobody');
  const { username: name, uid, groups, extra } = user;
  return { kind: 'known', person: { name, uid, groups, extra } };
}

const accessReview = z.object({ status: z.object({ allowed: flag }) });

/**
 * True when that person may do that with the partition; an empty name is any in the namespace. Throws KubeFault when
 * nobody answers.
 */
export async function reviewAccess(
  client: Pick<KubeClient, 'create'>,
  person: Person,
  { verb, namespace, name }: ObjectName & { readonly verb: Verb },
): Promise<boolean> {
  const { name: user, uid, groups, extra } = person;
  const { group, version, plural: resource } = PARTITIONS;
  const body = {
    apiVersion: apiVersionOf(SUBJECT_ACCESS_REVIEWS),
    kind: SUBJECT_ACCESS_REVIEWS.kind,
    spec: {
      user,
      uid,
      groups,
      extra,
      resourceAttributes: {
        group,
        version,
        resource,
        subresource: CONTROL_SUBRESOURCE,
        verb,
        namespace,
        name,
      },
    },
  };
  const answer = await client.create(SUBJECT_ACCESS_REVIEWS, {}, body, { deadlineMs: REVIEW_MS_MAX });
  return accessReview.parse(answer).status.allowed;
}
