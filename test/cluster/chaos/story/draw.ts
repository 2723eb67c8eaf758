// What may be drawn, how often, and for how many steps.

import type { Act, BadHook, Command, Cut, Trouble } from './acts.ts';
import { type Model, READOUTS } from './model.ts';

/** One of several, or a number, from the story's one source of chance. */
export type Chance = {
  readonly oneOf: <T>(choices: readonly [T, ...T[]]) => T;
  /** A whole number of `from` … `to`. */
  readonly between: (from: number, to: number) => number;
};

export type Place = {
  readonly targets: readonly [string, ...string[]];
  readonly nodes: readonly [string, ...string[]];
};

/** One kind of trouble. */
export type Kind = {
  readonly weight: number;
  /** Steps that it stands, at least and at most. */
  readonly lasts: readonly [number, number];
  readonly draw: (chance: Chance, place: Place) => Trouble;
};

const WHOSE = ['process', 'sidecar'] as const;

/** The transitions of `dune` that a run takes. */
const OF_A_RUN = [
  'conf',
  'start',
  'enable_triggers',
  'disable_triggers',
  'drain_dataflow',
  'stop_trigger_sources',
  'stop',
] as const;

/** Those whose time is nobody's grace. */
const EDITED = ['conf', 'start', 'enable_triggers'] as const;

const BAD = ['slow', 'slow', 'hang', 'refuse', 'fail', 'dropAnswer', 'crash'] as const;
const CUT = ['controlIn', 'controlOut', 'control', 'all'] as const satisfies readonly Cut[];

/** Every kind of trouble by its name. */
export const TROUBLES: Readonly<Record<Trouble['kind'], Kind>> = {
  kill: {
    weight: 14,
    lasts: [2, 2],
    draw: ({ oneOf }, { targets }) => ({ kind: 'kill', whose: oneOf(WHOSE), target: oneOf(targets) }),
  },
  pause: {
    weight: 10,
    lasts: [1, 2],
    draw: ({ oneOf }, { targets }) => ({ kind: 'pause', whose: oneOf(WHOSE), target: oneOf(targets) }),
  },
  deletePod: {
    weight: 9,
    lasts: [3, 3],
    draw: ({ oneOf }, { targets }) => ({
      kind: 'deletePod',
      target: oneOf(targets),
      how: oneOf(['inOrder', 'inOrder', 'now', 'byForce']),
    }),
  },
  deleteAll: { weight: 2, lasts: [6, 6], draw: () => ({ kind: 'deleteAll' }) },
  killCoordinator: {
    weight: 7,
    lasts: [2, 2],
    draw: ({ oneOf }) => ({ kind: 'killCoordinator', which: oneOf(['leader', 'leader', 'standby']) }),
  },
  pauseLeader: { weight: 5, lasts: [1, 3], draw: () => ({ kind: 'pauseLeader' }) },
  deleteLeader: { weight: 4, lasts: [2, 2], draw: () => ({ kind: 'deleteLeader' }) },
  cutLeader: {
    weight: 6,
    lasts: [1, 3],
    draw: ({ oneOf }) => ({ kind: 'cutLeader', from: oneOf(['apiServer', 'sidecars']) }),
  },
  cutPod: {
    weight: 10,
    lasts: [1, 3],
    draw: ({ oneOf }, { targets }) => ({ kind: 'cutPod', target: oneOf(targets), what: oneOf(CUT) }),
  },
  badHook: {
    weight: 10,
    lasts: [2, 4],
    draw: ({ oneOf }, { targets }) => {
      const bad: BadHook = { transition: oneOf(OF_A_RUN), how: oneOf(BAD) };
      return { kind: 'badHook', target: oneOf(targets), bad };
    },
  },
  cordon: {
    weight: 5,
    lasts: [3, 5],
    draw: ({ oneOf }, { nodes }) => ({
      kind: 'cordon',
      node: oneOf(nodes),
      drain: oneOf([true, true, false]),
    }),
  },
  kubelet: {
    weight: 6,
    lasts: [1, 2],
    draw: ({ oneOf }, { nodes }) => ({
      kind: 'kubelet',
      node: oneOf(nodes),
      how: oneOf(['killed', 'paused']),
    }),
  },
  apiServer: {
    weight: 6,
    lasts: [1, 2],
    draw: ({ oneOf }) => ({ kind: 'apiServer', how: oneOf(['killed', 'paused']) }),
  },
  scaleSet: {
    weight: 2,
    lasts: [3, 5],
    draw: ({ oneOf }) => ({ kind: 'scaleSet', segment: 'readout', from: READOUTS, to: oneOf([3, 5]) }),
  },
};

/** What an operator asks for now, by what they believe of the partition; the same act several times is more likely. */
export function drawCommand(
  { oneOf, between }: Chance,
  { isRunning, readouts }: Model,
  place: Place,
): Command {
  const other = (): Command =>
    oneOf<() => Command>([
      () => lineOf(oneOf(SUBMITTED), true),
      () => lineOf(oneOf(SUBMITTED), true),
      () => lineOf(`goto configured --target ${oneOf(place.targets)}`, true),
      () => lineOf(`recover ${oneOf(place.targets)}`, true),
      () => lineOf(oneOf(LOOKS), false),
      () => lineOf('cancel', false),
      () => lineOf('cancel', false),
      () => ({ kind: 'again', other: oneOf([true, false, false]) }),
      () => ({ kind: 'edit', transition: oneOf(EDITED), seconds: between(10, 14) }),
      () => lineOf(`scale readout ${readouts === READOUTS ? READOUTS - 1 : READOUTS}`, false),
      () => ({ kind: 'rollout', segment: oneOf(['trigger', 'builder', 'writer']) }),
    ])();
  const usual: () => Command = isRunning ? () => lineOf('send stop_run', true) : () => ({ kind: 'begin' });
  return oneOf([usual, usual, usual, other, other, other, () => ({ kind: 'mend' }) as const])();
}

/** Whatever may be submitted, wherever the partition is. */
const SUBMITTED = [
  'send start_run trigger_rate=100',
  'send stop_run',
  'send shutdown',
  'send conf',
  'send start',
  'send enable_triggers trigger_rate=100',
  'send disable_triggers',
  'send change_rate trigger_rate=50',
  'send drain_dataflow',
  'send stop_trigger_sources',
  'send stop',
  'send scrap',
  'goto initial',
  'goto configured',
  'goto running trigger_rate=100',
  'recover',
  'adopt',
] as const;

const LOOKS = [
  'status',
  'operations',
  'runs',
  'plan start_run trigger_rate=100',
  'plan goto initial',
] as const;

function lineOf(line: string, submits: boolean): Command {
  return { kind: 'say', line, submits };
}

/** Kinds of act, the more likely more often. */
export const GROUPS = [
  'trouble',
  'trouble',
  'trouble',
  'trouble',
  'command',
  'command',
  'command',
  'quiet',
] as const;

export type Drawn = { readonly act: Act; readonly lasts: number };
