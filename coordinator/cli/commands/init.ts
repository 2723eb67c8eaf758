import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { BUILTIN_MACHINES, builtinMachine } from '../../../protos/machine/builtin.ts';
import { list } from '../../../protos/machine/show.ts';
import type { Machine } from '../../../protos/machine/table.ts';
import { partitionJsonSchema } from '../../document/schema.ts';
import { templateLines } from '../../document/template.ts';
import { type Context, give } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';

export type InitFlags = { readonly file: string; readonly machine: string; readonly force?: true };

/** `baton init`: a document that `baton up` takes as it is. Throws RunControlError MALFORMED when it will not write. */
export async function init(context: Context, { file, machine: name, force }: InitFlags): Promise<ExitCode> {
  const { world } = context;
  const machine = builtinMachine(name);
  if (machine === undefined) {
    throw new RunControlError('MALFORMED', `there is no machine ${name}; there are ${list(names())}`);
  }
  const path = resolve(world.directory, file);
  if (existsSync(path) && force !== true) {
    throw new RunControlError(
      'MALFORMED',
      `${file} is there already: nothing was written; --force replaces it`,
    );
  }
  write(path, file, `${initialDocument(machine).join('\n')}\n`);
  const [sequence] = machine.sequences;
  await give(context, { file: path, machine: name }, () => [
    `${file} is written: a partition with machine ${name}, whose processes are stand-ins that obey and do nothing`,
    `next: baton up -f ${file}   (then, in another terminal: baton send ${sequence?.name ?? ''} · baton watch)`,
    '      put the command of your own process in the place of a stand-in, one after the other',
  ]);
  return EXIT.done;
}

/** The lines of the document. */
export function initialDocument(machine: Machine): readonly string[] {
  const command = ['baton', 'stand-in', '--port', '{port}', '--state', machine.initial];
  const members = SEGMENTS[machine.name] ?? { process: 2 };
  const values = {
    apiVersion: 'baton.dev/v1alpha1',
    kind: 'Partition',
    metadata: { name: 'mine' },
    spec: {
      machine: machine.name,
      segments: Object.entries(members).map(([name, count]) => ({
        name,
        members: count,
        process: { command },
      })),
    },
  };
  return [...HEAD, ...templateLines(partitionJsonSchema(), values)];
}

const HEAD = [
  '# A partition, written by: baton init. What is commented out has the value that holds without it.',
  '# Its processes are stand-ins, which obey and do nothing: put the command of your own in the place of each.',
  `# Machines that come with Baton: ${names().join(', ')}; see one with: baton machine draw dune`,
  '# Check it with: baton machine check FILE. For your editor: baton schema',
];

/** Segments that have a place in the orders of the built-in machines. */
const DAQ = { trigger: 1, readout: 2, builder: 1, writer: 1 };
const SEGMENTS: Readonly<Record<string, Readonly<Record<string, number>>>> = { dune: DAQ, occ: DAQ };

function names(): readonly string[] {
  return BUILTIN_MACHINES.map(({ name }) => name);
}

function write(path: string, file: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    const problems = [{ path: file, want: 'a file that can be written', got }];
    throw new RunControlError('MALFORMED', 'cannot write the document', { cause, problems });
  }
}
