/** Longest sentence for people that travels, in characters: a cause, a trouble, why something ended. */
export const SENTENCE_CHARACTERS_MAX = 500;

/** A sentence as it can travel: cut to that length, and half a character, at the cut or before it, replaced. */
export function cutSentence(text: string): string {
  return text.slice(0, SENTENCE_CHARACTERS_MAX).toWellFormed();
}
