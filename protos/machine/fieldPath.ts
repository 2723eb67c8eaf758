/** Where a value stands in a document: keys of maps and places in lists. */
export type FieldPath = readonly (string | number)[];

/** `spec.segments[0].name`; a key that is no plain word is quoted: `environment["A.B"]`. */
export function pathText(path: FieldPath): string {
  const text = path.map((part) => {
    if (typeof part === 'number') return `[${part}]`;
    return /^[\w-]+$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
  });
  return text.join('').replace(/^\./, '');
}

/** The path that `pathText` wrote. */
export function splitPath(text: string): FieldPath {
  return [...text.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([\w-]+)/g)].map(([, place, quoted, word]) => {
    if (place !== undefined) return Number(place);
    return quoted === undefined ? (word ?? '') : String(JSON.parse(quoted));
  });
}
