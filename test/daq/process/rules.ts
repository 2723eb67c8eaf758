// The rules of baton.v1.Process, pure: who may ask, and what was begun already.

import { assert } from '../../../protos/failure/invariant.ts';
import type { Outcome } from './steps.ts';

export type Token = {
  readonly operationNumber: number;
  readonly step: number;
  readonly operationId: string;
};

/** What a process answered in the end: its outcome, and where it then was (empty: it does not know). */
export type Ending = { readonly outcome: Outcome; readonly state: string };

/** Operation number of what a sidecar asks for in its own name, and only once. */
export const OWN_STOP = 0;

/** So many endings are remembered; older tokens are refused, since nobody knows whether they were begun. */
export const REMEMBERED_MAX = 256;

export type Desk = {
  readonly startId: string;
  /** 0 before the first. */
  readonly attachment: number;
  readonly state: string;
  readonly busy?: Token;
  readonly executed?: Token;
  readonly endings: readonly { readonly token: Token; readonly ending: Ending }[];
  /** The highest token that was forgotten. */
  readonly forgotten?: Token;
};

/** The desk of a process that has just started. */
export function newDesk(options: { readonly startId: string; readonly state: string }): Desk {
  return { startId: options.startId, attachment: 0, state: options.state, endings: [] };
}

/** The desk under a newer attachment; undefined when this attachment is not newer. */
export function attach(desk: Desk, attachment: number): Desk | undefined {
  return attachment > desk.attachment ? { ...desk, attachment } : undefined;
}

export type Caller = { readonly attachment: number; readonly startId: string };

/** Why a call does not come from the present attachment; undefined when it does. */
export function strangerCause(desk: Desk, caller: Caller): string | undefined {
  if (caller.startId !== desk.startId) {
    return `start id ${caller.startId || '(none)'} is not this process's life ${desk.startId}: attach again`;
  }
  if (caller.attachment === desk.attachment) return undefined;
  return `attachment ${caller.attachment} is not the present one, ${desk.attachment}`;
}

export type Admission =
  | { readonly kind: 'begin'; readonly desk: Desk }
  /** This very token is running: wait for its ending. */
  | { readonly kind: 'join' }
  | { readonly kind: 'remembered'; readonly ending: Ending }
  /** Nothing was begun; a later call with the same token may find it otherwise. */
  | { readonly kind: 'refused'; readonly cause: string };

/** What to do with a token of the present attachment. At most one is busy, and none is begun twice. */
export function admit(desk: Desk, token: Token): Admission {
  if (desk.busy !== undefined && sameToken(desk.busy, token)) return { kind: 'join' };
  const known = desk.endings.find((each) => sameToken(each.token, token));
  if (known !== undefined) return { kind: 'remembered', ending: known.ending };
  if (desk.busy !== undefined) {
    return { kind: 'refused', cause: `the process is busy with ${tokenText(desk.busy)}` };
  }
  if (desk.forgotten !== undefined && token.operationNumber !== OWN_STOP && !isAfter(token, desk.forgotten)) {
    return { kind: 'refused', cause: `${tokenText(token)} is too old to know whether it was begun` };
  }
  return { kind: 'begin', desk: { ...desk, busy: token } };
}

/** The desk after the running token has ended so. */
export function end(desk: Desk, ending: Ending): Desk {
  const { busy: token, ...idle } = desk;
  assert(token !== undefined, 'only what was begun can end');
  const endings = [...desk.endings, { token, ending }];
  const executed = ending.outcome.kind === 'executed' ? { executed: token } : {};
  const next: Desk = { ...idle, ...executed, state: ending.state, endings: endings.slice(-REMEMBERED_MAX) };
  const dropped = endings.length > REMEMBERED_MAX ? endings[0]?.token : undefined;
  if (dropped === undefined || (desk.forgotten !== undefined && !isAfter(dropped, desk.forgotten)))
    return next;
  return { ...next, forgotten: dropped };
}

/** True when both name the same request. */
export function sameToken(left: Token, right: Token): boolean {
  return (
    left.operationNumber === right.operationNumber &&
    left.step === right.step &&
    left.operationId === right.operationId
  );
}

function isAfter(left: Token, right: Token): boolean {
  if (left.operationNumber !== right.operationNumber) return left.operationNumber > right.operationNumber;
  return left.step > right.step;
}

function tokenText(token: Token): string {
  return `operation ${token.operationNumber} step ${token.step} (${token.operationId})`;
}
