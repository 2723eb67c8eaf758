// The lines that a child and its sidecar say to one another: one JSON object each.

import { z } from 'zod';
import { faultPath, parseShape } from '../../../protos/machine/shape.ts';
import type { Token } from '../../rules/model.ts';
import type { PerformCall } from '../adapter.ts';
import { type HookEnd, ID_CHARACTERS_MAX, sentence, stateName, type Understood } from '../said.ts';

/** What a child may say. */
export type Message =
  | { readonly type: 'state'; readonly state: string; readonly trouble: string }
  | { readonly type: 'answer'; readonly token: Token; readonly end: HookEnd };

const token = z.object({
  operationNumber: z.int().min(0),
  step: z.int().min(0),
  operationId: z.string().max(ID_CHARACTERS_MAX),
});

// Keys that a later contract adds are no fault of the process.
const stateSchema = z.object({ state: z.string(), trouble: z.string().default('') });
const answerSchema = z.object({
  answer: z.object({
    token,
    outcome: z.enum(['executed', 'refused', 'failed']),
    state: z.string().default(''),
    cause: z.string().default(''),
  }),
});

/** A line that begins with a brace is meant as a message; any other is just what the process says. */
export function isMessage(line: string): boolean {
  return line.startsWith('{');
}

/** The message in a line. */
export function parseMessage(line: string): Understood<Message> {
  const raw = parseJson(line);
  if (raw === undefined) return { broken: 'a line that begins with { and is no JSON' };
  return Object.hasOwn(raw, 'answer') ? parseAnswer(raw) : parseState(raw);
}

function parseState(raw: object): Understood<Message> {
  const read = parseShape<z.output<typeof stateSchema>>(stateSchema, raw);
  if ('faults' in read) return { broken: faultWords(read.faults) };
  const { state, trouble } = read.value;
  return { value: { type: 'state', state: stateName(state), trouble: sentence(trouble) } };
}

function parseAnswer(raw: object): Understood<Message> {
  const read = parseShape<z.output<typeof answerSchema>>(answerSchema, raw);
  if ('faults' in read) return { broken: faultWords(read.faults) };
  const { token, outcome, state, cause } = read.value.answer;
  const end = { outcome, state: stateName(state), cause: sentence(cause) };
  return { value: { type: 'answer', token, end } };
}

function faultWords(faults: readonly Parameters<typeof faultPath>[0][]): string {
  const words = faults.map((fault) => `${faultPath(fault)}: want ${fault.want}, got ${fault.got}`);
  return sentence(`a message that is none: ${words.join('; ')}`);
}

/** The line that asks for a transition. `stopPath`: it is part of the way down. */
export function performLine(call: PerformCall, stopPath: boolean): string {
  const { attachment: _, argumentsJson, ...rest } = call;
  return `${JSON.stringify({ perform: { ...rest, arguments: JSON.parse(argumentsJson), stopPath } })}\n`;
}

/** The line that asks for the end of a transition. */
export function giveUpLine(token: Token): string {
  return `${JSON.stringify({ giveUp: { token } })}\n`;
}

function parseJson(line: string): object | undefined {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
