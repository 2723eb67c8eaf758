// The process: attached and asked, its hooks and their ends.

import { findState, findTransition, isRest } from '../../protos/machine/table.ts';
import { type MachineValue, next as nextValue } from '../machine/compile.ts';
import { type Ending, judge, prove, strange } from './ending.ts';
import { refusedStop, replacedInStop } from './leave.ts';
import { LOST_VALUE, sameToken } from './memory.ts';
import type {
  Answer,
  Effect,
  Event,
  Hook,
  LastRequest,
  Memory,
  ProcessState,
  Reaction,
  Sidecar,
} from './model.ts';
import { andThen, doing, nothing, remember, tell } from './reaction.ts';

/** A process answered Attach: it is asked what runs before anything is believed (rules 2 and 3). */
export function attached(sidecar: Sidecar, event: Extract<Event, { type: 'attached' }>): Reaction {
  const { trouble } = event.process;
  const fresh = sidecar.fresh && sidecar.stream === undefined;
  const here = { ...sidecar, attachment: event.attachment, hook: undefined, trouble, fresh };
  if (event.incarnation !== sidecar.memory.incarnation) return newLife(here, event);
  const { busy } = event.process;
  if (busy !== undefined) return stillRuns(here, runningAfterAttach(sidecar.memory, busy));
  return idle(here, sidecar.hook, event.process, sidecar.trouble);
}

/** The attachment broke, or could not begin. Whether its hook goes on is asked of the process at the next one. */
export function detached(
  sidecar: Sidecar,
  { attachment, cause }: Extract<Event, { type: 'detached' }>,
): Reaction {
  if (sidecar.attachment !== undefined && sidecar.attachment.id !== attachment) return nothing(sidecar);
  const fresh = sidecar.fresh && sidecar.attachment !== undefined;
  return nothing({ ...sidecar, attachment: undefined, trouble: cause, fresh });
}

/** What the process says of itself between calls. */
export function observed(before: Sidecar, attachment: number, process: ProcessState): Reaction {
  if (before.attachment?.id !== attachment) return nothing(before);
  const { trouble } = process;
  const sidecar = before.trouble === trouble ? before : { ...before, trouble };
  const { hook } = sidecar;
  if (hook?.awaits === 'answer') return nothing(sidecar);
  if (process.busy === undefined) return idle({ ...sidecar, hook: undefined }, hook, process);
  return hook === undefined ? nothing({ ...sidecar, hook: forgotten(process.busy) }) : nothing(sidecar);
}

/** The process answered a call: the end of the hook, by its own word. */
export function hookEnded(sidecar: Sidecar, event: Extract<Event, { type: 'hookEnded' }>): Reaction {
  const { hook, memory } = sidecar;
  const current = sidecar.attachment?.id === event.attachment && sameToken(hook?.token, event.token);
  if (hook === undefined || hook.awaits !== 'answer' || !current) return nothing(sidecar);
  const begun = hook.owner === 'local' ? memory.local : memory.last;
  if (begun === undefined) return nothing({ ...sidecar, hook: undefined });
  return end({ ...sidecar, hook: undefined }, hook, judge(sidecar, hook, begun, event));
}

/** The hook took longer than its budget: it is asked to give up, and stays the one that runs until it ends. */
export function hookOverran(sidecar: Sidecar): Reaction {
  const { hook, attachment } = sidecar;
  if (hook === undefined || hook.overran) return nothing(sidecar);
  const next = { ...sidecar, hook: { ...hook, overran: true } };
  return attachment === undefined
    ? nothing(next)
    : doing(next, { type: 'giveUp', attachment, token: hook.token });
}

function newLife(before: Sidecar, event: Extract<Event, { type: 'attached' }>): Reaction {
  return andThen(replacedInStop(before), (sidecar) => begun(sidecar, event));
}

function begun(sidecar: Sidecar, event: Extract<Event, { type: 'attached' }>): Reaction {
  const { memory, settings } = sidecar;
  const { process } = event;
  // Without memory of an earlier life this may be a process that was driven before: only one that was never
  // told anything is taken at its word.
  const untouched = process.executed === undefined && process.busy === undefined;
  const known = findState(settings.compiled.machine, process.state) !== undefined;
  const trusted =
    known && untouched && (memory.incarnation !== '' || process.state === settings.compiled.machine.initial);
  // Its own hook was called before it could say a word: what was said of the pod holds for it too.
  const isCalled = sidecar.preStop === 'awaitingLife';
  const value: MachineValue = trusted ? { state: process.state, error: false, doing: '' } : LOST_VALUE;
  return nothing({
    ...remember(sidecar, {
      incarnation: event.incarnation,
      value,
      cause: trusted ? '' : whyUnknown(sidecar, process),
      last: undefined,
      local: undefined,
      runNumber: 0,
      stopBegun: [],
      // A container that was only restarted returns to service; a pod that leaves does not (protocol, Leaving 1).
      leaving: memory.leaving === 'localRestart' && !isCalled ? 'no' : memory.leaving,
    }),
    hook: process.busy === undefined ? undefined : forgotten(process.busy),
    preStop: sidecar.preStop === 'done' ? 'none' : sidecar.preStop,
  });
}

function whyUnknown({ settings }: Sidecar, process: ProcessState): string {
  if (findState(settings.compiled.machine, process.state) === undefined)
    return strange(process.state, settings.compiled.machine.name);
  return 'the sidecar does not remember what this process was told; recover it';
}

/** A hook that goes on under a new attachment gets its budget anew: how much is left nobody remembers. */
function stillRuns(sidecar: Sidecar, hook: Hook): Reaction {
  const transition = findTransition(sidecar.settings.compiled.machine, hook.transition);
  const next = { ...sidecar, hook };
  if (transition === undefined) return nothing(next);
  return doing(next, { type: 'arm', timer: 'hook', afterMs: transition.timeoutMs });
}

function runningAfterAttach(memory: Memory, busy: NonNullable<ProcessState['busy']>): Hook {
  const { last, local } = memory;
  if (last !== undefined && last.answer === undefined && sameToken(last.token, busy)) {
    return { token: busy, transition: last.transition, owner: 'coordinator', awaits: 'idle', overran: false };
  }
  if (local !== undefined && sameToken(local.token, busy)) {
    return { token: busy, transition: local.transition, owner: 'local', awaits: 'idle', overran: false };
  }
  return forgotten(busy);
}

function forgotten(token: NonNullable<ProcessState['busy']>): Hook {
  return { token, transition: 'a forgotten transition', owner: 'forgotten', awaits: 'idle', overran: false };
}

/** The process runs nothing: what is remembered as running has ended, one way or the other (rule 3). */
function idle(
  sidecar: Sidecar,
  hook: Hook | undefined,
  process: ProcessState,
  /** Why its answer was lost, as far as that is known. */
  lost = '',
): Reaction {
  const { last, local } = sidecar.memory;
  if (last !== undefined && last.answer === undefined)
    return end(sidecar, hookOf(last, 'coordinator', hook), prove(sidecar, last, { hook, process, lost }));
  if (local !== undefined)
    return end(sidecar, hookOf(local, 'local', hook), prove(sidecar, local, { hook, process, lost }));
  return believe(sidecar, process);
}

function hookOf(
  begun: Pick<LastRequest, 'token' | 'transition'>,
  owner: Hook['owner'],
  hook: Hook | undefined,
): Hook {
  return {
    token: begun.token,
    transition: begun.transition,
    owner,
    awaits: 'idle',
    overran: hook?.overran ?? false,
  };
}

/** The one place where a hook's end changes the machine, is remembered and is told (rule 1: in this order). */
function end(sidecar: Sidecar, hook: Hook, ending: Ending): Reaction {
  const { memory, settings } = sidecar;
  const isRefused = ending.outcome === 'refused';
  const value = nextValue(settings.compiled, memory.value, endEvent(ending)) ?? LOST_VALUE;
  const cause = ending.outcome === 'executed' && !value.error ? '' : ending.cause || memory.cause;
  const ended = remember(
    { ...sidecar, hook: undefined },
    {
      value,
      cause: isRefused ? memory.cause : cause,
      // A refusal began nothing: the step may be asked for again.
      stopBegun: isRefused ? memory.stopBegun.filter((name) => name !== hook.transition) : memory.stopBegun,
      runNumber: isRest(settings.compiled.machine, value.state) ? 0 : memory.runNumber,
    },
  );
  const disarm: Effect = { type: 'disarm', timer: 'hook' };
  if (hook.owner === 'local') {
    const over = doing(remember(ended, { local: undefined }), disarm);
    return isRefused ? andThen(over, (s) => refusedStop(s, hook.transition)) : over;
  }
  const { last } = memory;
  if (last === undefined) return doing(ended, disarm);
  const answer = answerOf(last, ending);
  return doing(remember(ended, { last: { ...last, answer } }), disarm, tell(answer));
}

function endEvent(ending: Ending): Parameters<typeof nextValue>[2] {
  switch (ending.outcome) {
    case 'executed':
      return { type: 'done', state: ending.state };
    case 'refused':
      return { type: 'refused' };
    case 'failed':
      return { type: 'failed', state: ending.state };
    case 'interrupted':
      return { type: 'interrupted' };
  }
}

function answerOf(last: LastRequest, { outcome, cause }: Ending): Answer {
  const { token, incarnation } = last;
  const code = outcome === 'refused' ? { code: 'BY_PROCESS' as const } : {};
  return { token, incarnation, kind: outcome, ...code, cause, allowedNow: [] };
}

/** An idle process tells where it is; what was interrupted or forgotten stays unknown until recover. */
function believe(sidecar: Sidecar, process: ProcessState): Reaction {
  const { memory, settings } = sidecar;
  const { value, last } = memory;
  if (value.state === process.state) return nothing(sidecar);
  if (value.state === '' && last?.answer?.kind !== 'failed') return nothing(sidecar);
  if (findState(settings.compiled.machine, process.state) === undefined) {
    return nothing(
      remember(sidecar, { value: LOST_VALUE, cause: strange(process.state, settings.compiled.machine.name) }),
    );
  }
  const moved = nextValue(settings.compiled, value, { type: 'observed', state: process.state });
  const cause =
    value.state === '' ? memory.cause : `the process went from ${value.state} to ${process.state} by itself`;
  return moved === undefined ? nothing(sidecar) : nothing(remember(sidecar, { value: moved, cause }));
}
