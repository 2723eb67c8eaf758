// The token for a connection, as the person has asked for it.

import { unreachable } from '../../../protos/failure/invariant.ts';
import type { Context } from '../context.ts';
import type { ClusterPlace } from '../tunnel/place.ts';
import type { Token } from './attach.ts';
import { fileToken, type TokenSource } from './source.ts';

/** Its token, until it is disposed of; undefined when none is shown. */
export type OpenToken = Disposable & { readonly token: Token | undefined };

/**
 * The token that `source` gives where nobody is reached through the API server. Throws RunControlError MALFORMED
 * when a kubeconfig that is needed for it cannot be used.
 */
export async function openToken(source: TokenSource, context: Context): Promise<OpenToken> {
  switch (source.kind) {
    case 'none':
    case 'offered':
      return plain(undefined);
    case 'text':
      return textToken(source.token);
    case 'file':
      return plain(fileToken(source.path));
    case 'account':
      return openAccount(source, context);
    default:
      return unreachable(source);
  }
}

/** A token that is what it is. */
export function textToken(text: string): OpenToken {
  return plain(async () => text);
}

function plain(token: Token | undefined): OpenToken {
  return { token, [Symbol.dispose]: () => undefined };
}

async function openAccount(
  { account }: Extract<TokenSource, { kind: 'account' }>,
  { options, world }: Context,
): Promise<OpenToken> {
  // The client of Kubernetes takes longer to load than all the rest.
  const { KubeClient } = await import('../../cluster/client/client.ts');
  const { askedToken } = await import('./ask.ts');
  const place: ClusterPlace = { kubeconfig: options.kubeconfig, context: options.kubeContext };
  const client = KubeClient.open({ kind: 'kubeconfig', path: place.kubeconfig, context: place.context });
  const token = askedToken({ client, accounts: async () => [account], nowMs: world.nowMs });
  return {
    token,
    [Symbol.dispose]: () => {
      client[Symbol.asyncDispose]().catch(() => undefined);
    },
  };
}
