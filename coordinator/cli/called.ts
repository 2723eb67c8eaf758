// The names under which one program is installed.

import { basename } from 'node:path';
import type { CalledAs } from './world.ts';

/** kubectl runs `kubectl-baton` for `kubectl baton`, and `kubectl_complete-baton` to complete it. */
export const COMMANDS = ['baton', 'kubectl-baton', 'kubectl_complete-baton'] as const;

/** What a person typed to run the program at that path. */
export function calledAs(path: string): CalledAs {
  return basename(path).startsWith('kubectl') ? 'kubectl baton' : 'baton';
}

/** The words that the program at that path is to run: kubectl gives those to complete alone. */
export function wordsOf(path: string, words: readonly string[]): readonly string[] {
  const isCompletion = basename(path).startsWith('kubectl_complete-');
  return isCompletion ? ['complete', '--directive', '--', ...words] : words;
}
