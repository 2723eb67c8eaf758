// What each step makes of the authorities, and of a namespace's Secret.

import { FILES } from '../../../protos/credentials/files.ts';
import { showDate } from '../../../protos/credentials/parse.ts';
import { assert, unreachable } from '../../../protos/failure/invariant.ts';
import { ROTATED_ANNOTATION } from '../names.ts';
import { type Authorities, type Authority, authorityOf } from './authorities.ts';
import { type Dates, issueIdentity, newAuthority } from './certificate.ts';
import { type Step, trustedIn } from './decide.ts';

/** How long an authority holds, in milliseconds. */
const AUTHORITY_MS = 10 * 365 * 86_400_000;

/** How far a node's clock may be behind ours, in milliseconds; of what holds for a short time less. */
const CLOCK_SKEW_MS = 300_000;
const CLOCK_SKEW_PART = 0.1;

/** From when to when something holds that is issued at `nowMs`, and not longer than its authority. */
export function datesAt(nowMs: number, lifeMs: number, endMs = Number.POSITIVE_INFINITY): Dates {
  const skewMs = Math.min(CLOCK_SKEW_MS, lifeMs * CLOCK_SKEW_PART);
  return { fromMs: nowMs - skewMs, toMs: Math.min(nowMs + lifeMs, endMs) };
}

/** The text of `ca.crt` for everybody. */
export function bundleOf(authorities: Authorities): string {
  return trustedIn(authorities)
    .map(({ certificate }) => certificate)
    .join('');
}

export type IssueTerms = { readonly namespace: string; readonly nowMs: number; readonly lifeMs: number };

/** The files of the sidecars of a namespace, with a new certificate. */
export function sidecarTexts(
  authorities: Authorities,
  { namespace, nowMs, lifeMs }: IssueTerms,
): Readonly<Record<string, string>> {
  const { current } = authorities;
  const identity = { role: 'sidecar', realm: namespace, ...datesAt(nowMs, lifeMs, current.toMs) } as const;
  const { certificate, key } = issueIdentity(current, identity);
  return {
    [FILES.authorities]: bundleOf(authorities),
    [FILES.certificate]: certificate,
    [FILES.key]: key,
  };
}

export type Changed = {
  readonly authorities: Authorities;
  readonly annotations: Readonly<Record<string, string>>;
  /** For the log. */
  readonly sentence: string;
};

/** The authorities after that step; `home` names a new one. */
export function changed(
  step: Exclude<Step, { type: 'issue' }>,
  before: Authorities | undefined,
  { nowMs, home }: { readonly nowMs: number; readonly home: string },
): Changed {
  if (step.type === 'found') {
    if (before !== undefined) return plainly(before, 'the authority is written anew as it was');
    const first = { current: fresh(home, nowMs), next: undefined, retired: [] };
    return plainly(first, 'an authority is made, and issues');
  }
  assert(before !== undefined, 'there is an authority to change');
  const { current, next, retired } = before;
  switch (step.type) {
    case 'prepare': {
      const prepared = { ...before, next: fresh(home, nowMs) };
      const sentence = 'the next authority is made: it is trusted, and issues once every sidecar trusts it';
      return { authorities: prepared, annotations: { [ROTATED_ANNOTATION]: step.asked }, sentence };
    }
    case 'promote': {
      assert(next !== undefined, 'there is a next authority');
      const { id, name, certificate } = current;
      const old = { id, name, certificate, untilMs: step.untilMs };
      const promoted = { current: next, next: undefined, retired: [old, ...retired] };
      return plainly(promoted, 'every sidecar trusts the next authority: it issues from now on');
    }
    case 'drop': {
      const left = retired.filter(({ name }) => !step.names.includes(name));
      return plainly({ ...before, retired: left }, 'an authority of before is trusted no more');
    }
    default:
      return unreachable(step);
  }
}

function plainly(authorities: Authorities, sentence: string): Changed {
  return { authorities, annotations: {}, sentence };
}

function fresh(home: string, nowMs: number): Authority {
  return authorityOf(newAuthority(`baton ${home}`, datesAt(nowMs, AUTHORITY_MS)));
}

/** Authorities by name, for a log. */
export function shownOf({ current, next, retired }: Authorities): object {
  const trusted = retired.map(({ name, untilMs }) => `${name} until ${showDate(new Date(untilMs))}`);
  return { issues: current.name, next: next?.name, retired: trusted };
}
