// Secrets of an installation in a test's hands: what decides reads them, and what it decides is written to them.

import {
  type Authorities,
  authorityPictureOf,
  textsOf,
} from '../../../../coordinator/cluster/identity/authorities.ts';
import { type Decision, decide, type Step } from '../../../../coordinator/cluster/identity/decide.ts';
import { sidecarPictureOf } from '../../../../coordinator/cluster/identity/sidecars.ts';
import { changed, sidecarTexts } from '../../../../coordinator/cluster/identity/steps.ts';
import type { Secret } from '../../../../coordinator/cluster/resources/secret.ts';

export const DAY_MS = 86_400_000;
export const LIFE_MS = 20 * DAY_MS;

type Writable = { -readonly [Key in keyof Secret]: Secret[Key] };

export const emptySecret = (): Writable => ({ version: '1', annotations: {}, texts: {} });

export type Secrets = {
  nowMs: number;
  authority: Writable | undefined;
  readonly sidecars: Map<string, Writable | undefined>;
  unseen: readonly string[] | undefined;
  isBlind: boolean;
};

/** As helm leaves them: empty. */
export function freshSecrets(...namespaces: readonly string[]): Secrets {
  return {
    nowMs: Date.UTC(2026, 10, 21),
    authority: emptySecret(),
    sidecars: new Map(namespaces.map((namespace) => [namespace, emptySecret()])),
    unseen: undefined,
    isBlind: false,
  };
}

/** What is decided now. */
export function decided({ nowMs, authority, sidecars, unseen, isBlind }: Secrets): Decision {
  const pictures = [...sidecars].map(([namespace, secret]) => {
    return [namespace, sidecarPictureOf(secret, namespace, nowMs)] as const;
  });
  return decide({
    nowMs,
    lifeMs: LIFE_MS,
    authority: authorityPictureOf(authority, nowMs),
    sidecars: new Map(pictures),
    unseen,
    isBlind,
  });
}

/** The authorities in the Secret. Throws Error when there are none. */
export function authoritiesIn({ authority, nowMs }: Secrets): Authorities {
  const picture = authorityPictureOf(authority, nowMs);
  if (picture.kind !== 'there') throw new Error(`no authorities: ${JSON.stringify(picture)}`);
  return picture.authorities;
}

/** Writes what a step makes. */
export function take(secrets: Secrets, step: Step): void {
  const { nowMs, authority, sidecars } = secrets;
  if (step.type === 'issue') {
    const { namespace } = step;
    const texts = sidecarTexts(authoritiesIn(secrets), { namespace, nowMs, lifeMs: LIFE_MS });
    sidecars.set(namespace, { ...emptySecret(), texts });
    return;
  }
  const before = step.type === 'found' ? undefined : authoritiesIn(secrets);
  const { authorities, annotations } = changed(step, before, { nowMs, home: 'baton' });
  const texts = Object.entries(textsOf(authorities)).filter(([, text]) => text !== undefined);
  secrets.authority = {
    version: '2',
    annotations: { ...authority?.annotations, ...annotations },
    texts: Object.fromEntries(texts.map(([key, text]) => [key, text ?? ''])),
  };
}

/** Takes steps until there are none; gives them, by type. */
export function settle(secrets: Secrets): readonly Step['type'][] {
  const taken: Step['type'][] = [];
  for (let { steps } = decided(secrets); steps.length > 0; { steps } = decided(secrets)) {
    secrets.unseen = undefined;
    for (const step of steps) take(secrets, step);
    taken.push(...steps.map(({ type }) => type));
    if (taken.length > 100) throw new Error(`it does not end: ${taken.join(' ')}`);
  }
  return taken;
}

/** An operator asks for another authority by this word. */
export function ask(secrets: Secrets, word: string): void {
  const { authority } = secrets;
  if (authority !== undefined) authority.annotations = { ...authority.annotations, 'baton.dev/rotate': word };
}
