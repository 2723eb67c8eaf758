import { type Problem, problemLine, RunControlError } from '../../../protos/failure/trouble.ts';
import type { PerformRequest__Output } from '../../../protos/generated/baton/v1/PerformRequest.ts';
import type { Token__Output } from '../../../protos/generated/baton/v1/Token.ts';
import type { Arguments } from '../../../protos/machine/table.ts';
import type { Caller, Token } from './rules.ts';

/** Limits of the contract (process.proto). */
export const ARGUMENT_BYTES_MAX = 65_536;
const BUDGET_MS_MAX = 2_147_483_647;
const OPERATION_ID_CHARACTERS_MAX = 64;

export type Perform = {
  readonly caller: Caller;
  readonly token: Token;
  readonly transition: string;
  readonly from: string;
  readonly to: string;
  readonly arguments: Arguments;
  readonly budgetMs: number;
  readonly run: number;
};

/** A request as the process needs it. Throws RunControlError MALFORMED with all problems. */
export function parsePerform(raw: PerformRequest__Output): Perform {
  const problems: Problem[] = [];
  const values = parseArguments(raw.argumentsJson, problems);
  const token = parseToken(raw.token, problems);
  if (raw.transition === '') problems.push({ path: 'transition', want: 'a name', got: 'nothing' });
  if (raw.budgetMs < 1 || raw.budgetMs > BUDGET_MS_MAX) {
    problems.push({ path: 'budget_ms', want: `1..${BUDGET_MS_MAX}`, got: String(raw.budgetMs) });
  }
  failOn(problems);
  const { attachment, startId, transition, from, to, budgetMs, runNumber: run } = raw;
  return { caller: { attachment, startId }, token, transition, from, to, arguments: values, budgetMs, run };
}

/** A token as the rules need it. Throws RunControlError MALFORMED with all problems. */
export function parseGivenUpToken(raw: Token__Output | null): Token {
  const problems: Problem[] = [];
  const token = parseToken(raw, problems);
  failOn(problems);
  return token;
}

function failOn(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  throw new RunControlError('MALFORMED', problems.map(problemLine).join('; '), { problems });
}

function parseToken(raw: Token__Output | null, problems: Problem[]): Token {
  const { operationNumber, step, operationId } = raw ?? { operationNumber: 0, step: 0, operationId: '' };
  if (raw === null) problems.push({ path: 'token', want: 'a token', got: 'nothing' });
  if (operationId.length > OPERATION_ID_CHARACTERS_MAX) {
    const want = `at most ${OPERATION_ID_CHARACTERS_MAX} characters`;
    problems.push({ path: 'token.operation_id', want, got: String(operationId.length) });
  }
  return { operationNumber, step, operationId };
}

function parseArguments(text: string, problems: Problem[]): Arguments {
  const path = 'arguments_json';
  if (Buffer.byteLength(text) > ARGUMENT_BYTES_MAX) {
    problems.push({
      path,
      want: `at most ${ARGUMENT_BYTES_MAX} bytes`,
      got: String(Buffer.byteLength(text)),
    });
    return {};
  }
  const parsed = text === '' ? {} : parseJson(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    problems.push({ path, want: 'a JSON object', got: text.slice(0, 80) });
    return {};
  }
  const values: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(parsed)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      values[name] = value;
    else
      problems.push({
        path: `${path}.${name}`,
        want: 'a string, number or boolean',
        got: JSON.stringify(value),
      });
  }
  return values;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
