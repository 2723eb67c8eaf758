// How a hook ended: what the process said, or what can be proven, held against what was asked.

import { findState, findTransition, RECOVER } from '../../protos/machine/table.ts';
import { cutSentence } from '../../protos/sentence.ts';
import { sameToken } from './memory.ts';
import type { Hook, LastRequest, ProcessState, Sidecar } from './model.ts';

export type Ending = {
  readonly outcome: 'executed' | 'refused' | 'failed' | 'interrupted';
  /** A state of the machine, or empty when it is not known. */
  readonly state: string;
  readonly cause: string;
};

type Evidence = {
  readonly hook: Hook | undefined;
  /** What an idle process says of itself. */
  readonly process: ProcessState;
  /** Why its answer was lost; empty when nobody knows. */
  readonly lost: string;
};

/**
 * Rule 3: executed only on proof, and being in the destination proves it only from another, known source. Of a
 * stop step it proves nothing, since a process that failed it may say the same to go on down.
 */
export function prove(
  sidecar: Sidecar,
  begun: Pick<LastRequest, 'token' | 'transition' | 'from' | 'to'>,
  { hook, process, lost }: Evidence,
): Ending {
  if (hook?.overran === true) return overrun(sidecar, begun.transition, process.state);
  const echoed = sameToken(process.executed, begun.token);
  const moved = begun.to !== '' && process.state === begun.to && begun.from !== '' && begun.from !== begun.to;
  const { machine } = sidecar.settings.compiled;
  const arrived = moved && findTransition(machine, begun.transition)?.stopPath !== true;
  if (arrived || echoed)
    return judge(sidecar, undefined, begun, { outcome: 'executed', state: process.state, cause: '' });
  return {
    outcome: 'interrupted',
    state: '',
    cause: cutSentence(
      `whether ${begun.transition} was done cannot be shown; recover it${lost === '' ? '' : ` (${lost})`}`,
    ),
  };
}

/** What an answer of the process comes to, held against what was asked. */
export function judge(
  sidecar: Sidecar,
  hook: Hook | undefined,
  begun: Pick<LastRequest, 'transition' | 'to'>,
  said: {
    readonly outcome: 'executed' | 'refused' | 'failed';
    readonly state: string;
    readonly cause: string;
  },
): Ending {
  const { machine } = sidecar.settings.compiled;
  const known = findState(machine, said.state) !== undefined;
  const state = known ? said.state : '';
  if (said.state !== '' && !known)
    return { outcome: 'failed', state, cause: strange(said.state, machine.name) };
  if (hook?.overran === true) return overrun(sidecar, begun.transition, said.state);
  if (said.outcome !== 'executed')
    return { outcome: said.outcome, state, cause: said.cause || 'the process gave no reason' };
  const arrived = begun.transition === RECOVER ? known : state === begun.to;
  if (arrived) return { outcome: 'executed', state, cause: '' };
  const where = state === '' ? 'does not say where it is' : `is in ${state}`;
  return {
    outcome: 'failed',
    state,
    cause: `the process says that it executed ${begun.transition} but ${where}`,
  };
}

function overrun(sidecar: Sidecar, transition: string, state: string): Ending {
  const known = findState(sidecar.settings.compiled.machine, state) !== undefined;
  return { outcome: 'failed', state: known ? state : '', cause: `${transition} took longer than its budget` };
}

/** Why a state cannot be believed. */
export function strange(state: string, machine: string): string {
  if (state === '') return 'the process does not say where it is';
  return `the process says it is in "${state}", which is no state of machine ${machine}`;
}
