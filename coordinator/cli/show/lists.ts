// What has been: operations, one operation in full, runs.

import type { Operation__Output } from '../../../protos/generated/baton/v1/Operation.ts';
import type { Run__Output } from '../../../protos/generated/baton/v1/Run.ts';
import { count, isSummary, planLine, statusWord } from './operation.ts';
import type { Tone } from './paint.ts';
import { memberWords } from './ranges.ts';
import { type Cell, cut, printable, tableLines, type View } from './table.ts';
import { age, clockTime, took } from './time.ts';

/** Operations as a table, in the order given; `wide` adds time of day, id, operator and plan. */
export function operationLines(
  operations: readonly Operation__Output[],
  options: { readonly wallMs: number; readonly wide: boolean },
  view: View,
): readonly string[] {
  if (operations.length === 0) return [view.paint('quiet', 'no operations yet')];
  const more = options.wide ? ['ACCEPTED', 'ID', 'OPERATOR', 'PLAN'] : [];
  const head = ['NUMBER', 'OPERATION', 'STATUS', 'RUN', 'AGE', 'TOOK', ...more, 'CAUSE'];
  const rows = operations.map((operation) => operationRow(operation, options));
  const shown = options.wide ? { paint: view.paint } : view;
  return tableLines({ head, rows, gives: [head.length - 1] }, shown);
}

/** One operation with every step and wave and everyone who did not execute. */
export function operationDetailLines(
  operation: Operation__Output,
  wallMs: number,
  view: View,
): readonly string[] {
  const { paint } = view;
  const facts = [
    `number ${operation.number}`,
    operation.runNumber === 0 ? '' : `run ${operation.runNumber}`,
    operation.operator === '' ? '' : `by ${operation.operator}`,
    operation.acceptedAtMs === 0 ? '' : `accepted ${clockTime(operation.acceptedAtMs)}`,
    `took ${took(endOf(operation, wallMs) - operation.acceptedAtMs)}`,
  ];
  const cause = operation.cause === '' ? [] : [paint('bad', printable(operation.cause))];
  return [
    `${paint('strong', operation.title)} ${paint(statusTone(operation), statusWord(operation))}  ${operation.id}`,
    paint('quiet', cut(facts.filter((fact) => fact !== '').join(' · '), view.width)),
    ...cause,
    '',
    ...stepLines(operation, view),
    ...troubleLines(operation, view),
  ];
}

/** The steps and waves of an operation or a plan as a table. */
export function stepLines(operation: Operation__Output, view: View): readonly string[] {
  if (operation.steps.length === 0) return [view.paint('quiet', 'nothing to do')];
  if (isSummary(operation)) {
    const names = operation.steps.map((step) => step.transition).join(' → ');
    return [
      names,
      view.paint('quiet', 'its waves, and all but the first troubles, are no longer remembered'),
    ];
  }
  const rows = operation.steps.flatMap((step, number) =>
    step.waves.map((wave, index): readonly Cell[] => [
      { text: index === 0 ? String(number + 1) : '', align: 'right' },
      { text: index === 0 ? step.transition : '', tone: 'strong' },
      { text: String(index + 1), align: 'right', tone: 'quiet' },
      { text: wave.groups.map((group) => memberWords(group.segment, group.ordinals)).join(' ') },
      { text: [...new Set(wave.groups.map(leads))].join(', '), tone: 'quiet' },
    ]),
  );
  return tableLines({ head: ['STEP', 'TRANSITION', 'WAVE', 'TARGETS', 'LEADS'], rows, gives: [3, 4] }, view);
}

/** Runs as a table, in the order given. */
export function runLines(
  runs: readonly Run__Output[],
  options: { readonly wallMs: number },
  view: View,
): readonly string[] {
  if (runs.length === 0) return [view.paint('quiet', 'no runs yet')];
  const head = ['RUN', 'END', 'STARTED', 'LASTED', 'CAUSE'];
  const rows = runs.map((run): readonly Cell[] => [
    { text: String(run.number), align: 'right' },
    { text: runWord(run), tone: runTone(run) },
    { text: clockTime(run.startedAtMs) },
    { text: took((run.endedAtMs || options.wallMs) - run.startedAtMs), align: 'right' },
    { text: run.cause, tone: 'bad' },
  ]);
  return tableLines({ head, rows, gives: [4] }, view);
}

function operationRow(
  operation: Operation__Output,
  { wallMs, wide }: { readonly wallMs: number; readonly wide: boolean },
): readonly Cell[] {
  const lasted = took(endOf(operation, wallMs) - operation.acceptedAtMs);
  const more: readonly Cell[] = [
    { text: clockTime(operation.acceptedAtMs) },
    { text: operation.id },
    { text: operation.operator },
    { text: planLine(operation), tone: 'quiet' },
  ];
  return [
    { text: String(operation.number), align: 'right' },
    { text: operation.title },
    { text: statusWord(operation), tone: statusTone(operation) },
    { text: operation.runNumber === 0 ? '' : String(operation.runNumber), align: 'right' },
    { text: age(wallMs - operation.acceptedAtMs), align: 'right', tone: 'quiet' },
    { text: lasted, align: 'right' },
    ...(wide ? more : []),
    { text: operation.cause, tone: 'bad' },
  ];
}

function troubleLines(operation: Operation__Output, view: View): readonly string[] {
  if (operation.troubles.length === 0) return [];
  const rows = operation.troubles.map((trouble): readonly Cell[] => [
    { text: trouble.target },
    { text: String(trouble.step + 1), align: 'right' },
    { text: trouble.transition },
    { text: trouble.kind, tone: 'bad' },
    { text: trouble.excluded ? 'went on without it' : '' },
    { text: trouble.cause },
  ]);
  const head = ['TARGET', 'STEP', 'TRANSITION', 'ANSWER', 'POLICY', 'CAUSE'];
  const title = `${count(rows.length, 'target')} did not execute`;
  return ['', view.paint('bad', title), ...tableLines({ head, rows, gives: [5] }, view)];
}

/** Colour of an operation's status. */
export function statusTone(operation: Operation__Output): Tone {
  if (operation.status === 'OPERATION_STATUS_OPEN') return 'doing';
  return operation.status === 'OPERATION_STATUS_SUCCEEDED' ? 'good' : 'bad';
}

function leads({ from, to }: { readonly from: string; readonly to: string }): string {
  if (from === '' && to === '') return 'asks where each stands';
  return from === to ? `stays ${from}` : `${from} → ${to}`;
}

function endOf(operation: Operation__Output, wallMs: number): number {
  return operation.finishedAtMs === 0 ? wallMs : operation.finishedAtMs;
}

function runWord(run: Run__Output): string {
  if (run.status === 'RUN_STATUS_OPEN') return 'goes on';
  return run.status === 'RUN_STATUS_CLEAN' ? 'clean' : 'unclean';
}

function runTone(run: Run__Output): Tone {
  if (run.status === 'RUN_STATUS_OPEN') return 'doing';
  return run.status === 'RUN_STATUS_CLEAN' ? 'good' : 'bad';
}
