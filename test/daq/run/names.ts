// Where things lie in the data folder, and who is who.

import { join } from 'node:path';

export const ROLES = ['trigger', 'readout', 'builder', 'writer'] as const;

export type Role = (typeof ROLES)[number];

/** `readout-2`: as people and files name a process. */
export function processName(role: Role, ordinal: number): string {
  return `${role}-${ordinal}`;
}

/** Names of the `count` processes of a role. */
export function processNames(role: Role, count: number): readonly string[] {
  return Array.from({ length: count }, (_, ordinal) => processName(role, ordinal));
}

/** The ordinal in a name such as `readout-2`; undefined when it names no process of that role. */
export function ordinalOf(role: Role, name: string): number | undefined {
  const digits = name.startsWith(`${role}-`) ? name.slice(role.length + 1) : '';
  return /^\d{1,5}$/.test(digits) ? Number(digits) : undefined;
}

/** The file in which a process tells the port on which it takes data. */
export function portPath(dataDir: string, name: string): string {
  return join(dataDir, 'ports', name);
}

/** The folder with the ledgers of one run. */
export function ledgerFolder(dataDir: string, run: number): string {
  return join(dataDir, 'ledgers', runName(run));
}

/** The ledger of one process for one run. */
export function ledgerPath(dataDir: string, run: number, name: string): string {
  return join(ledgerFolder(dataDir, run), `${name}.ledger`);
}

/** The files of one run, in the order in which they come into being. */
export function runPaths(dataDir: string, run: number): { raw: string; part: string; hdf5: string } {
  const base = join(dataDir, runName(run));
  return { raw: `${base}.raw`, part: `${base}.hdf5.part`, hdf5: `${base}.hdf5` };
}

function runName(run: number): string {
  return `run-${String(run).padStart(6, '0')}`;
}
