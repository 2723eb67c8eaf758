// What a command is told: in its words, in its environment, and as JSON on its standard input.

import { TRANSITION_WORD } from '../../../protos/adapter/exec.ts';
import { findTransition, type Machine } from '../../../protos/machine/table.ts';
import type { PerformCall } from '../adapter.ts';
import type { Understood } from '../said.ts';
import { tokenText } from '../token.ts';
import type { Program } from './command.ts';

export type Who = { readonly partition: string; readonly segment: string; readonly ordinal: number };

export type Surroundings = {
  readonly who: Who;
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
};

/** A command that asks something of the process. */
export function question(
  command: readonly string[],
  { who, workingDirectory, environment }: Surroundings,
): Program {
  return {
    command,
    workingDirectory,
    environment: { ...process.env, ...environment, ...named(who) },
    input: '',
  };
}

/** The command for a transition, or why there cannot be one. */
export function order(
  command: readonly string[],
  call: PerformCall,
  { machine, ...around }: Surroundings & { readonly machine: Machine },
): Understood<Program> {
  const { attachment: _, argumentsJson, ...rest } = call;
  const values: Readonly<Record<string, unknown>> = JSON.parse(argumentsJson);
  const stopPath = findTransition(machine, call.transition)?.stopPath === true;
  const given = Object.entries(values).map(
    ([name, value]) => [`BATON_ARG_${name.toUpperCase()}`, textOf(value)] as const,
  );
  const broken = given.find(([, text]) => text.includes('\0'));
  if (broken !== undefined) return { broken: `${broken[0]} holds a NUL, which no environment can` };
  const { environment, ...program } = question(
    command.map((word) => word.replaceAll(TRANSITION_WORD, call.transition)),
    around,
  );
  return {
    value: {
      ...program,
      environment: {
        ...environment,
        BATON_TRANSITION: call.transition,
        BATON_TOKEN: tokenText(call.token),
        BATON_FROM: call.from,
        BATON_TO: call.to,
        BATON_RUN_NUMBER: String(call.runNumber),
        BATON_BUDGET_MS: String(call.budgetMs),
        BATON_STOP_PATH: String(stopPath),
        ...Object.fromEntries(given),
      },
      input: `${JSON.stringify({ ...rest, arguments: values, stopPath })}\n`,
    },
  };
}

function named({ partition, segment, ordinal }: Who): Readonly<Record<string, string>> {
  return { BATON_PARTITION: partition, BATON_SEGMENT: segment, BATON_ORDINAL: String(ordinal) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
