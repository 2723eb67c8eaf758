// What a document and a sidecar's configuration both say of the exec adapter: a command for each transition.

import { z } from 'zod';
import { NAME_PATTERN, TIMEOUT_MS_MAX } from '../machine/limits.ts';
import { didYouMean } from '../machine/nearest.ts';
import type { Fault } from '../machine/shape.ts';
import { list, show } from '../machine/show.ts';
import { type Machine, RECOVER } from '../machine/table.ts';
import { SKIP } from './signals.ts';

/** The word in a command that stands for the name of the transition. */
export const TRANSITION_WORD = '{transition}';

const WORDS_MAX = 256;
const WORD_LENGTH_MAX = 4_096;

const command = z
  .array(
    z
      .string({ error: 'a string (put it in quotes)' })
      .min(1, 'at least one character')
      .max(WORD_LENGTH_MAX)
      .regex(/^[^\0]*$/, 'a string without a NUL'),
  )
  .min(1)
  .max(WORDS_MAX);

const timeoutMs = z.int().min(10).max(TIMEOUT_MS_MAX).default(5_000).meta({
  description: 'A command that takes longer is killed, and counts as failed.',
});

/** The keys of the exec adapter but for `type`. Defaults may be parsed again. */
export const execShape = {
  command: command.optional().meta({
    description: 'For each transition that has none of its own; {transition} is filled in.',
  }),
  transitions: z
    .record(
      z.string().regex(new RegExp(NAME_PATTERN), 'the name of a transition'),
      z.union([command, z.literal(SKIP)], { error: `a command, or ${SKIP}` }),
    )
    .default({})
    .meta({ description: 'By transition, or recover: its own command. skip: there is nothing to do.' }),
  state: z.strictObject({ command, timeoutMs }).optional().meta({
    description:
      'Prints the present state; if it can, on a second line a name of this life, on a third the last token executed.',
  }),
  health: z
    .strictObject({ command, intervalMs: z.int().min(100).max(TIMEOUT_MS_MAX).default(5_000), timeoutMs })
    .optional()
    .meta({ description: 'Ends with exit code 0 while the process is well; asked between transitions.' }),
  giveUpGraceMs: z.int().min(0).max(TIMEOUT_MS_MAX).default(2_000).meta({
    description: 'From SIGTERM to SIGKILL for a command that is given up.',
  }),
  workingDirectory: z.string().min(1).optional().meta({ description: 'Of all its commands.' }),
  environment: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of a variable'),
      z.string({ error: 'a string (put it in quotes)' }),
    )
    .default({})
    .meta({ description: 'Added to the environment of all its commands.' }),
};

const execSchema = z.strictObject(execShape);
export type ExecSettings = z.output<typeof execSchema>;

/** What is run for a transition, `recover` among them; undefined when nothing is said of it. */
export function commandOf(
  settings: ExecSettings,
  transition: string,
): readonly string[] | typeof SKIP | undefined {
  // A transition may be called "constructor".
  const own = Object.hasOwn(settings.transitions, transition) ? settings.transitions[transition] : undefined;
  return own ?? settings.command;
}

/** Every command of the settings with its path. */
export function* commandsIn(settings: ExecSettings): Generator<{
  readonly path: readonly string[];
  readonly command: readonly string[];
}> {
  const { command, transitions, state, health } = settings;
  if (command !== undefined) yield { path: ['command'], command };
  for (const [name, own] of Object.entries(transitions)) {
    if (own !== SKIP) yield { path: ['transitions', name], command: own };
  }
  if (state !== undefined) yield { path: ['state', 'command'], command: state.command };
  if (health !== undefined) yield { path: ['health', 'command'], command: health.command };
}

/** The settings with each of their commands changed so. */
export function mapCommands<Settings extends ExecSettings>(
  settings: Settings,
  change: (command: readonly string[]) => string[],
): Settings {
  const { command, transitions, state, health } = settings;
  return {
    ...settings,
    ...(command === undefined ? {} : { command: change(command) }),
    transitions: Object.fromEntries(
      Object.entries(transitions).map(([name, own]) => [name, own === SKIP ? own : change(own)]),
    ),
    ...(state === undefined ? {} : { state: { ...state, command: change(state.command) } }),
    ...(health === undefined ? {} : { health: { ...health, command: change(health.command) } }),
  };
}

/** All that is wrong with the settings of the exec adapter under this machine; paths from the adapter. */
export function* execFaults(settings: ExecSettings, machine: Machine | undefined): Generator<Fault> {
  if (machine === undefined) return;
  const known = [...machine.transitions.map(({ name }) => name), RECOVER];
  for (const name of Object.keys(settings.transitions)) {
    if (known.includes(name)) continue;
    const want = `a transition of machine ${machine.name} (${list(known)})${didYouMean(name, known)}`;
    yield { path: ['transitions', name], want, got: show(name) };
  }
  for (const { name } of machine.transitions) {
    if (commandOf(settings, name) !== undefined) continue;
    yield { path: ['transitions', name], want: `a command for ${name}, or ${SKIP}`, got: 'nothing' };
  }
}
