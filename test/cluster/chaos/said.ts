// What an operator was told, in one line, and whether it agrees with what they were told before.

import { EXIT } from '../../../coordinator/cli/exit.ts';
import type { Said } from '../../e2e/person.ts';

/** The exit code, and the sentence that tells most of it. */
export function wordsOfSaid({ code, out, err }: Said): string {
  const isOutcome = code === EXIT.done || code === EXIT.failed;
  const lines = (isOutcome ? `${out}\n${err}` : err).split('\n').filter((line) => line !== '');
  const runs = lines.find((line) => /run \d+ (goes on|ended)/.test(line));
  return `${code} ${(runs ?? lines[0] ?? '').trim()}`;
}

/**
 * P7: same id and body, same answer; same id and another body, no effect. Says what is wrong with the second answer;
 * empty when nothing is, or when nobody knows.
 */
export function contradiction(first: Said, now: Said, isOther: boolean): string {
  const isTold =
    now.code !== EXIT.unreachable && now.code !== EXIT.interrupted && !now.err.includes('STORAGE');
  if (first.code !== EXIT.done || !isTold) return '';
  if (isOther) return now.code === EXIT.refused ? '' : `want a refusal, got ${wordsOfSaid(now)}`;
  return now.code === EXIT.done ? '' : `it was done, and now ${wordsOfSaid(now)}`;
}

/** Something that is not what `line` asks for. */
export function otherThan(line: string): string {
  return line === 'goto initial' ? 'goto configured' : 'goto initial';
}
