// Credits bound the records that are under way: one for each that a builder has room for.

/** Free credits by the ordinal of the builder, and who is asked first for the next record. */
export type Credits = { readonly left: readonly number[]; readonly next: number };

/** No credit yet from any of so many builders. */
export function noCredits(builders: number): Credits {
  return { left: Array.from({ length: builders }, () => 0), next: 0 };
}

/** `count` more from this builder. An ordinal that there is not changes nothing. */
export function giveCredits(credits: Credits, builder: number, count: number): Credits {
  return {
    ...credits,
    left: credits.left.map((left, ordinal) => (ordinal === builder ? left + count : left)),
  };
}

/** None any more from this builder: it is gone. */
export function dropCredits(credits: Credits, builder: number): Credits {
  return { ...credits, left: credits.left.map((left, ordinal) => (ordinal === builder ? 0 : left)) };
}

/** Takes one from the next builder in turn that has any; undefined when the trigger must be inhibited. */
export function takeCredit(
  credits: Credits,
): { readonly credits: Credits; readonly builder: number } | undefined {
  const count = credits.left.length;
  for (let step = 0; step < count; step += 1) {
    const builder = (credits.next + step) % count;
    if ((credits.left[builder] ?? 0) === 0) continue;
    const after = giveCredits(credits, builder, -1);
    return { builder, credits: { ...after, next: (builder + 1) % count } };
  }
  return undefined;
}
