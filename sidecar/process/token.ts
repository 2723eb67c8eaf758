import type { Token } from '../rules/model.ts';
import { ID_CHARACTERS_MAX } from './said.ts';

/** A token as it travels in headers, paths and variables: `7.0.start-run`, safe in a URL. */
export function tokenText({ operationNumber, step, operationId }: Token): string {
  return `${operationNumber}.${step}.${encodeURIComponent(operationId)}`;
}

/** The token that `tokenText` wrote; undefined when the text is none. */
export function parseToken(text: string): Token | undefined {
  const [, number, step, id] = /^(\d{1,16})\.(\d{1,10})\.([\w.!~*'()%-]*)$/.exec(text) ?? [];
  if (number === undefined || step === undefined || id === undefined) return undefined;
  const operationId = decoded(id);
  const operationNumber = Number(number);
  const isSound = Number.isSafeInteger(operationNumber) && operationId !== undefined;
  if (!isSound || operationId.length > ID_CHARACTERS_MAX) return undefined;
  return { operationNumber, step: Number(step), operationId };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
