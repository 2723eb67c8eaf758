// What a process says over gRPC, parsed at the border.

import { type ServiceError, status } from '@grpc/grpc-js';
import type { PerformResponse__Output } from '../../../protos/generated/baton/v1/PerformResponse.ts';
import type { ProcessState__Output } from '../../../protos/generated/baton/v1/ProcessState.ts';
import type { Token__Output } from '../../../protos/generated/baton/v1/Token.ts';
import type { ProcessState, Token } from '../../rules/model.ts';
import { type HookEnd, ID_CHARACTERS_MAX, sentence, stateName, type Understood } from '../said.ts';

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

/** `RESOURCE_EXHAUSTED: details` */
export function nameOf(error: ServiceError): string {
  return `${status[error.code]}: ${error.details}`;
}

function parseToken(raw: Token__Output | null): Token | undefined | 'broken' {
  if (raw === null) return undefined;
  const { operationNumber, step, operationId } = raw;
  const sound = Number.isSafeInteger(operationNumber) && operationId.length <= ID_CHARACTERS_MAX;
  return sound ? { operationNumber, step, operationId } : 'broken';
}
