// The Secrets of an installation as the informers have them, and what they are to `decide`.

import type { Secret } from '../resources/secret.ts';
import { authorityPictureOf } from './authorities.ts';
import type { World } from './decide.ts';
import { sidecarPictureOf } from './sidecars.ts';

export type Secrets = {
  readonly authority: Secret | undefined;
  /** By namespace; of those that are kept up. */
  readonly sidecars: ReadonlyMap<string, Secret | undefined>;
};

/** What they hold at the time `nowMs` (milliseconds since 1970). */
export function picturesOf(
  { authority, sidecars }: Secrets,
  nowMs: number,
): Pick<World, 'authority' | 'sidecars'> {
  const pictures = [...sidecars].map(([namespace, secret]) => {
    return [namespace, sidecarPictureOf(secret, namespace, nowMs)] as const;
  });
  return { authority: authorityPictureOf(authority, nowMs), sidecars: new Map(pictures) };
}
