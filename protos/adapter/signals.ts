// How a process that obeys signals is driven: in a document and in a sidecar's configuration the same.

import { z } from 'zod';
import { NAME_PATTERN } from '../machine/limits.ts';
import { didYouMean } from '../machine/nearest.ts';
import type { Fault } from '../machine/shape.ts';
import { list, show } from '../machine/show.ts';
import { findState, type Machine, RECOVER } from '../machine/table.ts';

/**
 * Signals that a transition may be: those that people use for orders. Not those that end a process (SIGTERM,
 * SIGKILL, SIGSTOP) or tell it of its own faults.
 */
export const ORDER_SIGNALS = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGWINCH',
] as const;

/** In place of an order: the process takes no part in that transition. */
export const SKIP = 'skip';

const PATTERN_LENGTH_MAX = 500;
const name = z.string().regex(new RegExp(NAME_PATTERN), 'the name of a transition or state');

const pattern = z
  .string()
  .min(1)
  .max(PATTERN_LENGTH_MAX)
  .refine(isPattern, 'a regular expression of JavaScript');

export const signalsSchema = z
  .strictObject({
    states: z.record(name, pattern).meta({
      description:
        'By state: what a line on the standard output looks like that shows the process to be in it.',
    }),
    failed: pattern.optional().meta({
      description:
        'What a line looks like that shows the transition which runs to have failed; it is the cause.',
    }),
    send: z.record(name, z.enum([...ORDER_SIGNALS, SKIP])).meta({
      description: 'By transition: the signal, or `skip` when the process takes no part in it.',
    }),
  })
  .meta({ description: 'The process obeys signals; without it, lines on its standard input.' });

export type SignalsConfig = z.output<typeof signalsSchema>;

/** What is sent for a transition; undefined when nothing is said of it. */
export function orderOf(
  { send }: SignalsConfig,
  transition: string,
): SignalsConfig['send'][string] | undefined {
  // A transition may be called "constructor".
  return Object.hasOwn(send, transition) ? send[transition] : undefined;
}

/** What is wrong with it for a machine; paths begin at the signals. */
export function* signalsFaults(config: SignalsConfig, machine: Machine): Generator<Fault> {
  yield* strangers(config, machine);
  for (const { name: transition, from, to } of machine.transitions) {
    const order = orderOf(config, transition);
    if (order === undefined) {
      const want = `a signal for ${transition}, or ${SKIP}`;
      yield { path: ['send', transition], want, got: 'nothing' };
    }
    if (order === undefined || order === SKIP) continue;
    for (const state of to === undefined ? from : [to]) yield* unshown(config, state, `after ${transition}`);
  }
  yield* unshown(config, machine.initial, 'when it starts');
}

/** Without a line for it nothing would ever show that the process is there. */
function* unshown({ states }: SignalsConfig, state: string, when: string): Generator<Fault> {
  if (Object.hasOwn(states, state)) return;
  yield { path: ['states', state], want: `the line that shows it ${when}`, got: 'nothing' };
}

function* strangers({ states, send }: SignalsConfig, machine: Machine): Generator<Fault> {
  const transitions = [...machine.transitions.map((each) => each.name), RECOVER];
  for (const transition of Object.keys(send)) {
    if (transitions.includes(transition)) continue;
    const want = `a transition of machine ${machine.name} (${list(transitions)})${didYouMean(transition, transitions)}`;
    yield { path: ['send', transition], want, got: show(transition) };
  }
  const known = machine.states.map((each) => each.name);
  for (const state of Object.keys(states)) {
    if (findState(machine, state) !== undefined) continue;
    const want = `a state of machine ${machine.name} (${list(known)})${didYouMean(state, known)}`;
    yield { path: ['states', state], want, got: show(state) };
  }
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
