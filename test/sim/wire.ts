// What a sidecar says, as the coordinator's core hears it: the wire between them in the simulation.

import type { Incarnation, Target } from '../../coordinator/core/model/partition.ts';
import type { ReportedState } from '../../coordinator/core/model/picture.ts';
import type { Event as CoreEvent } from '../../coordinator/core/model/turn.ts';
import type { Sidecar, UpMessage } from '../../sidecar/rules/model.ts';
import { viewOf } from '../../sidecar/rules/view.ts';

/** The present view of a sidecar. */
export function reported(sidecar: Sidecar): ReportedState {
  const view = viewOf(sidecar);
  return { ...view, incarnation: view.incarnation as Incarnation };
}

/** What of a report an oracle compares. */
export function told({
  incarnation,
  stateNumber,
  state,
  inError,
}: ReportedState): Pick<ReportedState, 'incarnation' | 'stateNumber' | 'state' | 'inError'> {
  return { incarnation, stateNumber, state, inError };
}

/** A message up the stream. */
export function upEvent(
  target: Target,
  { memory, hook, settings }: Sidecar,
  state: ReportedState,
  message: UpMessage,
): CoreEvent {
  switch (message.type) {
    case 'welcome': {
      const { last, fence, journalId } = memory;
      const answer = last?.answer === undefined ? undefined : coreAnswer(last.answer);
      const told = last === undefined ? undefined : { token: last.token, answer };
      return {
        type: 'welcome',
        target,
        journalId,
        foreign: message.foreign,
        fence,
        machineHash: settings.machineHash,
        last: told,
        state,
      };
    }
    case 'answer':
      return { type: 'answer', target, answer: coreAnswer(message.answer), state };
    case 'settled': {
      const { operationNumber, step } = message;
      const doing = hook?.owner === 'local' ? undefined : state.doing;
      return { type: 'settled', target, incarnation: state.incarnation, doing, operationNumber, step };
    }
    case 'state':
      return { type: 'state', target, state };
    case 'leaving':
      return {
        type: 'leaving',
        target,
        incarnation: state.incarnation,
        done: message.done,
        clean: message.clean,
      };
  }
}

function coreAnswer(
  answer: Extract<UpMessage, { type: 'answer' }>['answer'],
): Extract<CoreEvent, { type: 'answer' }>['answer'] {
  const { token, incarnation, kind, code, cause } = answer;
  return { token, incarnation: incarnation as Incarnation, kind, code: code ?? '', cause };
}
