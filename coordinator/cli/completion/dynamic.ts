// What may stand at the cursor as only a running coordinator, a folder or a file can say.

import { resolve } from 'node:path';
import { unreachable } from '../../../protos/failure/invariant.ts';
import type { ListOperationsResponse__Output } from '../../../protos/generated/baton/v1/ListOperationsResponse.ts';
import { BUILTIN_MACHINES } from '../../../protos/machine/builtin.ts';
import { type Argument, findTransition, type Machine } from '../../../protos/machine/table.ts';
import { pathsIn } from '../../up/paths.ts';
import { UP_DIRECTORY } from '../address.ts';
import type { Connection } from '../client.ts';
import { getMachine } from '../commands/send.ts';
import { type Context, dial } from '../context.ts';
import { readContexts } from '../contexts/contexts.ts';
import { contextsFile } from '../contexts/file.ts';
import { logNames } from '../logs/names.ts';
import { statusWord } from '../show/operation.ts';
import { stateWord } from '../show/target.ts';
import { getPicture } from '../submit.ts';
import type { Candidate, Line, Unknown } from './line.ts';

/** Operations that are offered by number. */
const OPERATIONS_MAX = 20;

const GOTO: Candidate = { value: 'goto', about: 'a state by the shortest way' };

/** Candidates of that kind. Throws what asking for them throws: a person who types is not to be told. */
export async function candidatesOf(
  kind: Exclude<Unknown, 'files' | 'commands'>,
  context: Context,
  line: Line,
): Promise<readonly Candidate[]> {
  const machine = () => asked(context, getMachine);
  switch (kind) {
    case 'names':
      return namesOf(await machine());
    case 'plans':
      return [...namesOf(await machine()), GOTO];
    case 'states':
      return described((await machine()).states);
    case 'arguments':
      return argumentWords(await machine(), line);
    case 'conditions':
      return conditionsOf(await machine());
    case 'targets':
      return asked(context, (connection) => targetsOf(connection, context));
    case 'operations':
      return asked(context, operationsOf);
    case 'logs':
      return plain(logNames(pathsIn(resolve(context.world.directory, directoryOf(line))).logs));
    case 'contexts':
      return contextsOf(context);
    case 'machines':
      return plain(BUILTIN_MACHINES.map(({ name }) => name));
    default:
      return unreachable(kind);
  }
}

async function asked<T>(context: Context, ask: (connection: Connection) => Promise<T>): Promise<T> {
  using connection = await dial(context);
  return await ask(connection);
}

function namesOf({ sequences, transitions }: Machine): readonly Candidate[] {
  return [...described(sequences), ...described(transitions)];
}

/** Arguments of what is typed before, or the values of the one whose name stands at the cursor. */
function argumentWords(machine: Machine, { given, current }: Line): readonly Candidate[] {
  if (given.length === 1 && given[0] === GOTO.value) return described(machine.states);
  const taken = takenBy(machine, given[0] ?? '');
  const at = current.indexOf('=');
  if (at < 0) {
    const typed = new Set(given.slice(1).map((word) => word.slice(0, word.indexOf('='))));
    const left = taken.filter(({ name }) => !typed.has(name));
    return left.map(({ name, description }) => ({ value: `${name}=`, about: description }));
  }
  const name = current.slice(0, at);
  const values = taken.filter((each) => each.name === name).flatMap(valuesOf);
  return plain(values.map((value) => `${name}=${value}`));
}

/** The arguments of a transition or sequence; of all transitions on the way to a state, which is not known here. */
function takenBy(machine: Machine, name: string): readonly Argument[] {
  const sequence = machine.sequences.find((each) => each.name === name);
  const steps = sequence?.steps.map(({ transition }) => transition) ?? [name];
  const found = steps.flatMap((step) => findTransition(machine, step) ?? []);
  const all = (found.length > 0 ? found : machine.transitions).flatMap((each) => each.arguments);
  return all.filter((each, at) => all.findIndex(({ name: other }) => other === each.name) === at);
}

function valuesOf({ type, oneOf }: Argument): readonly string[] {
  return type === 'boolean' ? ['true', 'false'] : oneOf;
}

function conditionsOf({ states }: Machine): readonly Candidate[] {
  const fixed = ['run=open', 'run=none', 'operation=none', 'targets=ready'];
  return plain([...states.map(({ name }) => `state=${name}`), ...fixed]);
}

async function targetsOf(connection: Connection, { world }: Context): Promise<readonly Candidate[]> {
  const { targets } = await getPicture(connection, world);
  const views = [...targets.values()].map(({ view }) => view);
  const segments = new Set(views.map(({ segment }) => segment));
  return [
    ...[...segments].map((value) => ({ value, about: 'all of the segment' })),
    ...views.map((view) => ({ value: view.target, about: stateWord(view) })),
  ];
}

async function operationsOf(connection: Connection): Promise<readonly Candidate[]> {
  const { operations } = await connection.ask<ListOperationsResponse__Output>((stub, options, done) =>
    stub.listOperations({ limit: OPERATIONS_MAX, partition: connection.partition }, options, done),
  );
  return operations.map((each) => ({ value: each.id, about: `${each.title} ${statusWord(each)}` }));
}

function contextsOf({ world }: Context): readonly Candidate[] {
  const file = contextsFile(world.environment);
  const { contexts } = file === undefined ? { contexts: [] } : readContexts(file);
  return contexts.map(({ name, address = 'in a cluster' }) => ({ value: name, about: address }));
}

function directoryOf({ options }: Line): string {
  return options.get('directory') ?? UP_DIRECTORY;
}

function described(things: readonly { readonly name: string; readonly description: string }[]) {
  return things.map(({ name, description }): Candidate => ({ value: name, about: description }));
}

function plain(values: readonly string[]): readonly Candidate[] {
  return values.map((value) => ({ value, about: '' }));
}
