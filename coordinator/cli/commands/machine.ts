// Machines and documents; nothing here needs a coordinator.

import { readFile } from 'node:fs/promises';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { BUILTIN_MACHINES, builtinMachine } from '../../../protos/machine/builtin.ts';
import { drawMermaid } from '../../../protos/machine/draw.ts';
import { machineHash } from '../../../protos/machine/hash.ts';
import { didYouMean } from '../../../protos/machine/nearest.ts';
import { list as names } from '../../../protos/machine/show.ts';
import type { Machine } from '../../../protos/machine/table.ts';
import { readMachine } from '../../document/machine.ts';
import { readDocument } from '../../document/parse.ts';
import { partitionJsonSchema } from '../../document/schema.ts';
import { type Context, give } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { count } from '../show/operation.ts';
import { tableLines } from '../show/table.ts';

/** `baton machine check FILE`: of a machine or of a partition. Throws RunControlError MALFORMED with all problems. */
export async function check(context: Context, file: string): Promise<ExitCode> {
  if (await holdsPartition(file)) {
    const { name, machine, segments } = await readDocument(file);
    const targets = segments.reduce((sum, segment) => sum + segment.members, 0);
    const found = { kind: 'Partition', name, machine: machine.name, segments: segments.length, targets };
    await give(context, found, () => [
      `${file} is good: partition ${name} with machine ${machine.name}, ` +
        `${count(segments.length, 'segment')}, ${count(targets, 'target')}`,
      `next: baton up -f ${file}`,
    ]);
    return EXIT.done;
  }
  const machine = await readMachine(file);
  const { name, states, transitions, sequences } = machine;
  const sizes = { states: states.length, transitions: transitions.length, sequences: sequences.length };
  await give(context, { kind: 'Machine', name, hash: machineHash(machine), ...sizes }, () => [
    `${file} is good: machine ${name} with ${count(sizes.states, 'state')}, ` +
      `${count(sizes.transitions, 'transition')}, ${count(sizes.sequences, 'sequence')}`,
    `next: baton machine draw ${file}`,
  ]);
  return EXIT.done;
}

/** `baton machine draw NAME|FILE`: as mermaid text, or the table itself as JSON or YAML. */
export async function draw(context: Context, nameOrFile: string): Promise<ExitCode> {
  const machine = await machineCalled(nameOrFile);
  await give(context, machine, () => [drawMermaid(machine).trimEnd()]);
  return EXIT.done;
}

/** `baton machine list`: the machines that come with baton. */
export async function list(context: Context): Promise<ExitCode> {
  await give(context, BUILTIN_MACHINES, (view) =>
    tableLines(
      {
        head: ['MACHINE', 'HASH', 'STATES', 'TRANSITIONS', 'SEQUENCES'],
        rows: BUILTIN_MACHINES.map((machine) => [
          { text: machine.name, tone: 'strong' },
          { text: machineHash(machine), tone: 'quiet' },
          { text: machine.states.map((state) => state.name).join(' ') },
          { text: machine.transitions.map((transition) => transition.name).join(' ') },
          { text: machine.sequences.map((sequence) => sequence.name).join(' ') },
        ]),
        gives: [3, 2, 4],
      },
      view,
    ),
  );
  return EXIT.done;
}

/** `baton schema`: the JSON schema of a partition document. It is JSON whatever the output format, unless YAML. */
export async function schema(context: Context): Promise<ExitCode> {
  const value = partitionJsonSchema();
  await give(context, value, () => [JSON.stringify(value, null, 2)]);
  return EXIT.done;
}

async function machineCalled(nameOrFile: string): Promise<Machine> {
  const builtin = builtinMachine(nameOrFile);
  if (builtin !== undefined) return builtin;
  // A word without a dot and a slash was meant as a name.
  if (!/[./]/.test(nameOrFile)) {
    const known = BUILTIN_MACHINES.map((machine) => machine.name);
    const sentence = `there is no machine ${JSON.stringify(nameOrFile)}${didYouMean(nameOrFile, known)}`;
    throw new RunControlError('MALFORMED', `${sentence}; there are ${names(known)}, or give a file`);
  }
  return (await holdsPartition(nameOrFile))
    ? (await readDocument(nameOrFile)).machine
    : readMachine(nameOrFile);
}

/** A guess by its first keys. What cannot be read is told by whoever reads it next. */
async function holdsPartition(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return /^["']?(apiVersion|kind|spec)["']?\s*:/m.test(text) || /"kind"\s*:\s*"Partition"/.test(text);
}
