/** More edits than these are another word, not a slip of the hand. */
const EDITS_MAX = 2;

/**
 * The candidate that `word` was most likely meant to be, or undefined when none is near: at most two edits
 * (insert, delete, replace, swap neighbours) away, and fewer edits than a third of the word, but at least one.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const editsMax = Math.min(EDITS_MAX, Math.max(1, Math.floor(word.length / 3)));
  let best: { readonly candidate: string; readonly edits: number } | undefined;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > editsMax) continue;
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits <= editsMax && edits < (best?.edits ?? Number.POSITIVE_INFINITY)) best = { candidate, edits };
  }
  return best?.candidate;
}

/** ` (did you mean "x"?)` for the end of a sentence, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const meant = nearest(word, candidates);
  return meant === undefined ? '' : ` (did you mean "${meant}"?)`;
}

/** Edits between two words where a swap of neighbours counts as one (optimal string alignment). */
function distance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const present = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      present[column] = Math.min(
        replaced,
        (last[column] ?? 0) + 1,
        (present[column - 1] ?? 0) + 1,
        swapped && row > 1 && column > 1 ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = present;
  }
  return last[b.length] ?? 0;
}
