// `baton context`: coordinators by name.

import { resolve } from 'node:path';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { type Context, give } from '../context.ts';
import {
  type Contexts,
  type NamedCoordinator,
  NO_CONTEXTS_FILE,
  readContexts,
} from '../contexts/contexts.ts';
import { removeContext, setContext, useContext } from '../contexts/edit.ts';
import { contextsFile } from '../contexts/file.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { tableLines } from '../show/table.ts';

/** `baton context list`. Throws RunControlError MALFORMED, as all of these do. */
export async function list(context: Context): Promise<ExitCode> {
  const file = fileOf(context);
  const { current, contexts } = readContexts(file);
  await give(context, { file, current: current ?? null, contexts }, (view) => {
    if (contexts.length === 0) {
      return [`${file} holds no contexts`, 'next: baton context set NAME HOST:PORT'];
    }
    const rows = contexts.map(({ name, address }) => [
      { text: name === current ? '*' : '' },
      { text: name },
      { text: address },
    ]);
    return tableLines({ head: ['CURRENT', 'NAME', 'ADDRESS'], rows, gives: [2, 1] }, view);
  });
  return EXIT.done;
}

/** `baton context use NAME`. */
export async function use(context: Context, name: string): Promise<ExitCode> {
  const file = fileOf(context);
  return tell(context, useContext(file, name), [`${name} is the current context`, 'next: baton status']);
}

/** `baton context set NAME HOST:PORT`. */
export async function set(context: Context, named: NamedCoordinator): Promise<ExitCode> {
  const file = fileOf(context);
  const { name, address } = named;
  const { tls, insecure } = context.options;
  const more = {
    ...(tls === undefined ? {} : { tls: resolve(context.world.directory, tls) }),
    ...(insecure ? { insecure } : {}),
  };
  const next = `next: baton context use ${name}, or baton --context ${name} status`;
  return tell(context, setContext(file, { ...named, ...more }), [`${name} is ${address}, in ${file}`, next]);
}

/** `baton context remove NAME`. */
export async function remove(context: Context, name: string): Promise<ExitCode> {
  const file = fileOf(context);
  const wasCurrent = readContexts(file).current === name;
  const more = wasCurrent ? ['no context is the current one now', 'next: baton context list'] : [];
  return tell(context, removeContext(file, name), [`${name} is forgotten`, ...more]);
}

async function tell(context: Context, contexts: Contexts, lines: readonly string[]): Promise<ExitCode> {
  await give(context, { current: contexts.current ?? null, contexts: contexts.contexts }, () => lines);
  return EXIT.done;
}

function fileOf({ world }: Context): string {
  const file = contextsFile(world.environment);
  if (file === undefined) throw new RunControlError('MALFORMED', NO_CONTEXTS_FILE);
  return file;
}
