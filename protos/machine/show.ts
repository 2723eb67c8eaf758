/** Longest value that is shown in full, in characters. */
const SHOWN_LENGTH_MAX = 60;

/** What was found, as short text for the `got` of a problem: strings in quotes, "nothing" for absence. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}

/** Names as a list for people: `a, b, c`; "none" when there are none. */
export function list(names: Iterable<string>): string {
  return [...names].join(', ') || 'none';
}
