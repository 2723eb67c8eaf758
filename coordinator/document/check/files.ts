import { commandsIn } from '../../../protos/adapter/exec.ts';
import type { FieldPath } from '../../../protos/machine/fieldPath.ts';
import type { Fault } from '../../../protos/machine/shape.ts';
import { show } from '../../../protos/machine/show.ts';
import type { Draft } from '../draft.ts';
import { fileFault, under } from '../files.ts';

type Kind = Parameters<typeof fileFault>[1];
type Wanted = {
  readonly path: FieldPath;
  readonly written: string;
  readonly file: string;
  readonly kind: Kind;
};

/** Endings by which the second word of a command is known as a script: `node`, `python3` take one. */
const SCRIPT = /\.(ts|mts|js|mjs|cjs|py|sh)$/;

/** Files that the processes of a document need and that are not there. */
export async function checkFiles(draft: Draft, directory: string): Promise<readonly Fault[]> {
  const wanted = draft.segments.flatMap((_, at) => [...filesOf(draft, at, directory)]);
  const faults = await Promise.all(wanted.map(faultOf));
  return faults.flat();
}

function* filesOf({ segments }: Draft, at: number, directory: string): Generator<Wanted> {
  const segment = ['spec', 'segments', at];
  const shape = segments[at]?.shape;
  if (shape?.process !== undefined) {
    const { command, workingDirectory } = shape.process;
    const path = [...segment, 'process'];
    const within = under(directory, workingDirectory ?? '.');
    yield* directoryOf([...path, 'workingDirectory'], workingDirectory, within);
    yield* programOf([...path, 'command'], command, within);
  }
  if (shape?.adapter.type === 'exec') {
    const { workingDirectory } = shape.adapter;
    const path = [...segment, 'adapter'];
    const within = under(directory, workingDirectory ?? '.');
    yield* directoryOf([...path, 'workingDirectory'], workingDirectory, within);
    for (const { path: at, command } of commandsIn(shape.adapter)) {
      yield* programOf([...path, ...at], command, within);
    }
  }
}

function* directoryOf(path: FieldPath, written: string | undefined, file: string): Generator<Wanted> {
  if (written !== undefined && isFixed(file)) yield { path, written, file, kind: 'directory' };
}

function* programOf(path: FieldPath, command: readonly string[], within: string): Generator<Wanted> {
  const [program = '', script = ''] = command;
  if (program.includes('/') && isFixed(within + program)) {
    yield { path: [...path, 0], written: program, file: under(within, program), kind: 'program' };
  }
  if (SCRIPT.test(script) && isFixed(within + script)) {
    yield { path: [...path, 1], written: script, file: under(within, script), kind: 'file' };
  }
}

/** With a placeholder it is another file for each member, and perhaps one that is made later. */
function isFixed(text: string): boolean {
  return !text.includes('{');
}

async function faultOf({ path, written, file, kind }: Wanted): Promise<readonly Fault[]> {
  const fault = await fileFault(file, kind);
  if (fault === undefined) return [];
  const at = written === file ? '' : ` (${file})`;
  return [{ path, want: fault.want, got: `${show(written)}${at}: ${fault.got}` }];
}
