// Leaving: the preStop hook, the coordinator's verdict, and the stop that the sidecar makes by itself.

import { stopPath, stopPathBudgetMs } from '../../protos/machine/path.ts';
import { destination, findTransition, isRest } from '../../protos/machine/table.ts';
import { next as nextValue } from '../machine/compile.ts';
import type { Effect, Event, Leaving, Reaction, Sidecar } from './model.ts';
import { andThen, doing, nothing, remember } from './reaction.ts';
import { runningHook } from './view.ts';

/**
 * How long the coordinator may think before the sidecar stops by itself, in milliseconds: a part of the time that is
 * left for it, so that a long grace outlasts a busy API server or a change of leaders, and a short one is not wasted.
 */
export const VERDICT_MS = { min: 1_000, max: 10_000, part: 1 / 4 };

/**
 * How long a hook waits for the process that it was called for to attach, in milliseconds. The kubelet calls none for a
 * container that does not run, so that a process is there, and only begins. SIGTERM follows the answer, and a first
 * process of a container that does not listen for it yet never hears it: it would live until the grace is over.
 */
export const LIFE_MS = 5_000;

/** Operation number of a token that no coordinator gave. */
export const LOCAL_OPERATION = 0;

/**
 * The kubelet called the preStop hook. A repeated call joins what is running. Called in the moment after its
 * own restart, it has yet to find a process that may well be in a run: it looks as long as it waits for a verdict.
 */
export function preStop(sidecar: Sidecar): Reaction {
  const { memory, attachment, stream, settings } = sidecar;
  if (sidecar.preStop !== 'none' && sidecar.preStop !== 'done') return nothing(sidecar);
  const looks = sidecar.fresh && !atRest(sidecar);
  if (attachment === undefined && !looks) return awaitLife(sidecar);
  const leaving: Leaving = memory.leaving === 'no' ? 'leaving' : memory.leaving;
  const next: Sidecar = { ...remember(sidecar, { leaving }), preStop: 'awaitingVerdict' };
  const localStopInMs = localStopIn(sidecar);
  const told = doing(
    next,
    { type: 'send', message: { type: 'leaving', localStopInMs, done: false, clean: false } },
    { type: 'arm', timer: 'preStopAnswer', afterMs: settings.preStopAnswerMs },
    { type: 'arm', timer: 'localStop', afterMs: localStopInMs },
    { type: 'arm', timer: 'verdict', afterMs: verdictIn(sidecar) },
  );
  const isAlone = stream === undefined || leaving !== 'leaving';
  return isAlone && !looks ? andThen(told, (s) => stopLocally(s, 'local')) : told;
}

/** Until the stop by the sidecar itself must begin so as to end in time, in milliseconds. */
function localStopIn({ memory, settings }: Sidecar): number {
  const budgetMs = stopPathBudgetMs(settings.compiled.machine, memory.value.state) ?? 0;
  return Math.max(0, settings.preStopAnswerMs - budgetMs);
}

function verdictIn(sidecar: Sidecar): number {
  const { min, max, part } = VERDICT_MS;
  return Math.min(max, Math.max(min, localStopIn(sidecar) * part));
}

/** Nothing is there to be stopped yet. A fresh process that attaches from now on is not taken into command. */
function awaitLife(sidecar: Sidecar): Reaction {
  const { memory, settings } = sidecar;
  const leaving: Leaving = memory.leaving === 'no' ? 'local' : memory.leaving;
  return doing(
    { ...remember(sidecar, { leaving }), preStop: 'awaitingLife' },
    { type: 'arm', timer: 'preStopAnswer', afterMs: settings.preStopAnswerMs },
    { type: 'arm', timer: 'life', afterMs: Math.min(LIFE_MS, settings.preStopAnswerMs) },
  );
}

/** The process that a hook was called for has not come in time. */
export function lifeDue(sidecar: Sidecar): Reaction {
  if (sidecar.preStop !== 'awaitingLife') return nothing(sidecar);
  const clean = atRest(sidecar) || sidecar.memory.incarnation === '';
  return finish(sidecar, clean, 'nothing to stop: no process is attached');
}

/** The coordinator says how this target leaves. */
export function leaveVerdict(sidecar: Sidecar, event: Extract<Event, { type: 'leave' }>): Reaction {
  const { memory, stream } = sidecar;
  const meant = stream?.id === event.stream && event.incarnation === memory.incarnation;
  if (!meant || memory.leaving === 'no') return nothing(sidecar);
  switch (event.verdict) {
    case 'ordered':
      if (memory.leaving === 'localRestart') return nothing(remember(sidecar, { leaving: 'local' }));
      if (sidecar.preStop !== 'awaitingVerdict' || memory.leaving !== 'leaving') return nothing(sidecar);
      return doing({ ...sidecar, preStop: 'ordered' }, { type: 'disarm', timer: 'verdict' });
    case 'local':
    case 'forced':
      return stopLocally(sidecar, 'local');
    case 'restart':
      return onlyRestarted(sidecar);
  }
}

/** No word of the coordinator in time, or its order did not come to an end: the sidecar stops by itself. */
export function localStopDue(sidecar: Sidecar): Reaction {
  const waits = sidecar.preStop === 'awaitingVerdict' || sidecar.preStop === 'ordered';
  return waits ? stopLocally({ ...sidecar, fresh: false }, 'local') : nothing(sidecar);
}

/** The hook must be answered now, whatever is still running: rule 5 of Leaving. */
export function preStopDue(sidecar: Sidecar): Reaction {
  return finish(sidecar, false, 'the stop did not end within the grace period');
}

/** After each event: what the stop does next, if one goes on and nothing runs. */
export function continueStop(reaction: Reaction): Reaction {
  return andThen(reaction, advance);
}

function advance(sidecar: Sidecar): Reaction {
  const { memory, attachment } = sidecar;
  const waits = sidecar.preStop !== 'none' && sidecar.preStop !== 'done';
  const local = memory.leaving === 'local' || memory.leaving === 'localRestart';
  // A stop that was answered is over; one that a restart of the sidecar cut short goes on.
  if (!waits && !(local && sidecar.preStop === 'none')) return nothing(sidecar);
  if (sidecar.preStop === 'awaitingLife')
    return attachment === undefined ? nothing(sidecar) : lifeCame(sidecar);
  if (attachment === undefined)
    return local && !sidecar.fresh ? finish(sidecar, false, 'the process is gone') : nothing(sidecar);
  if (runningHook(sidecar) !== undefined) return nothing(sidecar);
  if (atRest(sidecar)) return finish(sidecar, true, `stopped: it is in ${memory.value.state}`);
  return local ? nextLocalStep(sidecar) : nothing(sidecar);
}

function lifeCame(sidecar: Sidecar): Reaction {
  return andThen(doing({ ...sidecar, preStop: 'local' }, { type: 'disarm', timer: 'life' }), advance);
}

/** P15: a stop step that was begun in this run, by whomever, is never begun again. */
function nextLocalStep(sidecar: Sidecar): Reaction {
  const { memory, settings } = sidecar;
  const { machine } = settings.compiled;
  const { state } = memory.value;
  const path = state === '' ? undefined : stopPath(machine, state);
  if (path === undefined)
    return finish(sidecar, false, 'its state is unknown, so that nothing can be stopped in order');
  const transition = path[0] === undefined ? undefined : findTransition(machine, path[0]);
  if (transition === undefined) return finish(sidecar, false, `it is in ${state} with an error`);
  if (memory.stopBegun.includes(transition.name))
    return finish(sidecar, false, `${transition.name} was begun before and did not succeed`);
  return beginLocalStep(sidecar, transition.name, transition.timeoutMs);
}

function beginLocalStep(sidecar: Sidecar, transition: string, budgetMs: number): Reaction {
  const { memory, settings, attachment } = sidecar;
  const from = memory.value.state;
  const value = nextValue(settings.compiled, memory.value, { type: 'begin', transition });
  if (value === undefined || attachment === undefined)
    return finish(sidecar, false, `${transition} is not possible from ${from}`);
  const to = destination(settings.compiled.machine, from, transition) ?? '';
  const token = { operationNumber: LOCAL_OPERATION, step: memory.stateNumber, operationId: 'local' };
  const next: Sidecar = {
    ...remember(sidecar, {
      value,
      local: { token, transition, from, to },
      stopBegun: [...memory.stopBegun, transition],
    }),
    hook: { token, transition, owner: 'local', awaits: 'answer', overran: false },
  };
  const { runNumber } = memory;
  return doing(
    next,
    { type: 'perform', attachment, token, transition, argumentsJson: '{}', from, to, budgetMs, runNumber },
    { type: 'arm', timer: 'hook', afterMs: budgetMs },
  );
}

/** Requests are refused from here on. A running step of the stop path is joined, any other is given up. */
function stopLocally(sidecar: Sidecar, leaving: 'local' | 'localRestart'): Reaction {
  const { hook, attachment, settings } = sidecar;
  const waits = sidecar.preStop === 'awaitingVerdict' || sidecar.preStop === 'ordered';
  const next: Sidecar = { ...remember(sidecar, { leaving }), preStop: waits ? 'local' : sidecar.preStop };
  const effects: Effect[] = [
    { type: 'disarm', timer: 'verdict' },
    { type: 'disarm', timer: 'localStop' },
  ];
  const joins =
    hook === undefined || findTransition(settings.compiled.machine, hook.transition)?.stopPath === true;
  if (!joins && attachment !== undefined) effects.push({ type: 'giveUp', attachment, token: hook.token });
  return doing(next, ...effects);
}

/** The pod stays: its target returns to service with the next process, or at once if that is already here. */
function onlyRestarted(sidecar: Sidecar): Reaction {
  if (sidecar.preStop === 'none') return nothing(remember(sidecar, { leaving: 'no' }));
  if (sidecar.preStop === 'done') {
    return doing(remember(sidecar, { leaving: 'localRestart' }), returnLater(sidecar));
  }
  return stopLocally(sidecar, 'localRestart');
}

/**
 * The container was to be restarted, and still the same process is here after the whole grace: the hook was
 * meant for the one before it.
 */
export function returnToService(sidecar: Sidecar): Reaction {
  const stays = sidecar.memory.leaving === 'localRestart' && sidecar.preStop === 'done';
  return stays ? nothing(remember(sidecar, { leaving: 'no' })) : nothing(sidecar);
}

/** The process refused a step of its own stop: asking again would be no better. */
export function refusedStop(sidecar: Sidecar, transition: string): Reaction {
  return finish(sidecar, false, `the process refused ${transition}`);
}

/** Another life in the middle of a stop: nobody can say how the one before ended. */
export function replacedInStop(sidecar: Sidecar): Reaction {
  if (sidecar.preStop === 'awaitingLife') return nothing(sidecar);
  return finish(sidecar, false, 'its process was replaced before it had stopped');
}

/** The stream is gone while an order is awaited: who gave it has a moment to come back. */
export function leftAlone(sidecar: Sidecar): Reaction {
  if (sidecar.preStop !== 'ordered') return nothing(sidecar);
  return doing(
    { ...sidecar, preStop: 'awaitingVerdict' },
    { type: 'arm', timer: 'verdict', afterMs: verdictIn(sidecar) },
  );
}

function returnLater({ settings }: Sidecar): Effect {
  return { type: 'arm', timer: 'returnToService', afterMs: settings.preStopAnswerMs };
}

function finish(sidecar: Sidecar, clean: boolean, sentence: string): Reaction {
  if (sidecar.preStop === 'none' || sidecar.preStop === 'done') return nothing(sidecar);
  return doing(
    { ...sidecar, preStop: 'done' },
    { type: 'disarm', timer: 'life' },
    { type: 'disarm', timer: 'verdict' },
    { type: 'disarm', timer: 'localStop' },
    { type: 'disarm', timer: 'preStopAnswer' },
    { type: 'send', message: { type: 'leaving', localStopInMs: 0, done: true, clean } },
    { type: 'answerPreStop', clean, sentence },
    ...(sidecar.memory.leaving === 'localRestart' ? [returnLater(sidecar)] : []),
  );
}

function atRest({ memory, settings }: Sidecar): boolean {
  const { state, error } = memory.value;
  return !error && isRest(settings.compiled.machine, state);
}
