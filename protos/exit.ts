import { constants } from 'node:os';

/** How a process ended. */
export type Exit =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'notStarted'; readonly cause: string };

/** What Node's `exit` event tells. */
export function exitOf(code: number | null, signal: NodeJS.Signals | null): Exit {
  return signal === null ? { kind: 'code', code: code ?? 0 } : { kind: 'signal', signal };
}

/** What ended so exits with, as a shell has it: 128 and the signal's number, 127 when it could not be started. */
export function exitCodeOf(exit: Exit): number {
  switch (exit.kind) {
    case 'code':
      return exit.code;
    case 'signal':
      return 128 + constants.signals[exit.signal];
    case 'notStarted':
      return 127;
  }
}

/** How a process ended, for people: `ended with exit code 1`, `was ended by SIGKILL`. */
export function exitWords(exit: Exit): string {
  switch (exit.kind) {
    case 'code':
      return `ended with exit code ${exit.code}`;
    case 'signal':
      return `was ended by ${exit.signal}`;
    case 'notStarted':
      return `could not be started: ${exit.cause}`;
  }
}
