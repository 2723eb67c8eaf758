import { type Paint, painter, type Tone } from './paint.ts';

export type Cell = { readonly text: string; readonly tone?: Tone; readonly align?: 'right' };

export type Table = {
  /** Column titles. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Columns that give way when the table is too wide, the first of them first. */
  readonly gives?: readonly number[];
};

export type View = {
  /** Columns of the terminal; undefined: lines may be as long as they like. */
  readonly width?: number;
  /** Rows of the terminal; undefined: as many lines as they like. */
  readonly height?: number;
  readonly paint: Paint;
};

/** A view without limits and colours, as for a file. */
export const PLAIN_VIEW: View = { paint: painter(false) };

/** Space between two columns. */
const GAP = 2;

/** A column that gives way keeps this much, in characters. */
const KEPT_WIDTH_MIN = 6;

/** A table with aligned columns as lines; a column whose cells are all empty is left out. */
export function tableLines(table: Table, view: View): readonly string[] {
  const rows = table.rows.map((row) => row.map((cell) => ({ ...cell, text: printable(cell.text) })));
  const natural = table.head.map((title, column) =>
    rows.some((row) => (row[column]?.text ?? '') !== '')
      ? Math.max(title.length, ...rows.map((row) => width(row[column]?.text ?? '')))
      : 0,
  );
  const widths = fitted(natural, table.gives ?? [], view.width);
  const head = table.head.map((title, column): Cell => {
    const align = rows[0]?.[column]?.align;
    return { text: title, tone: 'quiet', ...(align === undefined ? {} : { align }) };
  });
  return [head, ...rows].map((row) => line(row, widths, view.paint));
}

/** `text` cut to `limit` characters, the last of them `…`. */
export function cut(text: string, limit: number | undefined): string {
  if (limit === undefined || width(text) <= limit) return text;
  return limit <= 0 ? '' : `${[...text].slice(0, limit - 1).join('')}…`;
}

/** What came from elsewhere may hold line ends and terminal commands; here it holds none. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}

/** How many characters a text takes on the screen. */
export function width(text: string): number {
  return [...text].length;
}

function fitted(
  natural: readonly number[],
  gives: readonly number[],
  limit: number | undefined,
): readonly number[] {
  const widths = [...natural];
  const shown = widths.filter((each) => each > 0).length;
  const total = widths.reduce((sum, each) => sum + each, 0) + GAP * Math.max(0, shown - 1);
  let excess = limit === undefined ? 0 : total - limit;
  for (const column of gives) {
    const has = widths[column] ?? 0;
    const given = Math.max(0, Math.min(excess, has - KEPT_WIDTH_MIN));
    widths[column] = has - given;
    excess -= given;
  }
  return widths;
}

function line(row: readonly Cell[], widths: readonly number[], paint: Paint): string {
  let text = '';
  // Space is owed until something follows, so that no line ends in it.
  let owed = 0;
  for (const [column, limit] of widths.entries()) {
    if (limit === 0) continue;
    const cell = row[column] ?? { text: '' };
    const shown = cut(cell.text, limit);
    const padding = limit - width(shown);
    const right = cell.align === 'right';
    if (right) owed += padding;
    if (shown !== '') {
      text += ' '.repeat(owed) + paint(cell.tone ?? 'plain', shown);
      owed = 0;
    }
    owed += GAP + (right ? 0 : padding);
  }
  return text;
}
