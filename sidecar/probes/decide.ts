// What each probe answers: a pure function of what is known, so that every state can be tabled.

import { unreachable } from '../../protos/failure/invariant.ts';
import { findState, type Machine } from '../../protos/machine/table.ts';
import type { View } from '../rules/view.ts';

/** Of the sidecar itself, and of the process beside it. */
export const PROBES = [
  '/startupz',
  '/readyz',
  '/livez',
  '/process/startupz',
  '/process/readyz',
  '/process/livez',
] as const;

export type Probe = (typeof PROBES)[number];

export type Facts = {
  readonly machine: Machine;
  readonly view: View;
  /** The gRPC face listens. */
  readonly listening: boolean;
  /** How long nothing has been attached, in milliseconds; 0 while something is. */
  readonly detachedForMs: number;
  /** Why nothing is attached; empty while something is. */
  readonly detachCause: string;
  /** How long nothing may be attached before the process counts as dead, in milliseconds. */
  readonly detachedLimitMs: number;
};

export type Verdict = { readonly ok: boolean; readonly sentence: string };

/** P14: what `probe` answers, with one sentence why. */
export function decide(probe: Probe, facts: Facts): Verdict {
  switch (probe) {
    case '/startupz':
    case '/readyz':
      return facts.listening ? yes('the sidecar listens') : no('the sidecar does not listen yet');
    // That this is answered at all is the proof: it shares the loop with everything else.
    case '/livez':
      return yes('the sidecar is alive');
    case '/process/startupz':
      return facts.view.attached ? yes('the process is attached') : no(notAttached(facts));
    case '/process/readyz':
      return ready(facts);
    case '/process/livez':
      return live(facts);
    default:
      return unreachable(probe);
  }
}

/** Controllable and not in error; which states count is the machine's mark. */
function ready(facts: Facts): Verdict {
  const { state, inError, cause } = facts.view;
  const why = cause === '' ? '' : `: ${cause}`;
  if (!facts.view.attached) return no(notAttached(facts));
  if (state === '') return no(`the state of the process is unknown${why}`);
  if (inError) return no(`the process is in error, it came from ${state}${why}`);
  const mark = findState(facts.machine, state)?.ready === true;
  return mark ? yes(`the process is in ${state}`) : no(`${state} does not count as ready`);
}

/**
 * False only when the process cannot recover by itself: nothing has spoken for it for too long. A run's
 * state, an error, a slow transition and the coordinator are not looked at.
 */
function live(facts: Facts): Verdict {
  if (facts.view.attached) return yes('the process is attached');
  const { detachedForMs, detachedLimitMs, detachCause } = facts;
  if (detachedForMs <= detachedLimitMs) return yes(`${notAttached(facts)}; it has time to come back`);
  return no(`nothing has been attached for more than ${detachedLimitMs} ms: ${detachCause}`);
}

function notAttached({ detachCause }: Facts): string {
  return detachCause === '' ? 'no process is attached' : `no process is attached: ${detachCause}`;
}

function yes(sentence: string): Verdict {
  return { ok: true, sentence };
}

function no(sentence: string): Verdict {
  return { ok: false, sentence };
}
