// What the coordinator itself shows to the sidecars of a namespace. Whoever leads issues it to itself and keeps it in
// memory: it holds the authority anyway.

import type { SecureContext } from 'node:tls';
import type { Shown } from '../../../protos/credentials/dial.ts';
import { type Credentials, parseCredentials } from '../../../protos/credentials/parse.ts';
import { contextOf } from '../../../protos/credentials/store.ts';
import { assert } from '../../../protos/failure/invariant.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { Authorities } from './authorities.ts';
import { issueIdentity } from './certificate.ts';
import { renewAt, trustedIn } from './decide.ts';
import { bundleOf, datesAt } from './steps.ts';

type Held = { readonly credentials: Credentials; readonly context: SecureContext; readonly from: string };

export class OwnIdentity implements Shown {
  readonly #namespace: string;
  #held: Held | undefined;
  #why = 'the authority has not been read yet';

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  /** Throws RunControlError NOT_ALLOWED while nothing could be issued. */
  current(): Credentials {
    return this.#require().credentials;
  }

  context(): SecureContext {
    return this.#require().context;
  }

  /** When it is to be followed again, in milliseconds since 1970; undefined: there is none. */
  get renewAtMs(): number | undefined {
    if (this.#held === undefined) return undefined;
    const { validFromMs, validToMs } = this.#held.credentials;
    return renewAt({ fromMs: validFromMs, toMs: validToMs });
  }

  /** From now on it comes from the one that issues, and trusts all that are trusted. */
  follow(
    authorities: Authorities,
    { nowMs, lifeMs }: { readonly nowMs: number; readonly lifeMs: number },
  ): void {
    const { current } = authorities;
    const from = trustedIn(authorities)
      .map(({ id }) => id)
      .join(' ');
    if (this.#held?.from === from && nowMs < (this.renewAtMs ?? 0)) return;
    const realm = this.#namespace;
    const dates = datesAt(nowMs, lifeMs, current.toMs);
    const { certificate, key } = issueIdentity(current, { role: 'coordinator', realm, ...dates });
    const texts = { authorities: bundleOf(authorities), certificate, key };
    const wanted = { role: 'coordinator', realm } as const;
    const parsed = parseCredentials(texts, { directory: 'its own identity', wanted, nowMs });
    assert('credentials' in parsed, 'what is issued here can be used');
    const { credentials } = parsed;
    this.#held = { credentials, context: contextOf(credentials), from };
  }

  /** Why there is nothing to show, for as long as that is so. */
  lacks(why: string): void {
    this.#why = why;
  }

  [Symbol.dispose](): void {
    this.#held = undefined;
  }

  #require(): Held {
    if (this.#held !== undefined) return this.#held;
    const sentence = `the coordinator has no identity for namespace ${this.#namespace}: ${this.#why}`;
    throw new RunControlError('NOT_ALLOWED', sentence);
  }
}
