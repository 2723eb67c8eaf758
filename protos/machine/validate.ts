// xstate accepts a wrong initial state, an unreachable state or a timer of 3,000,000,000 ms in silence; the
// table is checked here before anything is built from it.

import type { Problem } from '../failure/trouble.ts';
import { checkGraph } from './check/graph.ts';
import { checkNames } from './check/names.ts';
import { checkSequences } from './check/sequences.ts';
import { checkSizes } from './check/sizes.ts';
import { checkStopPaths } from './check/stopPaths.ts';
import { checkTransitions } from './check/transitions.ts';
import type { Machine } from './table.ts';

/** All faults of a table, each with the path where it stands; [] when it may be used. */
export function validateMachine(machine: Machine): readonly Problem[] {
  return [
    ...validateParts(machine),
    ...checkGraph(machine),
    ...checkStopPaths(machine),
    ...checkSequences(machine),
  ];
}

/** Those of the faults for which no two parts need be compared: for a table of which some parts are not known. */
export function validateParts(machine: Machine): readonly Problem[] {
  return [...checkSizes(machine), ...checkNames(machine), ...checkTransitions(machine)];
}
