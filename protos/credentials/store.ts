// The identity of one program: read from its folder, and again whenever the files change. What is broken is
// not taken: the one before stays in use.

import { createSecureContext, type SecureContext } from 'node:tls';
import { type Problem, problemLine, RunControlError } from '../failure/trouble.ts';
import { look, readSet } from './files.ts';
import { type Credentials, parseCredentials, type Wanted } from './parse.ts';

/** How often the files are looked at, in milliseconds. A kubelet brings a new Secret within a minute. */
export const LOOK_MS = 1_000;

/** The end of a certificate is told when less than this part of its life is left. */
export const WARN_BELOW = 0.1;

/** What whoever runs the program should know of its credentials; each is told once. */
export type CredentialNotice =
  | { readonly type: 'renewed'; readonly credentials: Credentials }
  | { readonly type: 'notTaken'; readonly problems: readonly Problem[] }
  | { readonly type: 'ending'; readonly credentials: Credentials }
  | { readonly type: 'ended'; readonly credentials: Credentials };

/** Credentials that follow their files. Disposing ends that. */
export type CredentialStore = Disposable & {
  readonly wanted: Wanted;
  readonly directory: string;
  current(): Credentials;
  /** For new connections; those that are open keep what they began with. */
  context(): SecureContext;
  /** Calls `run` after each renewal until the result is called. */
  onRenewed(run: () => void): () => void;
  /** Time until the present credentials end, in seconds; negative once they have. */
  secondsLeft(): number;
};

export type StoreOptions = {
  readonly directory: string;
  readonly wanted: Wanted;
  readonly notice: (notice: CredentialNotice) => void;
  /** Milliseconds since 1970. */
  readonly wallMs?: () => number;
  readonly lookMs?: number;
};

type Held = { readonly credentials: Credentials; readonly context: SecureContext };

/** Opens the credentials in a folder. Throws RunControlError MALFORMED with all problems, by file. */
export function openCredentials(options: StoreOptions): CredentialStore {
  return new Store(options);
}

class Store implements CredentialStore {
  readonly wanted: Wanted;
  readonly directory: string;
  readonly #options: StoreOptions;
  readonly #listeners = new Set<() => void>();
  readonly #timer: NodeJS.Timeout;
  #held: Held;
  #seen: string;
  /** What is wrong with the files as they are now; empty: they are those in use. */
  #refused = '';
  /** What was told last of the end of the present ones. */
  #told: 'nothing' | 'ending' | 'ended' = 'nothing';

  constructor(options: StoreOptions) {
    this.#options = options;
    this.directory = options.directory;
    this.wanted = options.wanted;
    const { loaded, seen } = this.#load();
    if ('problems' in loaded) {
      const { problems } = loaded;
      throw new RunControlError('MALFORMED', `the credentials in ${options.directory} cannot be used`, {
        problems,
      });
    }
    this.#held = loaded;
    this.#seen = seen;
    this.#timer = setInterval(() => this.#look(), options.lookMs ?? LOOK_MS);
    this.#timer.unref();
    this.#tellEnd();
  }

  current(): Credentials {
    return this.#held.credentials;
  }

  context(): SecureContext {
    return this.#held.context;
  }

  onRenewed(run: () => void): () => void {
    this.#listeners.add(run);
    return () => this.#listeners.delete(run);
  }

  secondsLeft(): number {
    return Math.floor((this.#held.credentials.validToMs - this.#wallMs()) / 1_000);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#listeners.clear();
  }

  #wallMs(): number {
    return (this.#options.wallMs ?? Date.now)();
  }

  #load(): { readonly loaded: Held | { readonly problems: readonly Problem[] }; readonly seen: string } {
    const { directory, wanted } = this.#options;
    const read = readSet(directory);
    if ('problems' in read) return { loaded: read, seen: read.seen };
    const parsed = parseCredentials(read.texts, { directory, wanted, nowMs: this.#wallMs() });
    return { loaded: 'problems' in parsed ? parsed : held(directory, parsed.credentials), seen: read.seen };
  }

  #look(): void {
    // What was not valid yet becomes so without any change of the files.
    if (this.#refused !== '' || look(this.directory) !== this.#seen) this.#renew();
    this.#tellEnd();
  }

  #renew(): void {
    const { loaded, seen } = this.#load();
    this.#seen = seen;
    const refused = 'problems' in loaded ? loaded.problems.map(problemLine).join('; ') : '';
    const isNews = refused !== this.#refused;
    this.#refused = refused;
    if ('problems' in loaded) {
      if (isNews) this.#options.notice({ type: 'notTaken', problems: loaded.problems });
      return;
    }
    this.#held = loaded;
    this.#told = 'nothing';
    this.#options.notice({ type: 'renewed', credentials: loaded.credentials });
    for (const run of this.#listeners) run();
  }

  #tellEnd(): void {
    const { credentials } = this.#held;
    const { validFromMs, validToMs } = credentials;
    const leftMs = validToMs - this.#wallMs();
    const now =
      leftMs <= 0 ? 'ended' : leftMs < (validToMs - validFromMs) * WARN_BELOW ? 'ending' : 'nothing';
    if (now === this.#told) return;
    this.#told = now;
    if (now !== 'nothing') this.#options.notice({ type: now, credentials });
  }
}

/** OpenSSL has the last word: a key that is too short, a signature that it does not take any more. */
function held(directory: string, credentials: Credentials): Held | { readonly problems: readonly Problem[] } {
  try {
    return { credentials, context: contextOf(credentials) };
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    return { problems: [{ path: directory, want: 'credentials that TLS takes', got }] };
  }
}

/** What is shown and trusted in new connections. Throws what OpenSSL throws when it does not take it. */
export function contextOf({ texts }: Credentials): SecureContext {
  const { authorities: ca, certificate: cert, key } = texts;
  return createSecureContext({ ca, cert, key, minVersion: TLS_VERSION_MIN });
}

/** Both ends are ours, so nothing older is needed. */
export const TLS_VERSION_MIN = 'TLSv1.3';
