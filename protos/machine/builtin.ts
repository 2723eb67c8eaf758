import { dune } from './dune.ts';
import { minimal } from './minimal.ts';
import { occ } from './occ.ts';
import type { Machine } from './table.ts';

/** The machines that come with Baton, in the order in which they are listed. */
export const BUILTIN_MACHINES: readonly Machine[] = [dune, occ, minimal];

/** The built-in machine of that name, or undefined. */
export function builtinMachine(name: string): Machine | undefined {
  return BUILTIN_MACHINES.find((machine) => machine.name === name);
}
