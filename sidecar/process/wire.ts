// What a process says, parsed at the border: it is written by others.

import { type ServiceError, status } from '@grpc/grpc-js';
import type { PerformResponse__Output } from '../../protos/generated/baton/v1/PerformResponse.ts';
import type { ProcessState__Output } from '../../protos/generated/baton/v1/ProcessState.ts';
import type { Token__Output } from '../../protos/generated/baton/v1/Token.ts';
import { NAME_LENGTH_MAX } from '../../protos/machine/limits.ts';
import type { ProcessState, Token } from '../rules/model.ts';

/** Longest start id and operation id, in characters. */
export const ID_CHARACTERS_MAX = 64;

/** Longest sentence that is taken from a process, in characters; the rest is cut. */
export const SENTENCE_CHARACTERS_MAX = 500;

export type HookEnd = {
  readonly outcome: 'executed' | 'refused' | 'failed';
  readonly state: string;
  readonly cause: string;
};

/** A value, or one sentence why the process broke the contract. */
export type Understood<Value> = { readonly value: Value } | { readonly broken: string };

/** The start id, 1 to 64 characters. */
export function parseStartId(startId: string): Understood<string> {
  if (startId.length >= 1 && startId.length <= ID_CHARACTERS_MAX) return { value: startId };
  return {
    broken: `the process gave a start id of ${startId.length} characters instead of 1 to ${ID_CHARACTERS_MAX}`,
  };
}

/** What the process says of itself. A state that no machine has is passed on: the rules judge it. */
export function parseProcessState(raw: ProcessState__Output | null): Understood<ProcessState> {
  if (raw === null) return { broken: 'the process did not tell its state' };
  const busy = parseToken(raw.busy);
  const executed = parseToken(raw.executed);
  if (busy === 'broken' || executed === 'broken') return { broken: 'the process told a token that is none' };
  return { value: { state: stateName(raw.state), busy, executed, trouble: sentence(raw.trouble) } };
}

/** How a hook ended by the process's own word. */
export function parseHookEnd(raw: PerformResponse__Output): Understood<HookEnd> {
  const rest = { state: stateName(raw.state), cause: sentence(raw.cause) };
  switch (raw.outcome) {
    case 'PERFORM_OUTCOME_EXECUTED':
      return { value: { outcome: 'executed', ...rest } };
    case 'PERFORM_OUTCOME_REFUSED':
      return { value: { outcome: 'refused', ...rest } };
    case 'PERFORM_OUTCOME_FAILED':
      return { value: { outcome: 'failed', ...rest } };
    // A number that a later contract may name, or none at all.
    default:
      return { broken: `the process answered with the outcome ${raw.outcome}` };
  }
}

/** A sentence of others, cut to its limit and to one line. */
export function sentence(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, SENTENCE_CHARACTERS_MAX);
}

/** `RESOURCE_EXHAUSTED: details` */
export function nameOf(error: ServiceError): string {
  return `${status[error.code]}: ${error.details}`;
}

/** Cut one character beyond the longest name, so that what was too long never becomes a name. */
function stateName(text: string): string {
  return text.slice(0, NAME_LENGTH_MAX + 1);
}

function parseToken(raw: Token__Output | null): Token | undefined | 'broken' {
  if (raw === null) return undefined;
  const { operationNumber, step, operationId } = raw;
  const sound = Number.isSafeInteger(operationNumber) && operationId.length <= ID_CHARACTERS_MAX;
  return sound ? { operationNumber, step, operationId } : 'broken';
}
