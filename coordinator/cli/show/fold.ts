// More targets than rows: like targets of a segment share one line, those in trouble keep lines of their own.

import type { Seen } from '../picture.ts';
import { rangeWords } from './ranges.ts';
import { type Cell, tableLines, type View } from './table.ts';
import { doingWords, MARKS, standing, stateWord, TONES, troubleTone, troubleWords } from './target.ts';
import { age } from './time.ts';

/** The blank line and the head above those in trouble. */
const TROUBLES_ABOVE = 2;

/**
 * The targets folded by segment, state and what they do, and below them those in trouble one by one. Where even
 * these are more than `height` lines, the same trouble of a segment shares a line too, and what is left is counted.
 */
export function foldedLines(
  targets: readonly Seen[],
  options: { readonly nowMs: number },
  view: View,
): readonly string[] {
  const [troubled, well] = parted(targets);
  const groups = folded(well, ({ view }) => doingWords(view));
  const above = groups.length === 0 ? [] : [...groupLines(groups, options.nowMs, view), ''];
  const used = groups.length === 0 ? TROUBLES_ABOVE - 1 : 1 + groups.length + TROUBLES_ABOVE;
  const room = Math.max(1, (view.height ?? Number.POSITIVE_INFINITY) - used);
  const singles = troubled.map((each): readonly Seen[] => [each]);
  const troubles = singles.length <= room ? singles : folded(troubled, ({ view }) => troubleWords(view));
  if (troubles.length === 0) return above.slice(0, -1);
  // The last line is for the count of what does not fit.
  const shown = troubles.length <= room ? troubles : troubles.slice(0, Math.max(1, room - 1));
  const left = troubles.slice(shown.length).flat().length;
  const more = left === 0 ? [] : [view.paint('bad', `and ${left} more in trouble: baton status -o wide`)];
  return [...above, ...groupLines(shown, options.nowMs, view), ...more];
}

function groupLines(groups: readonly (readonly Seen[])[], nowMs: number, view: View): readonly string[] {
  const head = ['TARGETS', 'STATE', 'COUNT', 'SINCE', 'DOING', 'TROUBLE'];
  return tableLines({ head, rows: groups.map((group) => groupRow(group, nowMs)), gives: [5, 0] }, view);
}

function parted(targets: readonly Seen[]): readonly [readonly Seen[], readonly Seen[]] {
  const isTroubled = ({ view }: Seen) => troubleWords(view) !== '';
  // Where not all find room, what is only worth knowing gives way.
  const isBad = ({ view }: Seen) => troubleTone(view) === 'bad';
  const troubled = targets.filter(isTroubled).toSorted((a, b) => Number(isBad(b)) - Number(isBad(a)));
  return [troubled, targets.filter((each) => !isTroubled(each))];
}

/** Like targets together, in the order in which the first of them comes. */
function folded(targets: readonly Seen[], more: (seen: Seen) => string): readonly (readonly Seen[])[] {
  const alike = (seen: Seen) =>
    [seen.view.segment, standing(seen.view), stateWord(seen.view), more(seen)].join('\n');
  const groups = [...Map.groupBy(targets, alike).values()];
  // A segment's groups stay together, whichever of its targets was the first to differ.
  const segments = [...new Set(targets.map(({ view }) => view.segment))];
  return segments.flatMap((segment) => groups.filter(([first]) => first?.view.segment === segment));
}

function groupRow(group: readonly Seen[], nowMs: number): readonly Cell[] {
  const [first] = group;
  if (first === undefined) return [];
  const { view } = first;
  const stands = standing(view);
  // How long all of them have been so.
  const sinceMs = Math.min(...group.map((seen) => seen.view.sinceMs + (nowMs - seen.atMs)));
  return [
    {
      text: rangeWords(
        view.segment,
        group.map((seen) => seen.view.ordinal),
      ),
    },
    { text: `${MARKS[stands]} ${stateWord(view)}`, tone: TONES[stands] },
    { text: group.length === 1 ? '' : String(group.length), align: 'right' },
    { text: age(sinceMs), align: 'right', tone: 'quiet' },
    { text: doingWords(view), tone: 'doing' },
    { text: troubleWords(view), tone: troubleTone(view) },
  ];
}
