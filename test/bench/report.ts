// The figures for people: a table, then what was aimed at and what it is.

import type { Comparison, Figures } from './compare.ts';
import { WAYS, type Way } from './messages.ts';

/** Number of targets for which there are aims. */
const AIMED_AT_TARGETS = 1_000;

/** What the first release aims at. */
export const AIMS = { overFloor: 1.25, overBare: 2, cpuOverBare: 1.5 } as const;

export type Ratios = {
  /** Wall time of the product over that of the floor, and over that of the bare streams. */
  readonly overFloor: number;
  readonly overBare: number;
  /** The coordinator's processor time over the bare client's, and over the floor's. */
  readonly cpuOverBare: number;
  readonly cpuOverFloor: number;
};

/** The product against the two others, by medians. */
export function ratiosOf({ ways: { product, floor, bare } }: Comparison): Ratios {
  return {
    overFloor: product.wallMs.median / floor.wallMs.median,
    overBare: product.wallMs.median / bare.wallMs.median,
    cpuOverBare: product.clientCpuUs.median / bare.clientCpuUs.median,
    cpuOverFloor: product.clientCpuUs.median / floor.clientCpuUs.median,
  };
}

const WORDS: Readonly<Record<Way, string>> = {
  product: 'baton',
  floor: 'equal-duty floor',
  bare: 'bare streams',
};

/** One comparison as lines. */
export function linesOf(comparison: Comparison): readonly string[] {
  const { targets, operations } = comparison;
  const rows = [HEAD, ...WAYS.map((way) => row(WORDS[way], comparison.ways[way]))];
  return [
    `${targets} targets, ${operations} operations each`,
    ...aligned(rows),
    '',
    ...ratioLines(comparison),
  ];
}

const HEAD = ['', 'wall ms', 'p10', 'p95', 'client µs/target', 'hosts µs/target'];

function row(name: string, { wallMs, clientCpuUs, hostsCpuUs }: Figures): string[] {
  return [
    name,
    wallMs.median.toFixed(1),
    wallMs.p10.toFixed(1),
    wallMs.p95.toFixed(1),
    clientCpuUs.median.toFixed(1),
    hostsCpuUs.median.toFixed(1),
  ];
}

function ratioLines(comparison: Comparison): readonly string[] {
  const ratios = ratiosOf(comparison);
  const line = (words: string, ratio: number, aim?: number): string[] => [
    words,
    `${ratio.toFixed(2)}x`,
    aim === undefined || comparison.targets !== AIMED_AT_TARGETS ? '' : verdict(ratio, aim),
  ];
  return aligned([
    line('wall time over the floor', ratios.overFloor, AIMS.overFloor),
    line('wall time over bare streams', ratios.overBare, AIMS.overBare),
    line("coordinator's processor time over the bare client's", ratios.cpuOverBare, AIMS.cpuOverBare),
    line("coordinator's processor time over the floor's", ratios.cpuOverFloor),
  ]);
}

function verdict(ratio: number, aim: number): string {
  return ratio <= aim ? `aim ${aim}x met` : `aim ${aim}x missed`;
}

/** Cells under each other: the first column to the left, the others to the right. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`.trimEnd(),
  );
}
