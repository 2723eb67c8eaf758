import type { Run__Output } from '../../../protos/generated/baton/v1/Run.ts';
import { isOpen, type Picture } from '../picture.ts';
import { foldedLines } from './fold.ts';
import { openOperationWords, operationWords } from './operation.ts';
import type { Tone } from './paint.ts';
import { cut, printable, type View, width } from './table.ts';
import { type Standing, standing, targetLines } from './target.ts';
import { age } from './time.ts';
import { wrapped } from './wrap.ts';

export type StatusOptions = {
  /** Monotonic milliseconds, the clock of the picture. */
  readonly nowMs: number;
  /** Milliseconds since 1970, for what the coordinator dates. */
  readonly wallMs: number;
  /** Show incarnation, address and number of the state, and never fold. */
  readonly wide: boolean;
  /** Values of arguments that hold in the present run, where that was asked. */
  readonly inUse?: string;
};

/** The whole of `baton status`: the partition, its operation, and the targets, folded when they do not fit. */
export function statusLines(picture: Picture, options: StatusOptions, view: View): readonly string[] {
  // Whoever asks for wide wants to see everything, over the edge of the screen too.
  const shown = options.wide ? { paint: view.paint } : view;
  const head = headLines(picture, options, shown);
  const targets = [...picture.targets.values()];
  if (targets.length === 0) return [...head, '', view.paint('quiet', 'no targets')];
  // Blank line and table head, and the line on which the prompt or the cursor stands.
  const room = view.height === undefined ? undefined : view.height - head.length - 3;
  const folds = !options.wide && room !== undefined && targets.length > room;
  const below = { ...view, ...(room === undefined ? {} : { height: room + 1 }) };
  const table = folds ? foldedLines(targets, options, below) : targetLines(targets, options, shown);
  return [...head, '', ...table];
}

/** Colour of a partition's state. */
export function stateTone(state: string): Tone {
  if (state === 'mixed') return 'doing';
  return state === 'unknown' || state === '' ? 'bad' : 'good';
}

/** `run 5 for 14 s`, `run 5 ended clean`; empty before the first. */
export function runWords(run: Run__Output | null, wallMs: number): string {
  if (run === null) return '';
  if (run.status === 'RUN_STATUS_OPEN') return `run ${run.number} for ${age(wallMs - run.startedAtMs)}`;
  return `run ${run.number} ended ${run.status === 'RUN_STATUS_CLEAN' ? 'clean' : 'unclean'}`;
}

/** `2 in error, 1 unknown`: these stand beside the common state, never inside it. */
function troubleWords({ targets }: Picture): string {
  const stands = [...targets.values()].map(({ view }) => standing(view));
  const counts = TROUBLES.map(([kind, words]) => [stands.filter((each) => each === kind).length, words]);
  return counts.flatMap(([count, words]) => (count === 0 ? [] : [`${count} ${words}`])).join(', ');
}

const TROUBLES: readonly (readonly [Standing, string])[] = [
  ['error', 'in error'],
  ['unknown', 'unknown'],
  ['absent', 'without a process'],
];

function headLines(picture: Picture, options: StatusOptions, view: View): readonly string[] {
  return [
    titleLine(picture, options, view),
    ...operationLines(picture, options, view),
    ...noticeLines(picture, view),
    ...(options.inUse ? [cut(printable(`in use: ${options.inUse}`), view.width)] : []),
    ...allowedLines(picture, view),
  ];
}

/** Name, state and run; on a narrow screen the machine, which never changes, is left out first. */
function titleLine(picture: Picture, options: StatusOptions, { paint, width: limit }: View): string {
  const { partition } = picture;
  const unclean = partition.run?.status === 'RUN_STATUS_UNCLEAN';
  const state = partition.state === '' ? 'unknown' : partition.state;
  const all: readonly (readonly [Tone, string])[] = [
    ['strong', partition.name],
    [stateTone(partition.state), state],
    ['bad', troubleWords(picture)],
    [unclean ? 'bad' : 'plain', runWords(partition.run, options.wallMs)],
    ['quiet', partition.machine],
  ];
  const parts = all.filter(([, text]) => text !== '');
  const fits = limit === undefined || width(parts.map(([, text]) => text).join(BETWEEN)) <= limit;
  const shown = fits ? parts : parts.slice(0, -1);
  return shown.map(([tone, text]) => paint(tone, text)).join(paint('quiet', BETWEEN));
}

const BETWEEN = ' · ';

function operationLines(picture: Picture, options: StatusOptions, view: View): readonly string[] {
  const { operation } = picture.partition;
  if (operation === null) return [];
  const succeeded = operation.status === 'OPERATION_STATUS_SUCCEEDED';
  const tone: Tone = isOpen(operation) ? 'doing' : succeeded ? 'quiet' : 'bad';
  const texts = isOpen(operation)
    ? openOperationWords(operation, picture.targets, options.wallMs)
    : [`last: ${operationWords(operation, options.wallMs)}`];
  return texts.map((text) => view.paint(tone, cut(printable(text), view.width)));
}

/** What concerns the partition as a whole: never cut where there is a second line for it. */
function noticeLines({ partition }: Picture, view: View): readonly string[] {
  return partition.notices.flatMap((notice) =>
    wrapped(`! ${printable(notice)}`, view.width).map((line) => view.paint('bad', line)),
  );
}

function allowedLines(picture: Picture, view: View): readonly string[] {
  const { allowedNow } = picture.partition;
  if (allowedNow.length === 0) return [];
  return [view.paint('quiet', cut(`allowed now: ${allowedNow.join(', ')}`, view.width))];
}
