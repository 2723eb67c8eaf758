// Patterns that look ahead, which Go's regular expressions cannot: what a text must not match is said otherwise.

/** What a pattern refuses, as one that Go can read, and what is wanted instead. */
export type Refused = { readonly ending: string; readonly message: string };

const KNOWN: Readonly<Record<string, Refused>> = {
  '^(?!.*-\\d+$)': {
    ending: '-[0-9]+$',
    message: 'want a name that does not end like that of a target ("readout-3")',
  },
};

/** True for a pattern that only JavaScript can read. */
export function looksAhead(pattern: string): boolean {
  return /\(\?<?[=!]/.test(pattern);
}

/** What such a pattern refuses. Throws Error for one that nobody has put into other words yet. */
export function refusedBy(pattern: string): Refused {
  const refused = KNOWN[pattern];
  if (refused === undefined) throw new Error(`nothing stands for the pattern ${pattern}`);
  return refused;
}
