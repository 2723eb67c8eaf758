// Where a person's token comes from, and where it may go.

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Dialling, dialProblem, PLAINTEXT_HERE } from '../../../protos/credentials/dialling.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { Whereabouts } from '../address.ts';
import { parseAddresses } from '../addresses.ts';
import type { Context } from '../context.ts';
import type { Token } from './attach.ts';

/** A service account by namespace and name. */
export type Account = { readonly namespace: string; readonly name: string };

/** Where the token comes from. */
export type TokenSource =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly token: string }
  /** Read for each call: a kubelet writes it anew. */
  | { readonly kind: 'file'; readonly path: string }
  /** Asked for at the API server, with what the kubeconfig may. */
  | { readonly kind: 'account'; readonly account: Account }
  /** As `account`, with the one that the coordinator names. */
  | { readonly kind: 'offered' };

/** The flag by which a token may go in plaintext beyond this machine, and the variable that says the same. */
export const INSECURE_TOKEN_FLAG = '--insecure-token';
export const INSECURE_TOKEN_VARIABLE = 'BATON_INSECURE_TOKEN';

/**
 * Where the token comes from: --token-file, --as-service-account, BATON_TOKEN, BATON_TOKEN_FILE, BATON_SERVICE_ACCOUNT,
 * or whatever the coordinator in a cluster offers. Throws RunControlError MALFORMED.
 */
export function tokenSource({ options, world }: Context, found: Whereabouts): TokenSource {
  const { environment } = world;
  const { tokenFile, asServiceAccount } = options;
  const file = (path: string): TokenSource => ({ kind: 'file', path: resolve(world.directory, path) });
  if (tokenFile !== undefined && asServiceAccount !== undefined)
    throw malformed({
      path: '--as-service-account',
      want: 'none beside --token-file',
      got: asServiceAccount,
    });
  if (tokenFile !== undefined) return file(tokenFile);
  if (asServiceAccount !== undefined) return accountSource(asServiceAccount, '--as-service-account');
  const { BATON_TOKEN: token = '', BATON_TOKEN_FILE: path = '' } = environment;
  const { BATON_SERVICE_ACCOUNT: account = '' } = environment;
  if (token !== '') return { kind: 'text', token };
  if (path !== '') return file(path);
  if (account !== '') return accountSource(account, 'BATON_SERVICE_ACCOUNT');
  return { kind: found.cluster === undefined ? 'none' : 'offered' };
}

/**
 * How to dial where a token is shown: plaintext then leaves this machine only when that was said of the token too, also
 * to a leader that others tell of. Throws RunControlError MALFORMED when it would.
 */
export function tokenDialling({ options, world }: Context, found: Whereabouts, dialling: Dialling): Dialling {
  // Into a cluster it goes under the TLS of the API server.
  if (found.cluster !== undefined || dialling.kind === 'tls') return dialling;
  if (options.insecureToken === true || world.environment[INSECURE_TOKEN_VARIABLE] === '1') return dialling;
  const how = `--tls DIR, or ${INSECURE_TOKEN_FLAG}`;
  const problems = (parseAddresses(found.address) ?? []).flatMap(
    (address) => dialProblem(PLAINTEXT_HERE, { path: found.source, address, how }) ?? [],
  );
  if (problems.length === 0) return PLAINTEXT_HERE;
  const sentence = 'will not send your token to another machine in plaintext';
  throw new RunControlError('MALFORMED', sentence, { problems });
}

/** The token in that file at this moment. */
export function fileToken(path: string): Token {
  return async () => {
    try {
      return (await readFile(path, 'utf8')).trim();
    } catch (cause) {
      throw new RunControlError('MALFORMED', `cannot read the token in ${path}`, { cause });
    }
  };
}

function accountSource(text: string, path: string): TokenSource {
  const [namespace = '', name = '', ...more] = text.split('/');
  if (namespace !== '' && name !== '' && more.length === 0)
    return { kind: 'account', account: { namespace, name } };
  throw malformed({ path, want: 'a service account as NAMESPACE/NAME', got: JSON.stringify(text) });
}

function malformed(problem: { readonly path: string; readonly want: string; readonly got: string }) {
  return new RunControlError('MALFORMED', 'it is not clear whose token to show', { problems: [problem] });
}
