import type { TargetView__Output } from '../../../protos/generated/baton/v1/TargetView.ts';
import type { Seen } from '../picture.ts';
import type { Tone } from './paint.ts';
import { type Cell, type Table, tableLines, type View } from './table.ts';
import { age } from './time.ts';

/** How a target stands, worst first. */
export type Standing = 'error' | 'unknown' | 'absent' | 'doing' | 'settled';

/** A mark beside the word, so that a screen without colours can be skimmed too. */
export const MARKS: Readonly<Record<Standing, string>> = {
  error: '✗',
  unknown: '?',
  absent: '○',
  doing: '◐',
  settled: '●',
};

export const TONES: Readonly<Record<Standing, Tone>> = {
  error: 'bad',
  unknown: 'bad',
  absent: 'doing',
  doing: 'doing',
  settled: 'good',
};

/** How a target stands by its last observation. */
export function standing(view: TargetView__Output): Standing {
  if (view.inError) return 'error';
  if (!view.connected) return 'unknown';
  if (!view.attached) return 'absent';
  if (view.doing !== '' || view.leaving) return 'doing';
  return view.state === '' ? 'unknown' : 'settled';
}

/**
 * One word for the state: the machine's, or `error`, `unknown`, `detached`. Why nothing is attached (gone, silent,
 * not listening yet) is told beside it.
 */
export function stateWord(view: TargetView__Output): string {
  if (view.inError) return 'error';
  if (view.connected && !view.attached) return 'detached';
  return !view.connected || view.state === '' ? 'unknown' : view.state;
}

/** What it does, and whether it leaves; empty when it stands still. */
export function doingWords({ doing, leaving }: TargetView__Output): string {
  return [doing, leaving ? 'leaving' : ''].filter((part) => part !== '').join(', ');
}

/** What is wrong with a target or worth knowing, one line; empty when nothing is. */
export function troubleWords(view: TargetView__Output): string {
  const from = view.inError && view.state !== '' ? `came from ${view.state}` : '';
  const silent = !view.connected && view.trouble === '' ? 'no stream to its sidecar' : '';
  const out = view.excluded ? 'left out' : '';
  // The coordinator's own words may hold those of the platform already.
  const pod = view.trouble.includes(view.podDetail) ? '' : view.podDetail;
  return [view.trouble, silent, from, out, pod].filter((part) => part !== '').join('; ');
}

/** Colour of those words: what only the platform tells of a target that is well is worth knowing, and no more. */
export function troubleTone(view: TargetView__Output): Tone {
  const stands = standing(view);
  if (stands === 'absent') return 'quiet';
  return stands === 'settled' && troubleWords(view) === view.podDetail ? 'doing' : 'bad';
}

/** From this width on there is room for the nodes, in characters. */
const NODES_WIDTH_MIN = 120;

/** The targets as a table; `wide` adds incarnation, address and number of the state, and so does room the node. */
export function targetLines(
  targets: Iterable<Seen>,
  options: { readonly nowMs: number; readonly wide: boolean },
  view: View,
): readonly string[] {
  const wide = options.wide ? ['ADDRESS', 'INCARNATION', 'SEEN'] : [];
  const nodes = options.wide || (view.width ?? 0) >= NODES_WIDTH_MIN;
  const head = ['TARGET', 'STATE', 'SINCE', 'DOING', ...wide, ...(nodes ? ['NODE'] : []), 'TROUBLE'];
  const table: Table = {
    head,
    rows: [...targets].map((seen) => targetRow(seen, { ...options, nodes })),
    gives: [head.length - 1],
  };
  return tableLines(table, view);
}

function targetRow(
  { view, atMs }: Seen,
  { nowMs, wide, nodes }: { readonly nowMs: number; readonly wide: boolean; readonly nodes: boolean },
): readonly Cell[] {
  const stands = standing(view);
  const tone = TONES[stands];
  const more: readonly Cell[] = [
    { text: view.address },
    { text: view.incarnation },
    { text: String(view.stateNumber), align: 'right' },
  ];
  return [
    { text: view.target },
    { text: `${MARKS[stands]} ${stateWord(view)}`, tone },
    { text: age(view.sinceMs + (nowMs - atMs)), align: 'right', tone: 'quiet' },
    { text: doingWords(view), tone: 'doing' },
    ...(wide ? more : []),
    ...(nodes ? [{ text: view.node }] : []),
    { text: troubleWords(view), tone: troubleTone(view) },
  ];
}
