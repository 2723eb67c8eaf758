// Hello, Settle and GiveUp: who commands, and what is closed.

import { leftAlone } from './leave.ts';
import { compareStep, LOST_VALUE, NO_POD_FACTS, STEP_MAX } from './memory.ts';
import type { Effect, Event, Fence, Memory, Reaction, Sidecar } from './model.ts';
import { doing, nothing, remember, tell } from './reaction.ts';

/**
 * A coordinator says who it is. Another journal is welcomed as foreign and an older epoch as stale: both
 * learn what they need from the Welcome and are closed, and neither displaces the stream that is right.
 */
export function hello(sidecar: Sidecar, event: Extract<Event, { type: 'hello' }>): Reaction {
  const { memory } = sidecar;
  const adopts = memory.journalId !== '' && event.adoptedFrom === memory.journalId;
  const foreign = memory.journalId !== '' && event.journalId !== memory.journalId && !adopts;
  if (foreign) return dismiss(sidecar, event.stream, true, 'another journal commands this sidecar');
  if (!adopts && event.epoch < memory.fence.epoch) {
    return dismiss(sidecar, event.stream, false, `epoch ${memory.fence.epoch} leads`);
  }
  const next: Sidecar = {
    ...remember(sidecar, adopts ? adopted(sidecar, event) : raised(memory, event)),
    hook: adopts && sidecar.hook !== undefined ? { ...sidecar.hook, owner: 'forgotten' } : sidecar.hook,
    stream: { id: event.stream, epoch: event.epoch },
    pod: NO_POD_FACTS,
    fresh: sidecar.fresh && sidecar.attachment === undefined,
  };
  return doing(next, ...closeOlder(sidecar, event.stream), {
    type: 'send',
    message: { type: 'welcome', stream: event.stream, foreign: false },
  });
}

/** The stream is gone; a newer one may already be there. */
export function streamClosed(sidecar: Sidecar, stream: number): Reaction {
  return sidecar.stream?.id === stream ? leftAlone({ ...sidecar, stream: undefined }) : nothing(sidecar);
}

/** What the platform knows of the pod; it changes nothing but what is told. */
export function podFacts(sidecar: Sidecar, event: Extract<Event, { type: 'podFacts' }>): Reaction {
  return nothing(sidecar.stream?.id === event.stream ? { ...sidecar, pod: event.pod } : sidecar);
}

/**
 * Closes a step: in this epoch no request for it is taken any more. The raise is in the memory that the
 * shell persists before Settled is sent (P9).
 */
export function settle(sidecar: Sidecar, event: Extract<Event, { type: 'settle' }>): Reaction {
  const { memory, stream } = sidecar;
  if (stream === undefined || stream.id !== event.stream) return nothing(sidecar);
  const { operationNumber, step } = event;
  const order = compareStep(event, memory.fence);
  const next =
    order < 0 || (order === 0 && memory.closed)
      ? sidecar
      : remember(sidecar, { fence: { epoch: stream.epoch, operationNumber, step }, closed: true });
  const { last } = memory;
  const remembered =
    last?.answer !== undefined && compareStep(last.token, event) === 0 ? [tell(last.answer)] : [];
  return doing(next, ...remembered, { type: 'send', message: { type: 'settled', operationNumber, step } });
}

/** Asks the process to end the hook of that step; without such a hook there is nothing to give up. */
export function giveUp(sidecar: Sidecar, event: Extract<Event, { type: 'giveUp' }>): Reaction {
  const { hook, attachment, stream } = sidecar;
  if (stream?.id !== event.stream || hook === undefined || attachment === undefined) return nothing(sidecar);
  if (compareStep(hook.token, event) !== 0) return nothing(sidecar);
  return doing(sidecar, { type: 'giveUp', attachment, token: hook.token });
}

function dismiss(sidecar: Sidecar, stream: number, foreign: boolean, reason: string): Reaction {
  return doing(
    sidecar,
    { type: 'send', message: { type: 'welcome', stream, foreign } },
    { type: 'closeStream', stream, reason },
  );
}

function closeOlder(sidecar: Sidecar, newest: number): readonly Effect[] {
  if (sidecar.stream === undefined || sidecar.stream.id === newest) return [];
  return [{ type: 'closeStream', stream: sidecar.stream.id, reason: 'a newer stream commands this sidecar' }];
}

function raised(memory: Memory, event: Extract<Event, { type: 'hello' }>): Partial<Memory> {
  const { fence } = memory;
  const journalId = event.journalId;
  const whole: Fence = { epoch: event.epoch, operationNumber: event.closedThrough, step: STEP_MAX };
  if (compareStep(whole, fence) > 0) return { journalId, fence: whole, closed: true };
  if (event.epoch === fence.epoch) return memory.journalId === journalId ? {} : { journalId };
  // Settle closes its step in its own epoch only: a new leader may ask for it again.
  const closed = memory.closed && fence.step === STEP_MAX;
  return { journalId, fence: { ...fence, epoch: event.epoch }, closed };
}

/** A fence belongs to one journal; under another one nothing of the old requests is remembered. */
function adopted(sidecar: Sidecar, event: Extract<Event, { type: 'hello' }>): Partial<Memory> {
  const { memory } = sidecar;
  const runs = memory.last !== undefined && memory.last.answer === undefined;
  return {
    journalId: event.journalId,
    fence: { epoch: event.epoch, operationNumber: event.closedThrough, step: STEP_MAX },
    closed: true,
    last: undefined,
    ...(runs ? { value: LOST_VALUE, cause: ADOPTED_BUSY } : {}),
  };
}

const ADOPTED_BUSY = 'it was taken over from another journal while a transition ran; recover it';
