import { expect, test } from 'vitest';
import { pictureOf } from '../../coordinator/cli/picture.ts';
import {
  operationDetailLines,
  operationLines,
  runLines,
  stepLines,
} from '../../coordinator/cli/show/lists.ts';
import { outcomeLines } from '../../coordinator/cli/show/outcome.ts';
import { type Paint, painter } from '../../coordinator/cli/show/paint.ts';
import { progressLines } from '../../coordinator/cli/show/progress.ts';
import { statusLines } from '../../coordinator/cli/show/status.ts';
import { tableLines, type View, width } from '../../coordinator/cli/show/table.ts';
import { age, took } from '../../coordinator/cli/show/time.ts';
import type { Partition__Output } from '../../protos/generated/baton/v1/Partition.ts';
import type { Run__Output } from '../../protos/generated/baton/v1/Run.ts';
import type { TargetView__Output } from '../../protos/generated/baton/v1/TargetView.ts';
import { operation, partition, step, target, WALL_MS } from './fixtures.ts';

const plain: Paint = painter(false);
/** Tones as words, so that a transcript shows what a terminal would colour. */
const named: Paint = (tone, text) => (tone === 'plain' ? text : `<${tone}>${text}</>`);

const WIDTHS = [80, 200];

const run: Run__Output = {
  number: 5,
  status: 'RUN_STATUS_OPEN',
  cause: '',
  startedAtMs: WALL_MS - 14_000,
  endedAtMs: 0,
};

const troubled = partition({
  state: 'mixed',
  run: { ...run, status: 'RUN_STATUS_UNCLEAN', cause: 'readout-2 was lost', endedAtMs: WALL_MS - 1_000 },
  operation: operation({
    status: 'OPERATION_STATUS_FAILED',
    cause: 'readout-2 did not execute start',
    step: 1,
    wave: 2,
    finishedAtMs: WALL_MS - 3_000,
  }),
  targets: [
    target('trigger-0', { state: 'configured' }),
    target('readout-0', { state: 'ready', doing: 'drain_dataflow', sinceMs: 400 }),
    target('readout-1', { state: 'configured', inError: true, trouble: 'start failed: no link on fibre 3' }),
    target('readout-2', { connected: false, state: '', trouble: '', sinceMs: 3_723_000 }),
    target('readout-3', { attached: false, state: '', sinceMs: 250_000 }),
    target('builder-0', { state: 'ready', leaving: true }),
    target('builder-1', { state: 'ready', excluded: true }),
    target('writer-0', { state: '', trouble: 'its memory was lost beside a living process \u001b[31m\nx' }),
  ],
});

const KILLED = 'the process was OOMKilled 12 s ago, 3 restarts';

const clustered = partition({
  targets: [
    target('trigger-0', { node: 'daq-west-01' }),
    target('readout-0', { node: 'daq-east-01', podDetail: KILLED }),
    target('readout-1', {
      node: 'daq-east-02',
      inError: true,
      trouble: `gone: ${KILLED}`,
      podDetail: KILLED,
    }),
    target('writer-0', {
      connected: false,
      state: '',
      trouble: 'its address is not known yet',
      podDetail: 'unschedulable: 0/2 nodes are available, 2 Insufficient cpu',
    }),
  ],
});

const startingOperation = operation({
  status: 'OPERATION_STATUS_OPEN',
  step: 1,
  wave: 2,
  acceptedAtMs: WALL_MS - 4_200,
  finishedAtMs: 0,
});

const starting = partition({
  state: 'mixed',
  operation: startingOperation,
  run,
  targets: partition().targets.map((view) =>
    view.segment === 'writer' || view.segment === 'builder' || view.target === 'readout-0'
      ? { ...view, state: 'ready', sinceMs: 900 }
      : { ...view, state: 'configured', doing: view.segment === 'readout' ? 'start' : '', sinceMs: 2_100 },
  ),
});

const many = partition({
  targets: Array.from({ length: 150 }, (_, at) =>
    target(`readout-${at}`, at % 40 === 7 ? { connected: false, state: '' } : {}),
  ).concat(target('writer-0')),
  run,
});

/** 300 targets by segment and ordinal. */
function threeHundred(of: (segment: string, ordinal: number) => Partial<TargetView__Output>) {
  const members = Object.entries({ trigger: 4, readout: 280, builder: 12, writer: 4 });
  return members.flatMap(([segment, count]) =>
    Array.from({ length: count }, (_, at) => target(`${segment}-${at}`, of(segment, at))),
  );
}

const LINK = 'start failed: no link on fibre 3, crate 12: the receiver of lane 2 has lost its clock';

const inWave = partition({
  state: 'mixed',
  run,
  allowedNow: [],
  operation: {
    ...startingOperation,
    steps: startingOperation.steps.map(({ transition }) =>
      step(transition, ['configured', 'ready'], { writer: 4, builder: 12, readout: 280, trigger: 4 }),
    ),
  },
  targets: threeHundred((segment, at) => {
    if (segment === 'trigger') return { state: 'configured' };
    if (segment !== 'readout' || at % 7 === 3) return { state: 'ready', sinceMs: 900 };
    if (at === 11) return { state: 'configured', inError: true, trouble: LINK };
    if (at === 200) return { connected: false, state: '' };
    return { state: 'configured', doing: 'start', sinceMs: 2_100 };
  }),
});

const mostlyLost = partition({
  state: 'unknown',
  run: { ...run, status: 'RUN_STATUS_UNCLEAN', cause: 'readout-0 was lost' },
  allowedNow: [],
  targets: threeHundred((segment, at) => {
    if (segment === 'readout' && at < 200) return { connected: false, state: '' };
    if (at % 9 > 0) return {};
    return { state: 'ready', inError: true, trouble: `drain failed: ${at} fragments in flight` };
  }),
});

function status(of: Partition__Output, view: View, wide = false): string {
  return statusLines(pictureOf(of, 3, 0), { nowMs: 0, wallMs: WALL_MS, wide }, view).join('\n');
}

test.each(WIDTHS)('status is told in %i columns', async (columns) => {
  const view = { paint: plain, width: columns, height: 24 };
  const told = [
    ['running', status(partition({ run, operation: operation() }), view)],
    ['a start in its third wave', status(starting, view)],
    ['in trouble', status(troubled, view)],
    ['wide', status(troubled, view, true)],
    ['in a cluster', status(clustered, view)],
    ['in a cluster, wide', status(clustered, view, true)],
    ['in a cluster, folded', status(clustered, { ...view, height: 6 })],
    ['151 targets on 24 rows', status(many, view)],
    ['151 targets on 12 rows', status(many, { ...view, height: 12 })],
    ['300 targets in a wave on 24 rows', status(inWave, view)],
    ['300 targets, most of them lost, on 24 rows', status(mostlyLost, view)],
    ['300 targets, most of them lost, on 16 rows', status(mostlyLost, { ...view, height: 16 })],
    ['no targets', status(partition({ targets: [], state: 'unknown', allowedNow: [] }), view)],
  ];
  await expect(titled(told)).toMatchFileSnapshot(`../testdata/cli/status-${columns}.txt`);
});

test('what concerns the partition as a whole stands above the targets, in as many lines as it needs', () => {
  const notice = 'node east is cordoned under readout-1, writer-0: a drain waits until the run is stopped';
  const told = partition({ notices: [notice] });
  const at = (width?: number) => {
    const view = { paint: plain, ...(width === undefined ? {} : { width }) };
    return statusLines(pictureOf(told, 1, 0), { nowMs: 0, wallMs: WALL_MS, wide: false }, view);
  };
  expect(at()[1]).toBe(`! ${notice}`);
  expect(at(60).slice(1, 3)).toEqual([
    '! node east is cordoned under readout-1, writer-0: a drain',
    '  waits until the run is stopped',
  ]);
});

test('status says by colour only what it says by words', async () => {
  const view = { paint: named, width: 120 };
  const told = [
    ['a start in its third wave', status(starting, view)],
    ['in trouble', status(troubled, view)],
  ];
  await expect(titled(told)).toMatchFileSnapshot('../testdata/cli/status-tones.txt');
});

test.each(WIDTHS)('operations and runs are told in %i columns', async (columns) => {
  const view = { paint: plain, width: columns };
  const failed = operation({
    number: 5,
    id: 'op-2',
    title: 'sequence stop_run',
    status: 'OPERATION_STATUS_FAILED',
    step: 0,
    cause: 'readout-1 did not execute conf',
    troubles: [
      {
        target: 'readout-1',
        step: 0,
        transition: 'conf',
        kind: 'failed',
        cause: 'no link on fibre 3',
        excluded: false,
      },
      { target: 'readout-3', step: 0, transition: 'conf', kind: 'unknown', cause: '', excluded: true },
    ],
  });
  const all = [operation({ status: 'OPERATION_STATUS_OPEN', finishedAtMs: 0 }), failed, operation()];
  const runs: Run__Output[] = [
    run,
    { ...run, number: 4, status: 'RUN_STATUS_UNCLEAN', cause: 'readout-2 was lost', endedAtMs: WALL_MS },
    { ...run, number: 3, status: 'RUN_STATUS_CLEAN', endedAtMs: WALL_MS + 4_000_000 },
  ];
  const told = [
    ['operations', operationLines(all, { wallMs: WALL_MS, wide: false }, view).join('\n')],
    ['operations, wide', operationLines(all, { wallMs: WALL_MS, wide: true }, view).join('\n')],
    ['no operations', operationLines([], { wallMs: WALL_MS, wide: false }, view).join('\n')],
    ['one operation', operationDetailLines(failed, WALL_MS, view).join('\n')],
    ['a plan', stepLines(operation(), view).join('\n')],
    ['a plan of nothing', stepLines(operation({ steps: [] }), view).join('\n')],
    ['runs', runLines(runs, { wallMs: WALL_MS }, view).join('\n')],
    ['no runs', runLines([], { wallMs: WALL_MS }, view).join('\n')],
  ];
  await expect(titled(told)).toMatchFileSnapshot(`../testdata/cli/lists-${columns}.txt`);
});

test('the end of a command says what happened, what is true now, what to do next', async () => {
  const view = { paint: plain };
  const failed = troubled.operation ?? operation();
  const troubles = Array.from({ length: 8 }, (_, at) => ({
    target: `readout-${at}`,
    step: 1,
    transition: 'start',
    kind: at === 0 ? 'failed' : 'unknown',
    cause: at === 0 ? 'no link on fibre 3' : '',
    excluded: at === 7,
  }));
  const cause = 'no process is attached';
  const absent = { target: 'writer-0', step: 0, transition: '', kind: 'absent', cause, excluded: true };
  const cancelled = operation({ status: 'OPERATION_STATUS_CANCELLED', cause: 'an operator asked' });
  const ends = [
    ['done', operation(), partition({ run })],
    ['nothing to do', operation({ steps: [] }), partition({ run })],
    ['done without two', operation({ troubles: [...troubles.slice(7), absent] }), partition({ run })],
    ['failed', { ...failed, troubles }, troubled],
    ['failed in the last wave of a step', { ...failed, troubles, step: 2, wave: 0 }, troubled],
    ['cancelled', cancelled, starting],
    ['cancelled between two steps', { ...cancelled, wave: 0 }, starting],
  ] as const;
  const told = ends.map(([title, ended, now]) => [
    title,
    outcomeLines(ended, pictureOf(now, 3, 0), ['stop_run', 'shutdown'], view).join('\n'),
  ]);
  await expect(titled(told)).toMatchFileSnapshot('../testdata/cli/outcome.txt');
});

test('progress marks the present step and names who is awaited', async () => {
  const { targets } = pictureOf(starting, 3, 0);
  const told = [
    ['third wave of start', { lost: '' }, startingOperation],
    ['lost', { lost: 'no coordinator answers at 127.0.0.1:7400' }, startingOperation],
    ['cancelled', { lost: '' }, { ...startingOperation, cancelRequested: true }],
  ] as const;
  const lines = told.map(([title, { lost }, shown]) => [
    title,
    progressLines(shown, targets, { wallMs: WALL_MS, lost }, { paint: named, width: 100 }).join('\n'),
  ]);
  await expect(titled(lines)).toMatchFileSnapshot('../testdata/cli/progress.txt');
});

test('no line is wider than the screen and none ends in a space', () => {
  for (const columns of [40, 80, 200]) {
    for (const each of [partition({ run }), starting, troubled, many, inWave, mostlyLost]) {
      const lines = status(each, { paint: plain, width: columns, height: 24 }).split('\n');
      expect(lines.length).toBeLessThanOrEqual(23);
      for (const line of lines) {
        expect(width(line), line).toBeLessThanOrEqual(Math.max(columns, 80));
        expect(line).toBe(line.trimEnd());
      }
    }
  }
});

test('columns line up, numbers to the right, and an empty column is left out', () => {
  const head = ['NAME', 'COUNT', 'EMPTY', 'REMARK'];
  const rows = [
    [{ text: 'a' }, { text: '5', align: 'right' as const }, { text: '' }, { text: 'x' }],
    [{ text: 'longer' }, { text: '12345678', align: 'right' as const }, { text: '' }, { text: '' }],
  ];
  expect(tableLines({ head, rows }, { paint: plain })).toEqual([
    'NAME       COUNT  REMARK',
    'a              5  x',
    'longer  12345678',
  ]);
});

test.each([
  [0, '0 s', '0.0 s'],
  [59_999, '59 s', '60.0 s'],
  [61_000, '1 min 01 s', '1 min 01 s'],
  [3_600_000, '1 h 00 min', '1 h 00 min'],
  [90_000_000, '1 d 1 h', '1 d 1 h'],
  [-5, '0 s', '0.0 s'],
])('%i ms are %s', (milliseconds, shownAge, shownTook) => {
  expect([age(milliseconds), took(milliseconds)]).toEqual([shownAge, shownTook]);
});

function titled(parts: readonly (readonly string[])[]): string {
  return parts.map(([title, text]) => `---- ${title}\n${text}\n`).join('\n');
}

test('of an operation of long ago the steps are shown, and that its waves are forgotten', () => {
  const whole = operation();
  const summary = { ...whole, steps: whole.steps.map((step) => ({ ...step, waves: [] })) };
  const view: View = { paint: plain };
  expect(stepLines(summary, view)).toEqual([
    'conf → start → enable_triggers',
    'its waves, and all but the first troubles, are no longer remembered',
  ]);
  const [, row] = operationLines([summary], { wallMs: WALL_MS, wide: true }, view);
  expect(row).toContain('conf → start → enable_triggers');
  expect(row).not.toContain('0 waves');
});
