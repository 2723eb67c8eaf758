// One request of the coordinator: refused, answered from memory, or begun.

import { findTransition, RECOVER } from '../../protos/machine/table.ts';
import { allowedNow, next } from '../machine/compile.ts';
import { compareStep } from './memory.ts';
import type { Answer, Memory, Reaction, RefusalCode, Sidecar, Stream, TakenRequest } from './model.ts';
import { doing, nothing, remember, tell } from './reaction.ts';
import { runningHook } from './view.ts';

type Judgement =
  /** Its hook runs: the answer will come. */
  | { readonly kind: 'running' }
  | { readonly kind: 'remembered'; readonly answer: Answer }
  /** Settles nothing and raises no fence. */
  | { readonly kind: 'turnedAway'; readonly code: RefusalCode; readonly cause: string }
  /** Settles the target: remembered, so that a late repeat cannot be taken after all. */
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly cause: string }
  | { readonly kind: 'taken'; readonly value: Memory['value'] };

/** Takes a request of the present stream; one of an older stream was dropped with it. */
export function takeRequest(sidecar: Sidecar, streamId: number, request: TakenRequest): Reaction {
  const { stream } = sidecar;
  if (stream === undefined || stream.id !== streamId) return nothing(sidecar);
  const judged = judge(sidecar, request);
  switch (judged.kind) {
    case 'running':
      return nothing(sidecar);
    case 'remembered':
      return doing(sidecar, tell(judged.answer));
    case 'turnedAway':
      return doing(sidecar, tell(refusal(sidecar, request, judged.code, judged.cause)));
    case 'refused':
      return refuse(sidecar, stream, request, refusal(sidecar, request, judged.code, judged.cause));
    case 'taken':
      return begin(sidecar, stream, request, judged.value);
  }
}

function judge(sidecar: Sidecar, request: TakenRequest): Judgement {
  return (
    judgeIdentity(sidecar, request) ?? judgeOccupied(sidecar, request) ?? judgeLegality(sidecar, request)
  );
}

/** Fence, incarnation, token: P2, P9. */
function judgeIdentity({ memory }: Sidecar, request: TakenRequest): Judgement | undefined {
  const { fence, last, incarnation, closed } = memory;
  const order = compareStep(request.token, fence);
  if (order < 0)
    return turnedAway('FENCED', `operation ${fence.operationNumber} step ${fence.step} is newer`);
  if (request.incarnation !== incarnation) {
    return turnedAway(
      'GONE',
      `it was meant for incarnation ${request.incarnation}; this is ${incarnation || 'none yet'}`,
    );
  }
  if (order > 0) return undefined;
  if (last !== undefined && compareStep(last.token, request.token) === 0) {
    if (last.token.operationId !== request.token.operationId) {
      return turnedAway('FENCED', `operation ${last.token.operationId} has taken this step`);
    }
    return last.answer === undefined ? { kind: 'running' } : { kind: 'remembered', answer: last.answer };
  }
  return closed ? turnedAway('FENCED', 'this step is closed') : undefined;
}

/** Leaving, or another hook: neither raises the fence. */
function judgeOccupied(sidecar: Sidecar, request: TakenRequest): Judgement | undefined {
  const { memory, settings } = sidecar;
  const stopPath = findTransition(settings.compiled.machine, request.transition)?.stopPath === true;
  if (memory.leaving === 'local' || memory.leaving === 'localRestart') {
    return turnedAway('LEAVING', 'it is being stopped by its own sidecar');
  }
  if (memory.leaving === 'leaving' && !stopPath)
    return turnedAway('LEAVING', 'it leaves: only its stop path is taken');
  const running = runningHook(sidecar);
  return running && turnedAway('BUSY', `${running.transition} is running`);
}

function judgeLegality(sidecar: Sidecar, request: TakenRequest): Judgement {
  const { memory, settings, attachment } = sidecar;
  if (request.machineHash !== settings.machineHash) {
    return refused(
      'MACHINE_DIFFERS',
      `it obeys machine ${settings.machineHash}, the coordinator ${request.machineHash}`,
    );
  }
  if (attachment === undefined) return refused('NOT_ATTACHED', 'no process is attached');
  const value = next(settings.compiled, memory.value, { type: 'begin', transition: request.transition });
  if (value === undefined || (request.transition !== RECOVER && request.from !== memory.value.state)) {
    return refused('NOT_ALLOWED', notAllowed(sidecar, request));
  }
  // P15: a stop step that was begun and did not succeed is not begun again; recover makes it possible.
  if (isBegunStop(sidecar, request))
    return refused('NOT_ALLOWED', `${request.transition} was already begun on this way down; recover first`);
  return { kind: 'taken', value };
}

function isBegunStop({ memory, settings }: Sidecar, request: TakenRequest): boolean {
  const stopPath = findTransition(settings.compiled.machine, request.transition)?.stopPath === true;
  return stopPath && memory.stopBegun.includes(request.transition);
}

function notAllowed({ memory }: Sidecar, { transition, from }: TakenRequest): string {
  const where = memory.value.state === '' ? 'in an unknown state' : `in ${memory.value.state}`;
  const needs = from === '' ? '' : ` needs ${from},`;
  return `${transition}${needs || ':'} it is ${where}${memory.value.error ? ' with an error' : ''}`;
}

function refuse(sidecar: Sidecar, stream: Stream, request: TakenRequest, answer: Answer): Reaction {
  const { token, incarnation, transition, from, to } = request;
  const next = remember(sidecar, {
    ...fenceAt(stream, request),
    last: { token, incarnation, transition, from, to, answer },
  });
  return doing(next, tell(answer));
}

function begin(sidecar: Sidecar, stream: Stream, request: TakenRequest, value: Memory['value']): Reaction {
  const { memory, settings, attachment } = sidecar;
  if (attachment === undefined) return nothing(sidecar);
  const { token, incarnation, transition, argumentsJson, to, budgetMs, runNumber } = request;
  const from = memory.value.state;
  const stopPath = findTransition(settings.compiled.machine, transition)?.stopPath === true;
  const next: Sidecar = {
    ...remember(sidecar, {
      ...fenceAt(stream, request),
      value,
      last: { token, incarnation, transition, from, to },
      runNumber,
      // Any other transition starts the way down anew: triggers may be enabled and disabled many times a run.
      stopBegun: stopPath ? [...memory.stopBegun, transition] : [],
    }),
    hook: { token, transition, owner: 'coordinator', awaits: 'answer', overran: false },
  };
  return doing(
    next,
    { type: 'perform', attachment, token, transition, argumentsJson, from, to, budgetMs, runNumber },
    { type: 'arm', timer: 'hook', afterMs: budgetMs },
  );
}

function fenceAt(stream: Stream, { token }: TakenRequest): Pick<Memory, 'fence' | 'closed'> {
  return {
    fence: { epoch: stream.epoch, operationNumber: token.operationNumber, step: token.step },
    closed: false,
  };
}

function refusal(sidecar: Sidecar, request: TakenRequest, code: RefusalCode, cause: string): Answer {
  const { memory, settings } = sidecar;
  return {
    token: request.token,
    incarnation: memory.incarnation,
    kind: 'refused',
    code,
    cause,
    allowedNow: allowedNow(settings.compiled, memory.value),
  };
}

function turnedAway(code: RefusalCode, cause: string): Judgement {
  return { kind: 'turnedAway', code, cause };
}

function refused(code: RefusalCode, cause: string): Judgement {
  return { kind: 'refused', code, cause };
}
