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
import type { ClusterPlace } from '../tunnel/place.ts';

/** `baton context list`. Throws RunControlError MALFORMED, as all of these do. */
export async function list(context: Context): Promise<ExitCode> {
  const file = fileOf(context);
  const { current, contexts } = readContexts(file);
  await give(context, { file, current: current ?? null, contexts }, (view) => {
    if (contexts.length === 0) {
      return [`${file} holds no contexts`, 'next: baton context set NAME HOST:PORT'];
    }
    const rows = contexts.map((each) => [
      { text: each.name === current ? '*' : '' },
      { text: each.name },
      { text: placeWords(each) },
      { text: partitionWords(each) },
    ]);
    return tableLines({ head: ['CURRENT', 'NAME', 'ADDRESS', 'PARTITION'], rows, gives: [2, 1] }, view);
  });
  return EXIT.done;
}

/** `baton context use NAME`. */
export async function use(context: Context, name: string): Promise<ExitCode> {
  const file = fileOf(context);
  return tell(context, useContext(file, name), [`${name} is the current context`, 'next: baton status']);
}

/** `baton context set NAME [HOST:PORT]`, or with what names a cluster in place of an address. */
export async function set(context: Context, named: NamedCoordinator): Promise<ExitCode> {
  const file = fileOf(context);
  const { name, address } = named;
  const { tls, insecure, partition, namespace } = context.options;
  const more = {
    ...(address === undefined ? { cluster: clusterOf(context) } : {}),
    ...(tls === undefined ? {} : { tls: resolve(context.world.directory, tls) }),
    ...(insecure ? { insecure } : {}),
    ...(partition === undefined ? {} : { partition }),
    ...(namespace === undefined ? {} : { namespace }),
  };
  const next = `next: baton context use ${name}, or baton --context ${name} status`;
  const known = setContext(file, { ...named, ...more });
  const set = known.contexts.find((each) => each.name === name) ?? named;
  return tell(context, known, [`${name} is ${placeWords(set)}, in ${file}`, next]);
}

/** Full paths: the file is read from anywhere. */
function clusterOf({ options, world }: Context): ClusterPlace {
  const { kubeconfig, kubeContext, coordinatorNamespace } = options;
  return {
    ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(world.directory, kubeconfig) }),
    ...(kubeContext === undefined ? {} : { context: kubeContext }),
    ...(coordinatorNamespace === undefined ? {} : { namespace: coordinatorNamespace }),
  };
}

/** `127.0.0.1:7400`, `the cluster of kind-dev`. */
function placeWords({ address, cluster }: NamedCoordinator): string {
  if (address !== undefined) return address;
  const { context = 'the kubeconfig', kubeconfig, namespace } = cluster ?? {};
  const file = kubeconfig === undefined ? '' : ` in ${kubeconfig}`;
  return `the cluster of ${context}${file}${namespace === undefined ? '' : `, namespace ${namespace}`}`;
}

function partitionWords({ partition, namespace }: NamedCoordinator): string {
  return [namespace, partition].filter((each) => each !== undefined).join('/');
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
