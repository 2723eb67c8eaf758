// All that is wrong with a machine as a person wrote it: its shape, and at once whatever can be said of the rest.

import type { FieldPath } from '../../protos/machine/fieldPath.ts';
import { splitPath } from '../../protos/machine/fieldPath.ts';
import { machineSchema } from '../../protos/machine/parse.ts';
import { type Fault, parseShape } from '../../protos/machine/shape.ts';
import type { Machine } from '../../protos/machine/table.ts';
import { validateMachine, validateParts } from '../../protos/machine/validate.ts';
import { isWithin, repair } from './repair.ts';

/** A machine, or all its faults, with paths from the machine itself. */
export type ReadTable = {
  /** The machine as far as it can be read, and only with faults that change none of its ways. */
  readonly machine: Machine | undefined;
  readonly faults: readonly Fault[];
};

/** Reads a machine from YAML or JSON that is parsed already. */
export function readTable(raw: unknown): ReadTable {
  const shape = parseShape<Machine>(machineSchema, raw);
  const shapeFaults = 'faults' in shape ? shape.faults : [];
  const repaired = repair<Machine>(machineSchema, raw, standIn);
  if (repaired === undefined) return { machine: undefined, faults: shapeFaults };
  const { value, unread } = repaired;
  const waysKnown = !unread.some(changesWays);
  const problems = waysKnown ? validateMachine(value) : validateParts(value);
  const more = problems.map((problem) => ({ ...problem, path: splitPath(problem.path) }));
  const faults = [...shapeFaults, ...more.filter(({ path }) => !isWithin(path, unread.map(widened)))];
  return { machine: waysKnown && more.length === 0 ? value : undefined, faults };
}

/** Harmless values in place of what a machine must have. */
function standIn(path: FieldPath): unknown {
  const [part, at, key, argumentAt, argumentKey] = path;
  if (at === undefined) return part === 'states' || part === 'transitions' ? [] : standInName(part);
  const name = `unread_${at}`;
  if (key === undefined) return WHOLE[String(part)]?.(name);
  if (key === 'arguments' && argumentAt !== undefined) {
    // Its values follow from its type: it is read as a whole or not at all.
    return argumentKey === undefined ? { name: `unread_${argumentAt}`, type: 'boolean' } : undefined;
  }
  if (path.length > 3) return undefined;
  return { name, from: [], timeoutMs: 1, steps: [] }[String(key)];
}

function standInName(part: FieldPath[number] | undefined): string | undefined {
  return part === 'name' || part === 'initial' ? 'unread' : undefined;
}

const WHOLE: Readonly<Record<string, (name: string) => unknown>> = {
  states: (name) => ({ name }),
  transitions: (name) => ({ name, from: [], timeoutMs: 1 }),
  sequences: (name) => ({ name, steps: [] }),
};

/** What must be known before anybody can say which ways lead through the table. */
const WAYS: Readonly<Record<string, readonly string[]>> = {
  states: ['name', 'inRun', 'rest'],
  transitions: ['name', 'from', 'to', 'stopPath'],
};

function changesWays([part, , key]: FieldPath): boolean {
  if (part === 'initial') return true;
  const keys = WAYS[String(part)];
  return keys !== undefined && (key === undefined || keys.includes(String(key)));
}

/** A step of a sequence that cannot be read leaves nothing to say of the sequence. */
function widened(path: FieldPath): FieldPath {
  return path[0] === 'sequences' ? path.slice(0, 2) : path;
}
