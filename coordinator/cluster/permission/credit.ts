import { createHash } from 'node:crypto';

/** Longest name of an authenticated caller in the journal, in characters. */
export const PERSON_LENGTH_MAX = 200;

/** How much of a name that is too long stands for the rest of it, in characters. */
const DIGEST_LENGTH = 12;

/**
 * Who asks, for the record: who they are, and in brackets what they call themselves, which nobody has checked:
 * `system:serviceaccount:daq:crew (as anna)`. What is first is never theirs to say.
 */
export function creditOf(person: string, claimed: string): string {
  const who = short(person);
  return claimed === '' || claimed === person ? who : `${who} (as ${claimed})`;
}

/** Two long names stay two: the end is told by its digest. */
function short(person: string): string {
  if (person.length <= PERSON_LENGTH_MAX) return person;
  const digest = createHash('sha256').update(person).digest('hex').slice(0, DIGEST_LENGTH);
  return `${person.slice(0, PERSON_LENGTH_MAX - DIGEST_LENGTH - 1).toWellFormed()}…${digest}`;
}
