// Many targets do not fit a screen: one line per segment says how many stand where.

import type { Seen } from '../picture.ts';
import type { Tone } from './paint.ts';
import { type Cell, tableLines, type View } from './table.ts';
import { MARKS, type Standing, standing, stateWord, TONES, targetLines, troubleWords } from './target.ts';

/** Segments with their targets, in the order in which they come. */
export function bySegment(targets: Iterable<Seen>): ReadonlyMap<string, readonly Seen[]> {
  return Map.groupBy(targets, (seen) => seen.view.segment);
}

/**
 * The targets folded to one row per segment, then those in trouble by name as far as `height` allows, and
 * how many more there are.
 */
export function segmentLines(
  targets: readonly Seen[],
  options: { readonly nowMs: number },
  view: View,
): readonly string[] {
  const groups = [...bySegment(targets)];
  const head = ['SEGMENT', 'TARGETS', 'STATES', 'DOING'];
  const rows = groups.map(([name, members]) => segmentRow(name, members));
  const folded = tableLines({ head, rows, gives: [2, 3] }, view);
  const troubled = targets.filter((seen) => troubleWords(seen.view) !== '');
  if (troubled.length === 0) return folded;
  // A blank line, the head, and one line for what is left.
  const room = view.height === undefined ? troubled.length : Math.max(1, view.height - folded.length - 3);
  const shown = troubled.slice(0, room);
  const left = troubled.length - shown.length;
  const more = left === 0 ? [] : [view.paint('quiet', `and ${left} more in trouble: baton status -o wide`)];
  return [...folded, '', ...targetLines(shown, { nowMs: options.nowMs, wide: false }, view), ...more];
}

function segmentRow(name: string, members: readonly Seen[]): readonly Cell[] {
  const doing = counted(members.map((seen) => seen.view.doing).filter((each) => each !== ''));
  return [
    { text: name },
    { text: String(members.length), align: 'right' },
    { text: stateCounts(members), tone: worstTone(members) },
    { text: doing, tone: 'doing' },
  ];
}

function stateCounts(members: readonly Seen[]): string {
  const words = members.map(({ view }) => `${MARKS[standing(view)]} ${stateWord(view)}`);
  const groups = [...Map.groupBy(words, (word) => word)].sort((a, b) => b[1].length - a[1].length);
  return groups.map(([word, same]) => `${word} ${same.length}`).join('  ');
}

function counted(words: readonly string[]): string {
  return [...Map.groupBy(words, (word) => word)].map(([word, same]) => `${word} ${same.length}`).join(', ');
}

function worstTone(members: readonly Seen[]): Tone {
  const worst: readonly Standing[] = ['error', 'unknown', 'absent', 'doing'];
  const stands = new Set(members.map((seen) => standing(seen.view)));
  return TONES[worst.find((each) => stands.has(each)) ?? 'settled'];
}
