// Who calls, and what they may do: the API server decides, and its answers count for a short while.

import { createHash } from 'node:crypto';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { Verb } from '../../api/verbs.ts';
import type { Clock } from '../../clock.ts';
import type { KubeClient } from '../client/client.ts';
import type { ObjectName } from '../resources/metadata.ts';
import { type Identity, type Person, reviewAccess, reviewToken } from './ask.ts';
import { Reviews } from './reviews.ts';
import { badToken, cannotAsk, missingRight } from './words.ts';

/** Longest token, in characters; those of service accounts have some 1,000. */
export const TOKEN_LENGTH_MAX = 8_192;

/** What RFC 6750 allows in a token. */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** Somebody whose token the API server knows. */
export type Caller = {
  readonly person: Person;
  /** Of the token, which itself is kept nowhere. */
  readonly digest: string;
};

/** The answers of the API server about callers. */
export class Permission {
  readonly #client: Pick<KubeClient, 'create'>;
  readonly #identities: Reviews<Identity>;
  readonly #accesses: Reviews<boolean>;

  constructor(client: Pick<KubeClient, 'create'>, clock: Clock) {
    const nowMs = (): number => clock().monotonicMs;
    this.#client = client;
    this.#identities = new Reviews({ nowMs, isAllowed: ({ kind }) => kind === 'known' });
    this.#accesses = new Reviews<boolean>({ nowMs, isAllowed: (allowed) => allowed });
  }

  /** Whose token that is. Throws RunControlError NOT_ALLOWED, UNREACHABLE when nobody can be asked, LIMIT. */
  async identify(token: string): Promise<Caller> {
    if (token.length > TOKEN_LENGTH_MAX || !TOKEN.test(token)) throw badToken('it is no token');
    const digest = createHash('sha256').update(token).digest('base64');
    const ask = () => reviewToken(this.#client, token);
    const identity = await asked('who calls', () => this.#identities.get(digest, ask));
    if (identity.kind === 'unknown') throw badToken(identity.why);
    return { person: identity.person, digest };
  }

  /** Throws RunControlError NOT_ALLOWED when the caller may not do that, UNREACHABLE when nobody can be asked, LIMIT. */
  async require(caller: Caller, verb: Verb, where: ObjectName): Promise<void> {
    if (await this.may(caller, verb, where)) return;
    throw missingRight({ ...where, verb, person: caller.person.name });
  }

  /** An empty name is any in the namespace. Throws RunControlError UNREACHABLE when nobody can be asked, LIMIT. */
  may({ person, digest }: Caller, verb: Verb, { namespace, name }: ObjectName): Promise<boolean> {
    const ask = () => reviewAccess(this.#client, person, { verb, namespace, name });
    const key = `${digest} ${verb} ${namespace}/${name}`;
    return asked(`whether ${person.name} may ${verb}`, () => this.#accesses.get(key, ask));
  }

  /** Those that the caller may view. Throws as `may`. */
  async viewable<T extends ObjectName>(caller: Caller, all: readonly T[]): Promise<readonly T[]> {
    const namespaces = [...new Set(all.map(({ namespace }) => namespace))];
    // Most who may view one may view them all, and that is one question.
    const whole = await filter(namespaces, (namespace) => this.may(caller, 'view', { namespace, name: '' }));
    return filter(all, (one) => whole.includes(one.namespace) || this.may(caller, 'view', one));
  }
}

async function asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof RunControlError) || error.code === 'LIMIT') throw error;
    throw cannotAsk(what, error);
  }
}

async function filter<T>(
  all: readonly T[],
  holds: (one: T) => boolean | Promise<boolean>,
): Promise<readonly T[]> {
  const held = await Promise.all(all.map(holds));
  return all.filter((_, at) => held[at] === true);
}
