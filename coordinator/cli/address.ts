import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { readIfThere } from '../up/files.ts';
import { ADDRESSES_WANTED, parseAddresses } from './addresses.ts';
import { contextsFile } from './contexts/file.ts';
import type { ClusterFlags, ClusterPlace } from './tunnel/place.ts';

/** Where a coordinator listens when nobody says otherwise. */
export const DEFAULT_ADDRESS = '127.0.0.1:7400';

/** Where `baton up` keeps what belongs to it, below the working directory. */
export const UP_DIRECTORY = '.baton';

/** File in that directory that holds the coordinator's address while `baton up` runs. */
export const ADDRESS_FILE = 'address';

export type AddressSources = {
  /** `--address`, `--context`, and what names a coordinator inside of a cluster. */
  readonly flags: ClusterFlags & {
    readonly address?: string | undefined;
    readonly context?: string | undefined;
  };
  /** Asked as `kubectl baton`: what belongs to this machine is not looked at. */
  readonly isPlugin?: boolean | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
};

export type Whereabouts = Manner &
  (
    | {
        /** `host:port`, or several with commas between. */
        readonly address: string;
        readonly cluster?: undefined;
      }
    | { readonly cluster: ClusterPlace }
  );

type Manner = {
  /** Who said so, for people: `context np02`, `.baton/address`. */
  readonly source: string;
  /** Folder of the credentials to use there, if whoever said where also said that. */
  readonly tls?: string | undefined;
  /** Plaintext may go there from another machine. */
  readonly insecure?: boolean | undefined;
  /** The partition that is meant there, and its namespace. */
  readonly partition?: string | undefined;
  readonly namespace?: string | undefined;
};

/**
 * Where the coordinator is: --address, --context, a word about a cluster, BATON_ADDRESS, BATON_CONTEXT, a
 * `baton up` in this directory, the current context, the kubeconfig if there is one, or the default, in this
 * order: a word on the line goes before the environment, and both before files. `kubectl baton` means the cluster
 * unless it is told otherwise. Throws RunControlError MALFORMED when what was given is no address or no context.
 */
export async function findCoordinator(sources: AddressSources): Promise<Whereabouts> {
  const { flags, environment, directory, isPlugin = false } = sources;
  const { BATON_ADDRESS: address = '', BATON_CONTEXT: context = '' } = environment;
  if (flags.address !== undefined) return checked(flags.address, '--address');
  if (flags.context !== undefined) return named(flags.context, environment);
  const cluster = clusterOf(flags);
  if (cluster !== undefined) return cluster;
  if (address !== '') return checked(address, 'BATON_ADDRESS');
  if (context !== '') return named(context, environment);
  if (isPlugin) return { cluster: {}, source: 'the kubeconfig' };
  const told = addressOfUp(directory);
  if (told !== undefined) return checked(told, join(UP_DIRECTORY, ADDRESS_FILE));
  const chosen = await current(environment);
  if (chosen !== undefined) return chosen;
  if (hasKubeconfig(environment)) return { cluster: {}, source: 'the kubeconfig' };
  return { address: DEFAULT_ADDRESS, source: 'the default' };
}

function clusterOf({ kubeconfig, kubeContext, coordinatorNamespace }: ClusterFlags): Whereabouts | undefined {
  const said = Object.entries({
    '--kubeconfig': kubeconfig,
    '--kube-context': kubeContext,
    '--coordinator-namespace': coordinatorNamespace,
  }).flatMap(([flag, value]) => (value === undefined ? [] : [flag]));
  if (said.length === 0) return undefined;
  return {
    cluster: { kubeconfig, context: kubeContext, namespace: coordinatorNamespace },
    source: said.join(', '),
  };
}

function hasKubeconfig({ KUBECONFIG: named = '', HOME: home = '' }: AddressSources['environment']): boolean {
  return named !== '' || (home !== '' && existsSync(join(home, '.kube', 'config')));
}

function checked(address: string, source: string): Whereabouts {
  if (parseAddresses(address) !== undefined) return { address, source };
  throw new RunControlError('MALFORMED', 'that is no address of a coordinator', {
    problems: [{ path: source, want: ADDRESSES_WANTED, got: JSON.stringify(address) }],
  });
}

async function named(name: string, environment: AddressSources['environment']): Promise<Whereabouts> {
  const { contextNamed, NO_CONTEXTS_FILE, readContexts } = await import('./contexts/contexts.ts');
  const file = contextsFile(environment);
  if (file === undefined) throw new RunControlError('MALFORMED', NO_CONTEXTS_FILE);
  const { address, cluster, tls, insecure, partition, namespace } = contextNamed(
    readContexts(file),
    name,
    file,
  );
  const manner = { source: `context ${name}`, tls, insecure, partition, namespace };
  return address === undefined ? { ...manner, cluster: cluster ?? {} } : { ...manner, address };
}

/** The current context. A file is read only when there is one: most commands need no YAML. */
async function current(environment: AddressSources['environment']): Promise<Whereabouts | undefined> {
  const file = contextsFile(environment);
  if (file === undefined || !existsSync(file)) return undefined;
  const { readContexts } = await import('./contexts/contexts.ts');
  const { current: name } = readContexts(file);
  return name === undefined ? undefined : named(name, environment);
}

function addressOfUp(directory: string): string | undefined {
  const file = join(directory, UP_DIRECTORY, ADDRESS_FILE);
  try {
    return readIfThere(file)?.trim();
  } catch (cause) {
    throw new RunControlError('MALFORMED', `cannot read ${file}`, { cause });
  }
}
