// The authority of an installation, as whoever leads keeps it: two kinds of Secrets are followed, `decide` says what is
// next, and each step is one write that fails when somebody else has written meanwhile.

import type { Logger } from 'pino';
import type { Dialling } from '../../../protos/credentials/dialling.ts';
import { assert } from '../../../protos/failure/invariant.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { Clock } from '../../clock.ts';
import type { KubeClient } from '../client/client.ts';
import { Informer } from '../client/informer.ts';
import { SECRETS } from '../client/resource.ts';
import { Errand } from '../errand.ts';
import { AUTHORITY_SECRET, SIDECAR_SECRET } from '../names.ts';
import { keyOf, type ObjectName } from '../resources/metadata.ts';
import type { Pod } from '../resources/pod.ts';
import { type Secret, secretOf, secretPatch } from '../resources/secret.ts';
import { type Authorities, textsOf } from './authorities.ts';
import { type Decision, decide, type Step } from './decide.ts';
import { OwnIdentity } from './own.ts';
import { picturesOf, type Secrets } from './pictures.ts';
import { fingerprintIn } from './sidecars.ts';
import { Sight } from './sight.ts';
import { changed, shownOf, sidecarTexts } from './steps.ts';

/** Between two looks at what sidecars show, in milliseconds; a kubelet brings a new Secret within a minute or so. */
const LOOK_MS = 5_000;

/** Longest time until it is decided again, in milliseconds: a timer cannot hold more than 24 days. */
const AGAIN_MS_MAX = 86_400_000;

/** How long a lead waits at its begin for what it shows, in milliseconds: then it dials and says why it cannot. */
const BEGIN_MS_MAX = 2_000;

export type IssuerParts = {
  readonly client: KubeClient;
  /** Where the authority is kept. */
  readonly home: string;
  readonly namespaces: readonly string[];
  /** How long certificates hold, in milliseconds. */
  readonly lifeMs: number;
  /** All pods of partitions. */
  readonly pods: () => Iterable<Pod>;
  readonly addressOf?: ((pod: Pod) => string) | undefined;
  readonly clock: Clock;
  /** 0..1; Math.random in production. */
  readonly random: () => number;
  readonly log: Logger;
  readonly onFatal: (error: unknown) => void;
};

/** From the begin of a lead until it is disposed of. */
export class Issuer implements AsyncDisposable {
  /** Resolves once it has issued what it shows, or has tried to for a moment. */
  readonly begun: Promise<void>;
  readonly #parts: IssuerParts;
  readonly #held = new AsyncDisposableStack();
  readonly #own: ReadonlyMap<string, OwnIdentity>;
  readonly #sight: Sight;
  readonly #errand: Errand;
  readonly #authority: Informer<Secret>;
  readonly #sidecars: ReadonlyMap<string, Informer<Secret>>;
  /** As they were read last: the Secret may be emptied or spoiled. */
  #remembered: Authorities | undefined;
  /** What a look has come to; undefined: nobody has looked since a Secret was written. */
  #unseen: readonly string[] | undefined;
  /** Of Secrets, as far as they were heard of. */
  #changes = 0;
  /** By Secret: the version that was replaced here last. */
  readonly #written = new Map<string, string>();
  #told = '';
  /** What the last decision found that only a person can mend. */
  #lacking = '';

  constructor(parts: IssuerParts) {
    this.#parts = parts;
    const { random, onFatal, namespaces, home } = parts;
    this.#own = new Map(namespaces.map((namespace) => [namespace, new OwnIdentity(namespace)]));
    this.#sight = new Sight({ ...parts, own: (namespace) => this.#ownOf(namespace) });
    this.#errand = this.#held.use(
      new Errand({
        work: (signal) => this.#work(signal),
        onTrouble: (trouble) => this.#tell(trouble),
        random,
        onFatal,
      }),
    );
    this.#authority = this.#follow(home, AUTHORITY_SECRET);
    this.#sidecars = new Map(namespaces.map((each) => [each, this.#follow(each, SIDECAR_SECRET)]));
    const synced = [this.#authority, ...this.#sidecars.values()].map((each) => each.synced);
    const tried = synced.map((each) => each.then(() => this.#errand.want()));
    const first = Promise.all(tried).then(() => undefined);
    const limit = new Promise<void>((resolve) => setTimeout(resolve, BEGIN_MS_MAX).unref());
    this.begun = Promise.race([first, limit]);
  }

  /** What keeps it from its work, in one line; empty: nothing. */
  get trouble(): string {
    const calls = [this.#authority, ...this.#sidecars.values(), this.#errand];
    const told = [...calls.map(({ trouble }) => trouble?.message ?? ''), this.#lacking];
    return [...new Set(told)].filter((sentence) => sentence !== '').join('; ');
  }

  /** How the sidecars of a namespace are dialled. */
  dialling(namespace: string): Dialling {
    return { kind: 'tls', store: this.#ownOf(namespace), realm: namespace };
  }

  /** Nothing is written any more. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#held.disposeAsync();
  }

  #ownOf(namespace: string): OwnIdentity {
    return this.#own.get(namespace) ?? new OwnIdentity(namespace);
  }

  #follow(namespace: string, name: string): Informer<Secret> {
    return this.#held.use(
      Informer.start({
        ...this.#parts,
        resource: SECRETS,
        namespace,
        fieldSelector: `metadata.name=${name}`,
        project: secretOf,
        onChange: () => {
          this.#changes += 1;
          this.#unseen = undefined;
          void this.#errand.want();
        },
        onTrouble: (trouble) => {
          this.#tell(trouble);
          if (trouble === undefined) void this.#errand.want();
        },
      }),
    );
  }

  #tell(trouble: RunControlError | undefined): void {
    if (trouble === undefined) return;
    for (const own of this.#own.values()) own.lacks(trouble.message);
    this.#parts.log.warn({ code: trouble.code }, `identities: ${trouble.message}`);
  }

  async #work(signal: AbortSignal): Promise<void> {
    // Before it is read what is there would look absent.
    if (this.#authority.staleSinceMs !== undefined) return;
    const { clock, lifeMs } = this.#parts;
    const nowMs = clock().wallMs;
    const secrets = this.#secrets();
    // What comes of it is heard of in a moment.
    if (this.#isBehind(secrets)) return;
    const isBlind = secrets.sidecars.size < this.#sidecars.size;
    const world = { ...picturesOf(secrets, nowMs), isBlind, nowMs, lifeMs, unseen: this.#unseen };
    if (world.authority.kind === 'there') this.#remembered = world.authority.authorities;
    const decision = decide(world);
    this.#show(decision, nowMs);
    // Whoever has shown something before this step may not have what comes of it.
    if (decision.steps.length > 0) this.#unseen = undefined;
    const failures: RunControlError[] = [];
    for (const step of decision.steps) {
      // A namespace that cannot be written does not keep the others from theirs.
      await this.#take(step, secrets, nowMs).catch((error: unknown) => {
        if (!(error instanceof RunControlError)) throw error;
        failures.push(error);
      });
    }
    if (decision.isLooking) await this.#look(secrets, signal);
    this.#again(decision, nowMs);
    const [failure] = failures;
    if (failure !== undefined) throw failure;
  }

  #secrets(): Secrets {
    const { home } = this.#parts;
    const read = [...this.#sidecars].filter(([, { staleSinceMs }]) => staleSinceMs === undefined);
    const sidecars = read.map(([namespace, informer]) => {
      return [namespace, informer.get(keyOf({ namespace, name: SIDECAR_SECRET }))] as const;
    });
    const authority = this.#authority.get(keyOf({ namespace: home, name: AUTHORITY_SECRET }));
    return { authority, sidecars: new Map(sidecars) };
  }

  /** What we show follows the authority, also when its Secret cannot be used any more. */
  #show({ troubles, waits }: Decision, nowMs: number): void {
    const { log, lifeMs } = this.#parts;
    const told = [...troubles, ...waits].join('; ');
    if (told !== this.#told && told !== '') {
      log[troubles.length > 0 ? 'warn' : 'info']({}, `identities: ${told}`);
    }
    this.#told = told;
    this.#lacking = troubles.join('; ');
    for (const own of this.#own.values()) {
      if (this.#remembered === undefined) own.lacks(told === '' ? 'the first authority is being made' : told);
      else own.follow(this.#remembered, { nowMs, lifeMs });
    }
  }

  async #take(step: Step, { authority, sidecars }: Secrets, nowMs: number): Promise<void> {
    const { home, log, lifeMs } = this.#parts;
    if (step.type === 'issue') {
      const { namespace, why } = step;
      const seen = sidecars.get(namespace);
      assert(seen !== undefined, 'a certificate is written where its Secret was read');
      assert(this.#remembered !== undefined, 'it is issued from an authority that was read');
      const texts = sidecarTexts(this.#remembered, { namespace, nowMs, lifeMs });
      await this.#write({ namespace, name: SIDECAR_SECRET }, seen, secretPatch(seen, texts));
      return log.info({ namespace, why }, 'the sidecars of a namespace get another certificate');
    }
    assert(authority !== undefined, 'an authority is written where its Secret was read');
    const { authorities, annotations, sentence } = changed(step, this.#remembered, { nowMs, home });
    const patch = secretPatch(authority, textsOf(authorities), annotations);
    await this.#write({ namespace: home, name: AUTHORITY_SECRET }, authority, patch);
    this.#remembered = authorities;
    log.info({ ...shownOf(authorities) }, sentence);
  }

  async #write(where: ObjectName, seen: Secret, body: unknown): Promise<void> {
    await this.#parts.client.patch(SECRETS, where, { kind: 'merge', body });
    this.#written.set(keyOf(where), seen.version);
  }

  /** An informer has not told yet what was written here: it would be written a second time. */
  #isBehind({ authority, sidecars }: Secrets): boolean {
    const { home } = this.#parts;
    const isOld = (namespace: string, name: string, secret: Secret | undefined) =>
      secret !== undefined && this.#written.get(keyOf({ namespace, name })) === secret.version;
    const all = [...sidecars].map(([namespace, secret]) => isOld(namespace, SIDECAR_SECRET, secret));
    return isOld(home, AUTHORITY_SECRET, authority) || all.includes(true);
  }

  async #look({ sidecars }: Secrets, signal: AbortSignal): Promise<void> {
    const wanted = new Map([...sidecars].map(([namespace, secret]) => [namespace, fingerprintIn(secret)]));
    const changes = this.#changes;
    const unseen = await this.#sight.unseen((namespace) => wanted.get(namespace) ?? '', signal);
    // What was asked for is not what the Secrets hold any more.
    if (changes !== this.#changes) return;
    this.#unseen = unseen;
    if (unseen?.length === 0) void this.#errand.want();
    else this.#errand.wantIn(LOOK_MS);
  }

  #again({ againAtMs }: Decision, nowMs: number): void {
    const moments = [...this.#own.values()].map(({ renewAtMs }) => renewAtMs);
    const coming = [againAtMs, ...moments].flatMap((atMs) => atMs ?? []);
    this.#errand.wantIn(Math.max(1, Math.min(AGAIN_MS_MAX, Math.min(...coming) - nowMs)));
  }
}
