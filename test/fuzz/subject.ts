// What is fuzzed, and what a rejection must be.

import { type Problem, RunControlError, type TroubleCode } from '../../protos/failure/trouble.ts';
import type { Dice } from './dice.ts';

export type Verdict = 'accepted' | 'rejected';

/** One thing that takes what strangers give it. */
export type Subject = AsyncDisposable & {
  /** Makes one case from the dice and tries it; `trace` hears what it was. Throws when it is a finding. */
  attempt(dice: Dice, trace: (line: string) => void): Promise<Verdict>;
};

/** What must not be: the sentence says it. */
export class Finding extends Error {
  override readonly name = 'Finding';
}

/** A rejection names the path of every problem, what was wanted and what was got. */
export function checkProblems(problems: readonly Problem[]): void {
  if (problems.length === 0) throw new Finding('it was rejected without a problem');
  for (const { path, want, got } of problems) {
    if (path.trim() === '') throw new Finding(`a problem without a path: want ${want}, got ${got}`);
    if (want.trim() === '' || got.trim() === '') throw new Finding(`a problem without words: ${path}`);
  }
}

/** Runs what either works or is rejected with problems; anything else that it throws is a finding. */
export async function acceptOrReject(
  code: TroubleCode,
  run: () => unknown,
  check: (trouble: RunControlError) => void = ({ problems }) => checkProblems(problems),
): Promise<Verdict> {
  try {
    await run();
    return 'accepted';
  } catch (error) {
    if (!(error instanceof RunControlError)) throw error;
    if (error.code !== code) throw new Finding(`${error.code} instead of ${code}: ${error.message}`);
    check(error);
    return 'rejected';
  }
}
