import { width } from './table.ts';

/** How far the second line and those after it stand in. */
const INDENT = '  ';

/** `text` in as many lines as it needs, broken between words; a word that is longer than a line stands over the edge. */
export function wrapped(text: string, limit: number | undefined): readonly string[] {
  if (limit === undefined || width(text) <= limit) return [text];
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    if (last !== undefined && width(longer) <= limit) lines[lines.length - 1] = longer;
    else lines.push(last === undefined ? word : `${INDENT}${word}`);
  }
  return lines;
}
