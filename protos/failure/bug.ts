// A bug ends the process. Its stack is for the log; people get one sentence, what is true now, and what to do.

import type { Meaning } from './catalogue.ts';

/** What everybody is asked to do about a bug that was logged. */
export const REPORT_IT = 'send the line of the log that says "a bug" to whoever maintains Baton';

/** A bug in one line for people, without its stack. */
export function bugSentence(error: unknown, { now, next }: Meaning): string {
  const words = error instanceof Error ? error.message : String(error);
  // Messages of some libraries carry a stack, or a page of details.
  const [first = ''] = words.split('\n');
  return `a bug: ${first}; now: ${now}; next: ${next}`;
}

/** Throws a bug where nobody can catch it, which ends the process: inside of a call grpc-js would swallow it. */
export function throwOutside(bug: unknown): void {
  setImmediate(() => {
    throw bug;
  });
}

/** Calls `handle` for what nobody handles; the one that was given last counts. */
export function hearBugs(handle: (error: unknown) => void): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.removeAllListeners(event);
    process.on(event, handle);
  }
}
