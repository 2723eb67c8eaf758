// Tokens from the API server: for a service account that the person of the kubeconfig may speak for, meant for the
// coordinator alone, and for an hour. The person's own credentials go nowhere: whoever had them could do all that the
// person may do in the cluster.

import { z } from 'zod';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { KubeClient } from '../../cluster/client/client.ts';
import { isFault } from '../../cluster/client/fault.ts';
import { SERVICE_ACCOUNTS } from '../../cluster/client/resource.ts';
import { AUDIENCE } from '../../cluster/names.ts';
import { instant } from '../../cluster/resources/metadata.ts';
import type { Token } from './attach.ts';
import type { Account } from './source.ts';

/** How long a token is good for, in seconds; a command that goes on longer asks for another. */
export const TOKEN_SECONDS = 3_600;

/** A token is renewed when this part of its life is over. */
const RENEWED_AFTER = 0.8;

/** How long the API server may take, in milliseconds. */
const TOKEN_MS_MAX = 5_000;

const schema = z.object({
  metadata: z.object({ creationTimestamp: instant }),
  status: z.object({ token: z.string().min(1), expirationTimestamp: instant }),
});

/** A token and for how long it is to be used, in milliseconds from when it came. */
export type Issued = { readonly token: string; readonly useMs: number };

/** What a TokenRequest was answered with. Its two times are both the API server's: ours may be another. */
export function issuedOf(answer: unknown): Issued {
  const { metadata, status } = schema.parse(answer);
  const lifeMs = status.expirationTimestamp - metadata.creationTimestamp;
  return { token: status.token, useMs: lifeMs * RENEWED_AFTER };
}

export type Asking = {
  readonly client: Pick<KubeClient, 'create'>;
  /** Those to try, the preferred one first; none: no token is wanted. */
  readonly accounts: () => Promise<readonly Account[]>;
  readonly nowMs: () => number;
};

/** Tokens for the first of the accounts that the person may speak for; the same one until it is to be renewed. */
export function askedToken({ client, accounts, nowMs }: Asking): Token {
  let held: { readonly issued: Promise<Issued | undefined>; untilMs: number } | undefined;
  const issue = async (): Promise<Issued | undefined> => issueFirst(client, await accounts());
  return async () => {
    if (held === undefined || nowMs() >= held.untilMs) {
      const beganMs = nowMs();
      const next = { issued: issue(), untilMs: Number.POSITIVE_INFINITY };
      held = next;
      next.issued.then(
        (issued) => {
          next.untilMs = issued === undefined ? 0 : beganMs + issued.useMs;
        },
        // Whoever comes next may have more luck.
        () => {
          next.untilMs = 0;
        },
      );
    }
    return (await held.issued)?.token;
  };
}

async function issueFirst(
  client: Asking['client'],
  accounts: readonly Account[],
): Promise<Issued | undefined> {
  if (accounts.length === 0) return undefined;
  const refusals: string[] = [];
  for (const account of accounts) {
    try {
      return await issueFor(client, account);
    } catch (error) {
      if (!isFault(error, 'forbidden', 'notFound')) throw error;
      refusals.push(error.message);
    }
  }
  throw mayNot(accounts, refusals);
}

async function issueFor(client: Asking['client'], { namespace, name }: Account): Promise<Issued> {
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: [AUDIENCE], expirationSeconds: TOKEN_SECONDS },
  };
  const where = { namespace, name, subresource: 'token' };
  return issuedOf(await client.create(SERVICE_ACCOUNTS, where, body, { deadlineMs: TOKEN_MS_MAX }));
}

function mayNot(accounts: readonly Account[], refusals: readonly string[]): RunControlError {
  const names = accounts.map(({ namespace, name }) => `${namespace}/${name}`).join(', ');
  const [first] = accounts;
  const next = `whoever administers namespace ${first?.namespace} grants it: kubectl create rolebinding NAME --namespace ${first?.namespace} --role ${first?.name}-token --user YOU; or show another token by --token-file, --as-service-account`;
  const sentence = `you may ask for a token of no service account as which one calls this coordinator (${names}): ${refusals.join('; ')}`;
  return new RunControlError('NOT_ALLOWED', sentence, { facts: { next } });
}
