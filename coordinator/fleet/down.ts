// What goes down a stream, as the contract has it.

import { unreachable } from '../../protos/failure/invariant.ts';
import type { ControlRequest } from '../../protos/generated/baton/v1/ControlRequest.ts';
import type { LeaveMode } from '../../protos/generated/baton/v1/LeaveMode.ts';
import type { Request } from '../../protos/generated/baton/v1/Request.ts';
import { CONTRACT_VERSION } from '../../protos/load.ts';
import type { DownMessage, RequestMessage } from '../core/model/turn.ts';

/** What the coordinator says of itself to one target when a stream begins. */
export type Greeting = {
  readonly partition: string;
  readonly journalId: string;
  readonly epoch: number;
  /** No operation up to this number is open. */
  readonly closedThrough: number;
  /** Journal from which an operator took this target over; empty otherwise. */
  readonly adoptedFromJournalId: string;
};

const LEAVE_MODES = {
  ordered: 'LEAVE_MODE_ORDERED',
  local: 'LEAVE_MODE_LOCAL',
  restart: 'LEAVE_MODE_RESTART',
  forced: 'LEAVE_MODE_FORCED',
} as const satisfies Record<Extract<DownMessage, { type: 'leave' }>['verdict'], LeaveMode>;

/** The first message of a stream to `target`. */
export function helloMessage(
  target: string,
  greeting: Greeting,
  heartbeatIntervalMs: number,
): ControlRequest {
  return { hello: { ...greeting, target, contractVersion: CONTRACT_VERSION, heartbeatIntervalMs } };
}

/** Any later message. */
export function downMessage(message: DownMessage): ControlRequest {
  switch (message.type) {
    case 'request':
      return { request: requestMessage(message.request) };
    case 'settle':
      return { settle: { operationNumber: message.operationNumber, step: message.step } };
    case 'giveUp':
      return { giveUp: { operationNumber: message.operationNumber, step: message.step } };
    case 'leave':
      return { leave: { incarnation: message.incarnation, mode: LEAVE_MODES[message.verdict] } };
    case 'podFacts':
      return { podFacts: { sentence: message.sentence, restarts: message.restarts } };
    default:
      return unreachable(message);
  }
}

/** Field by field: it is made for each of thousands of targets, and a spread costs three times as much. */
function requestMessage(request: RequestMessage): Request {
  return {
    token: request.token,
    incarnation: request.incarnation,
    machineHash: request.machineHash,
    transition: request.transition,
    argumentsJson: JSON.stringify(request.arguments),
    from: request.from,
    to: request.to,
    budgetMs: request.budgetMs,
    stopPath: request.stopPath,
    runNumber: request.runNumber,
  };
}
