/** How a process ended. */
export type Exit =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'notStarted'; readonly cause: string };

/** What Node's `exit` event tells. */
export function exitOf(code: number | null, signal: NodeJS.Signals | null): Exit {
  return signal === null ? { kind: 'code', code: code ?? 0 } : { kind: 'signal', signal };
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
