// A machine as a person writes it. The schema knows shapes and defaults only; what the values must be is
// validate.ts's to say, so that nothing is told twice. The limits stand here again as remarks for editors.

import { z } from 'zod';
import type { Problem } from '../failure/trouble.ts';
import {
  ARGUMENTS_MAX,
  DESCRIPTION_LENGTH_MAX,
  NAME_LENGTH_MAX,
  NAME_PATTERN,
  SEQUENCES_MAX,
  STATES_MAX,
  TIMEOUT_MS_MAX,
  TRANSITIONS_MAX,
} from './limits.ts';
import { faultPath, parseShape } from './shape.ts';
import type { Argument, Machine, MachineTransition } from './table.ts';
import { validateMachine } from './validate.ts';

const name = z.string().meta({ pattern: NAME_PATTERN, maxLength: NAME_LENGTH_MAX });

const description = z.string().default('').meta({
  maxLength: DESCRIPTION_LENGTH_MAX,
  description: 'One sentence for people.',
});

const argumentSchema = z
  .strictObject({
    name,
    type: z.enum(['integer', 'number', 'boolean', 'string']),
    unit: z.string().default('').meta({ description: 'For people, e.g. Hz.' }),
    required: z.boolean().default(false),
    default: z
      .union([z.string(), z.number(), z.boolean()])
      .optional()
      .meta({ description: 'Used when the operator gives none.' }),
    min: z.number().optional().meta({ description: 'Smallest number allowed.' }),
    max: z.number().optional().meta({ description: 'Largest number allowed.' }),
    oneOf: z
      .array(z.string())
      .default([])
      .meta({ description: 'Allowed values of a string; empty means any.' }),
    description,
  })
  .transform(
    ({ default: preset, min, max, ...rest }): Argument => ({
      ...rest,
      ...(preset === undefined ? {} : { default: preset }),
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
    }),
  );

const stateSchema = z.strictObject({
  name,
  ready: z.boolean().default(false).meta({ description: 'Counts for readiness.' }),
  inRun: z.boolean().default(false).meta({ description: 'Data are taken, or may still be in flight.' }),
  rest: z.boolean().default(false).meta({ description: 'A stop path may end here.' }),
  description,
});

const transitionSchema = z
  .strictObject({
    name,
    from: z.array(z.string()).meta({ description: 'States it may start from.' }),
    to: z.string().optional().meta({ description: 'State it leads to; without it the state stays.' }),
    arguments: z.array(argumentSchema).default([]).meta({ maxItems: ARGUMENTS_MAX }),
    timeoutMs: z.number().meta({
      minimum: 1,
      maximum: TIMEOUT_MS_MAX,
      description: 'How long a process may take for it, in milliseconds.',
    }),
    onFailure: z.enum(['stop', 'continue']).optional().meta({
      description: 'What the rest does when a target fails; continue for the stop path, else stop.',
    }),
    stopPath: z
      .boolean()
      .default(false)
      .meta({ description: 'It leads from a run to rest; works in error too.' }),
    order: z
      .array(z.array(z.string()))
      .default([])
      .meta({ description: 'Segments that act together, group after group; empty: all at once.' }),
    description,
  })
  .transform(
    ({ to, onFailure, ...rest }): MachineTransition => ({
      ...rest,
      ...(to === undefined ? {} : { to }),
      // A dead target must not keep the others from stopping.
      onFailure: onFailure ?? (rest.stopPath ? 'continue' : 'stop'),
    }),
  );

const sequenceSchema = z.strictObject({
  name,
  steps: z.array(
    z.strictObject({
      transition: z.string(),
      optional: z.boolean().default(false).meta({ description: 'Left out where it is not possible.' }),
    }),
  ),
  description,
});

/** The shape of a machine as YAML or JSON, with defaults. Its values are not checked: see `validateMachine`. */
export const machineSchema = z
  .strictObject({
    name,
    initial: z.string().meta({ description: 'State of a process that has just attached.' }),
    states: z.array(stateSchema).meta({ maxItems: STATES_MAX }),
    transitions: z.array(transitionSchema).meta({ maxItems: TRANSITIONS_MAX }),
    sequences: z.array(sequenceSchema).default([]).meta({ maxItems: SEQUENCES_MAX }),
  })
  .meta({
    title: 'Machine',
    description: 'The table of states, transitions and sequences that targets obey.',
  });

/** The machine in `raw` (parsed YAML or JSON) with defaults filled in, or all that is wrong with it. */
export function parseMachine(
  raw: unknown,
): { readonly machine: Machine } | { readonly problems: readonly Problem[] } {
  const parsed = parseShape<Machine>(machineSchema, raw);
  if ('faults' in parsed) {
    return {
      problems: parsed.faults.map(({ want, got, ...at }) => ({
        path: faultPath({ want, got, ...at }),
        want,
        got,
      })),
    };
  }
  const problems = validateMachine(parsed.value);
  return problems.length > 0 ? { problems } : { machine: parsed.value };
}
