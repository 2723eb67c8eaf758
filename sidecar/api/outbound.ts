// What the sidecar says, as messages of baton.v1.

import { unreachable } from '../../protos/failure/invariant.ts';
import type { Answer as AnswerMessage } from '../../protos/generated/baton/v1/Answer.ts';
import type { ControlResponse } from '../../protos/generated/baton/v1/ControlResponse.ts';
import type { GetStateResponse } from '../../protos/generated/baton/v1/GetStateResponse.ts';
import type { LastRequest as LastMessage } from '../../protos/generated/baton/v1/LastRequest.ts';
import type { Settled } from '../../protos/generated/baton/v1/Settled.ts';
import type { State } from '../../protos/generated/baton/v1/State.ts';
import type { Welcome } from '../../protos/generated/baton/v1/Welcome.ts';
import { CONTRACT_VERSION } from '../../protos/load.ts';
import type { Answer, LastRequest, RefusalCode, UpMessage } from '../rules/model.ts';
import type { Present } from '../running.ts';

/** A message to the coordinator, with the State that belongs to it. */
export function controlResponse(message: UpMessage, present: Present): ControlResponse {
  switch (message.type) {
    case 'welcome':
      return { welcome: welcome(message.foreign, present) };
    case 'answer':
      return { answer: answerMessage(message.answer, present) };
    case 'state':
      return { state: stateMessage(present) };
    case 'settled':
      return { settled: settled(message, present) };
    case 'leaving':
      return {
        leaving: {
          incarnation: present.memory.incarnation,
          localStopInMs: message.localStopInMs,
          done: message.done,
          clean: message.clean,
        },
      };
    default:
      return unreachable(message);
  }
}

/** One observation of the target. */
export function stateMessage({ view, sinceMs }: Present): State {
  return {
    incarnation: view.incarnation,
    stateNumber: view.stateNumber,
    state: view.state,
    inError: view.inError,
    sinceMs,
    attached: view.attached,
    doing: view.doing ?? null,
    leaving: view.leaving,
    doingTransition: view.doingTransition,
    cause: view.cause,
  };
}

/** For people and tools. */
export function getStateResponse(present: Present): GetStateResponse {
  const { settings, memory } = present;
  return {
    partition: settings.partition,
    target: settings.target,
    podUid: settings.podUid,
    fence: memory.fence,
    last: lastMessage(memory.last, present),
    state: stateMessage(present),
    podFacts: present.pod,
  };
}

function welcome(foreign: boolean, present: Present): Welcome {
  const { settings, memory } = present;
  return {
    contractVersion: CONTRACT_VERSION,
    target: settings.target,
    podUid: settings.podUid,
    journalId: memory.journalId,
    foreign,
    fence: memory.fence,
    machineHash: settings.machineHash,
    last: lastMessage(memory.last, present),
    state: stateMessage(present),
  };
}

function settled(
  { operationNumber, step }: Extract<UpMessage, { type: 'settled' }>,
  { memory, view }: Present,
): Settled {
  // A local stop's own hook does not count: the coordinator never asked for it.
  const doing = memory.local === undefined ? view.doing : undefined;
  return {
    incarnation: memory.incarnation,
    fence: memory.fence,
    doing: doing ?? null,
    operationNumber,
    step,
  };
}

function lastMessage(last: LastRequest | undefined, present: Present): LastMessage | null {
  if (last === undefined) return null;
  const answer = last.answer === undefined ? null : answerMessage(last.answer, present);
  return { token: last.token, answer };
}

function answerMessage(answer: Answer, present: Present): AnswerMessage {
  return {
    token: answer.token,
    incarnation: answer.incarnation,
    kind: KINDS[answer.kind],
    code: answer.code === undefined ? 'REFUSAL_CODE_UNSPECIFIED' : CODES[answer.code],
    cause: answer.cause,
    allowedNow: [...answer.allowedNow],
    state: stateMessage(present),
  };
}

const KINDS = {
  executed: 'ANSWER_KIND_EXECUTED',
  refused: 'ANSWER_KIND_REFUSED',
  failed: 'ANSWER_KIND_FAILED',
  interrupted: 'ANSWER_KIND_INTERRUPTED',
} as const satisfies Record<Answer['kind'], AnswerMessage['kind']>;

const CODES = {
  FENCED: 'REFUSAL_CODE_FENCED',
  GONE: 'REFUSAL_CODE_GONE',
  BUSY: 'REFUSAL_CODE_BUSY',
  LEAVING: 'REFUSAL_CODE_LEAVING',
  NOT_ALLOWED: 'REFUSAL_CODE_NOT_ALLOWED',
  MACHINE_DIFFERS: 'REFUSAL_CODE_MACHINE_DIFFERS',
  BY_PROCESS: 'REFUSAL_CODE_BY_PROCESS',
  NOT_ATTACHED: 'REFUSAL_CODE_NOT_ATTACHED',
} as const satisfies Record<RefusalCode, AnswerMessage['code']>;
