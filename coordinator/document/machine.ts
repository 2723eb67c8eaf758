// Which machine a document means, brought to what its targets will obey.

import { BUILTIN_MACHINES, builtinMachine } from '../../protos/machine/builtin.ts';
import { didYouMean } from '../../protos/machine/nearest.ts';
import type { Fault } from '../../protos/machine/shape.ts';
import { list, show } from '../../protos/machine/show.ts';
import type { Machine } from '../../protos/machine/table.ts';
import type { DraftMachine } from './draft.ts';
import { readText, under } from './files.ts';
import { malformed } from './malformed.ts';
import { readTable } from './table.ts';
import { type LinedProblem, readYaml } from './yaml.ts';

/** A machine as chosen, or what is wrong: faults of the document, and problems of the machine's own file. */
export type ChosenMachine = {
  readonly machine: Machine | undefined;
  /** The table stands in the document itself, so its orders may name only segments of the document. */
  readonly isInline: boolean;
  readonly faults: readonly Fault[];
  readonly problems: readonly LinedProblem[];
};

/**
 * The machine that `choice`, which stands at `spec.machine`, means. Files are taken from `directory`; undefined:
 * there are none.
 */
export async function chooseMachine(
  choice: DraftMachine,
  directory: string | undefined,
): Promise<ChosenMachine> {
  const found = { machine: undefined, isInline: false, faults: [], problems: [] };
  if (typeof choice === 'string') {
    const machine = builtinMachine(choice);
    return machine === undefined ? { ...found, faults: [unknownName(choice)] } : { ...found, machine };
  }
  if ('file' in choice) {
    if (directory === undefined) return { ...found, faults: [noFiles(choice.file)] };
    const path = under(directory, choice.file);
    const text = await readText(path);
    if ('got' in text) {
      const fault = {
        path: ['spec', 'machine', 'file'],
        want: text.want,
        got: `${show(choice.file)} (${path}): ${text.got}`,
      };
      return { ...found, faults: [fault] };
    }
    return { ...found, ...parseText(text.text, path) };
  }
  const { machine, faults } = readTable(choice.table);
  const placed = faults.map((fault) => ({ ...fault, path: ['spec', 'machine', ...fault.path] }));
  return { ...found, machine, isInline: true, faults: placed };
}

/**
 * The machine in a file of its own. Throws RunControlError MALFORMED with all problems, each with its line.
 */
export async function readMachine(path: string): Promise<Machine> {
  const text = await readText(path);
  if ('got' in text) throw malformed(path, [{ file: path, line: 0, problem: { path, ...text } }]);
  const { machine, problems } = parseText(text.text, path);
  if (machine === undefined) throw malformed(path, problems);
  return machine;
}

function parseText(
  text: string,
  file: string,
): { readonly machine: Machine | undefined; readonly problems: readonly LinedProblem[] } {
  const source = readYaml(text, file, 'a machine');
  if (source.raw === undefined) return { machine: undefined, problems: source.problems };
  const { machine, faults } = readTable(source.raw);
  const problems = [...source.problems, ...faults.map(source.locate)];
  return { machine: problems.length === 0 ? machine : undefined, problems };
}

function noFiles(file: string): Fault {
  const names = list(BUILTIN_MACHINES.map((machine) => machine.name));
  const want = `a built-in machine (${names}) or the table itself: there are no files in a cluster`;
  return { path: ['spec', 'machine', 'file'], want, got: show(file) };
}

function unknownName(name: string): Fault {
  const names = BUILTIN_MACHINES.map((machine) => machine.name);
  const want = `a built-in machine (${list(names)}), {file: …} or a table${didYouMean(name, names)}`;
  return { path: ['spec', 'machine'], want, got: show(name) };
}
