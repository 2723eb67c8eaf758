// What came of the runs in which something was killed.

import type { Cell } from '../../../coordinator/cli/show/table.ts';

export const VICTIMS = ['coordinator', 'sidecar', 'process'] as const;

/** What is killed: the coordinator, the sidecar of one target, or its process. */
export type Victim = (typeof VICTIMS)[number];

/** A run in which that was killed, and what the verifier found of it. */
export type Outcome = {
  readonly victim: Victim;
  readonly kills: number;
  /** Its number; 0 when it was refused, since something was gone at that moment. */
  readonly run: number;
  readonly clean: boolean;
  /** Why its end is not clean; empty when it is. */
  readonly cause: string;
  readonly readOut: number;
  readonly missing: number;
  readonly double: number;
  readonly corrupt: number;
};

/** Titles of the columns of `tallyRows`. */
export const TALLY_HEAD = [
  'KILLED',
  'KILLS',
  'RUNS',
  'CLEAN',
  'MISSING IN THEM',
  'UNCLEAN',
  'MISSING IN THEM',
  'DOUBLE OR CORRUPT',
];

/** One row for each kind of victim, and one for all. */
export function tallyRows(outcomes: readonly Outcome[]): readonly (readonly Cell[])[] {
  const rows = VICTIMS.map((victim) =>
    row(
      victim,
      outcomes.filter((each) => each.victim === victim),
    ),
  );
  return [...rows, row('all', outcomes)];
}

/** The causes of unclean ends, each with how often it was told. */
export function causes(outcomes: readonly Outcome[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { cause } of outcomes.filter(({ clean }) => !clean)) {
    const kind = cause.replace(/\b[a-z]+-\d+\b/g, 'TARGET');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([cause, count]) => `${count} × ${cause}`);
}

function row(name: string, outcomes: readonly Outcome[]): readonly Cell[] {
  const [clean, unclean] = [outcomes.filter((each) => each.clean), outcomes.filter((each) => !each.clean)];
  const sum = (of: readonly Outcome[], count: (outcome: Outcome) => number) =>
    of.reduce((total, outcome) => total + count(outcome), 0);
  const numbers = [
    sum(outcomes, ({ kills }) => kills),
    outcomes.length,
    clean.length,
    sum(clean, ({ missing }) => missing),
    unclean.length,
    sum(unclean, ({ missing }) => missing),
    sum(outcomes, ({ double, corrupt }) => double + corrupt),
  ];
  return [{ text: name }, ...numbers.map((number): Cell => ({ text: String(number), align: 'right' }))];
}
