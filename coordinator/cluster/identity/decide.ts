// What the coordinator does next with the certificates that it issues, from what the Secrets say. A change of the
// authority goes in steps, each of which is one write: whoever leads next reads where it stands and goes on. Pure.

import { unreachable } from '../../../protos/failure/invariant.ts';
import type { Authorities, Authority } from './authorities.ts';

/** The Secret with the authority. */
export type AuthorityPicture =
  | { readonly kind: 'absent' }
  | { readonly kind: 'empty' }
  /** It holds what cannot be used; nothing in it is changed. */
  | { readonly kind: 'broken'; readonly why: string }
  | {
      readonly kind: 'there';
      readonly authorities: Authorities;
      /** What an operator has asked for by ROTATE_ANNOTATION, and which of that was begun last; empty: nothing. */
      readonly asked: string;
      readonly begun: string;
    };

/** The Secret of one namespace with what its sidecars show. */
export type SidecarPicture =
  | { readonly kind: 'absent' }
  /** It holds nothing, or what no sidecar would take. */
  | { readonly kind: 'void'; readonly why: string }
  | {
      readonly kind: 'there';
      /** Ids of the authorities that it trusts. */
      readonly trusted: readonly string[];
      /** Name of the authority that signed its certificate. */
      readonly issuer: string;
      readonly fromMs: number;
      readonly toMs: number;
    };

export type World = {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** How long certificates of sidecars and coordinators hold, in milliseconds. */
  readonly lifeMs: number;
  readonly authority: AuthorityPicture;
  /** By namespace; of those that can be read. */
  readonly sidecars: ReadonlyMap<string, SidecarPicture>;
  /** There are namespaces that cannot be read: what they hold is not known, and the authority stays as it is. */
  readonly isBlind: boolean;
  /** Sidecars that have not shown what their namespace's Secret holds; undefined: nobody has looked. */
  readonly unseen: readonly string[] | undefined;
};

export type Step =
  /** Make an authority, or write the one that is remembered. */
  | { readonly type: 'found' }
  /** Make the next authority, which is trusted from then on and issues nothing yet. */
  | { readonly type: 'prepare'; readonly asked: string }
  /** Issue from the next one; the one before is trusted until then. */
  | { readonly type: 'promote'; readonly untilMs: number }
  /** Trust those no more. */
  | { readonly type: 'drop'; readonly names: readonly string[] }
  /** Write what the sidecars of a namespace show. */
  | { readonly type: 'issue'; readonly namespace: string; readonly why: string };

export type Decision = {
  readonly steps: readonly Step[];
  /** It goes on once every sidecar has shown what its namespace's Secret holds. */
  readonly isLooking: boolean;
  /** When to decide again if nothing changes, in milliseconds since 1970; undefined: not before something changes. */
  readonly againAtMs: number | undefined;
  /** What only a person can mend, one sentence each. */
  readonly troubles: readonly string[];
  /** What it waits for. */
  readonly waits: readonly string[];
};

/** Authorities that issue no more and are trusted still. A further change waits for the end of one. */
export const RETIRED_MAX = 4;

/** What is older than this part of its life is renewed. */
export const RENEW_AFTER = 2 / 3;

/** What to do now. The authority is changed only while every namespace has what belongs to it as it is. */
export function decide(world: World): Decision {
  const { authority } = world;
  switch (authority.kind) {
    case 'absent':
      return nothing(
        'the Secret for the authority is not there: helm upgrade the coordinator, which makes it',
      );
    case 'broken':
      return nothing(`the authority cannot be used: ${authority.why}; empty its Secret for a new one`);
    case 'empty':
      return { ...nothing(), steps: [{ type: 'found' }] };
    case 'there':
      return decideFor(world, authority);
    default:
      return unreachable(authority);
  }
}

type There = Extract<AuthorityPicture, { kind: 'there' }>;

function decideFor(world: World, there: There): Decision {
  const { authorities } = there;
  const { nowMs, sidecars, isBlind } = world;
  const steps = [...sidecars].flatMap(([namespace, picture]): Step[] => {
    const why = whyIssue(picture, authorities, nowMs);
    return why === undefined ? [] : [{ type: 'issue', namespace, why }];
  });
  const missing = [...sidecars].flatMap(([namespace, { kind }]) =>
    kind === 'absent'
      ? [
          `namespace ${namespace} has no Secret for its sidecars: helm upgrade the coordinator, which makes it`,
        ]
      : [],
  );
  const mayChange = steps.length === 0 && !isBlind;
  const change = mayChange ? changeOf(world, there) : undefined;
  const isLooking = mayChange && change === undefined && authorities.next !== undefined;
  return {
    steps: change === undefined ? steps : [change],
    isLooking,
    againAtMs: againAt(world, authorities),
    troubles: missing,
    waits: isLooking ? unseenSentence(world.unseen) : [],
  };
}

/** Why a namespace gets another certificate; undefined: it has the right one, or there is nowhere to write it. */
function whyIssue(picture: SidecarPicture, authorities: Authorities, nowMs: number): string | undefined {
  switch (picture.kind) {
    case 'absent':
      return undefined;
    case 'void':
      return picture.why;
    case 'there': {
      const trusted = trustedIn(authorities).map(({ id }) => id);
      if (!sameSet(trusted, picture.trusted)) return 'other authorities are to be trusted';
      if (picture.issuer !== authorities.current.name) return 'another authority issues now';
      return nowMs < renewAt(picture) ? undefined : 'two thirds of its life are over';
    }
    default:
      return unreachable(picture);
  }
}

function changeOf(world: World, { authorities, asked, begun }: There): Step | undefined {
  const { nowMs, unseen } = world;
  const { current, next, retired } = authorities;
  const over = retired.filter(({ untilMs }) => untilMs <= nowMs);
  if (over.length > 0) return { type: 'drop', names: over.map(({ name }) => name) };
  if (next !== undefined) {
    return unseen?.length === 0 ? { type: 'promote', untilMs: lastEnd(world, current) } : undefined;
  }
  const isDue = (asked !== '' && asked !== begun) || nowMs >= renewAt(current);
  return isDue && retired.length < RETIRED_MAX ? { type: 'prepare', asked } : undefined;
}

/** When the last certificate ends that this authority has issued. */
function lastEnd({ nowMs, lifeMs, sidecars }: World, { toMs }: Authority): number {
  const ends = [...sidecars.values()].flatMap((each) => (each.kind === 'there' ? [each.toMs] : []));
  return Math.min(toMs, Math.max(nowMs + lifeMs, ...ends));
}

/** Whom everybody trusts: the one that issues first. */
export function trustedIn({ current, next, retired }: Authorities): readonly TrustedAuthority[] {
  return [current, ...(next === undefined ? [] : [next]), ...retired];
}

type TrustedAuthority = Pick<Authority, 'id' | 'certificate'>;

/** When what holds for that time is renewed, in milliseconds since 1970. */
export function renewAt({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): number {
  return fromMs + (toMs - fromMs) * RENEW_AFTER;
}

function againAt({ nowMs, sidecars }: World, { current, retired }: Authorities): number | undefined {
  const renewals = [...sidecars.values()].flatMap((each) => (each.kind === 'there' ? [renewAt(each)] : []));
  const moments = [...renewals, renewAt(current), ...retired.map(({ untilMs }) => untilMs)];
  const coming = moments.filter((atMs) => atMs > nowMs);
  return coming.length === 0 ? undefined : Math.min(...coming);
}

/** Names that one sentence tells. */
const NAMED_MAX = 5;

function unseenSentence(unseen: readonly string[] | undefined): readonly string[] {
  if (unseen === undefined || unseen.length === 0) return [];
  const more = unseen.length > NAMED_MAX ? ` and ${unseen.length - NAMED_MAX} more` : '';
  const named = unseen.slice(0, NAMED_MAX).join(', ');
  return [`the next authority issues once these sidecars trust it: ${named}${more}`];
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each) => b.includes(each));
}

function nothing(...troubles: readonly string[]): Decision {
  return { steps: [], isLooking: false, againAtMs: undefined, troubles, waits: [] };
}
