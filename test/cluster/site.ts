// A namespace of its own for a file of tests, and the ways to look at it and to change it.

import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inject } from 'vitest';
import { pathOf } from './binaries.ts';
import { STATE } from './places.ts';
import type { ImageName } from './projectImages.ts';
import type { Provided } from './provided.ts';
import { type RunOptions, run } from './run.ts';

export type Site = AsyncDisposable &
  Omit<Provided, 'images'> & {
    readonly namespace: string;
    /** What pods name the image; throws when this checkout has no Dockerfile for it. */
    image(name: ImageName): string;
    /** kubectl in the namespace; gives what it says, throws when it fails. */
    kubectl(...args: readonly string[]): Promise<string>;
    /** An object or a list of them, as the API server has it now. */
    get(...args: readonly string[]): Promise<unknown>;
    /** Creates or changes these objects, in the namespace unless they name another. */
    apply(...objects: readonly object[]): Promise<void>;
    /** helm in the namespace. */
    helm(...args: readonly string[]): Promise<string>;
    /** A claim of that name which pods on all nodes mount, and the folder of this machine behind it; own cluster only. */
    volume(name: string): Promise<string>;
    /** Keeps a text beside the dump of the namespace. */
    keep(name: string, text: string): void;
  };

export type SiteOptions = {
  /** What the API server demands of pods; `restricted` unless told otherwise. */
  readonly security?: 'restricted' | 'baseline' | 'privileged';
  /** Where it is; what the suite was given unless told otherwise. */
  readonly cluster?: Provided;
};

/** After this long a command of kubectl or helm is given up, in milliseconds. */
const LIMIT_MS = 240_000;

/** For a Partition whose coordinator may not be there any more, in seconds. */
const LET_GO_SECONDS = 20;

/**
 * For a namespace with all that is in it, in seconds: a process that hears SIGTERM before it listens for it keeps its
 * pod for all of its grace, and some pods are deleted here while they start.
 */
const DELETE_SECONDS = 200;

/** What was in the namespaces of the latest tests. */
const DUMPS = join(dirname(STATE), 'dumps');
const DUMPS_MAX = 40;

/** Makes the namespace `baton-<name>-<something>`; it is deleted, with what is in it, at the end. */
export async function openSite(name: string, options: SiteOptions = {}): Promise<Site> {
  const { security = 'restricted', cluster = inject('cluster') } = options;
  const namespace = `baton-${name}-${Math.random().toString(36).slice(2, 7)}`;
  const env = { KUBECONFIG: cluster.kubeconfig };
  const say = (program: 'kubectl' | 'helm', args: readonly string[], options: RunOptions = {}) =>
    run(pathOf(program), ['--namespace', namespace, ...args], { env, limitMs: LIMIT_MS, ...options });
  const kubectl = (...args: readonly string[]) => say('kubectl', args);
  const apply = async (...objects: readonly object[]) => {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    await say('kubectl', ['apply', '--server-side', '--filename=-'], { input: JSON.stringify(list) });
  };
  const folders: string[] = [];
  await kubectl('create', 'namespace', namespace);
  await kubectl('label', 'namespace', namespace, `pod-security.kubernetes.io/enforce=${security}`);
  const { kubeconfig, isOwn, images } = cluster;
  return {
    kubeconfig,
    isOwn,
    namespace,
    image: (word) => {
      const reference = images[word];
      if (reference === undefined) throw new Error(`there is no image ${word}: no Dockerfile makes it`);
      return reference;
    },
    kubectl,
    apply,
    get: async (...args) => JSON.parse(await kubectl('get', '--output=json', ...args)),
    helm: (...args) => say('helm', args),
    volume: async (claim) => {
      if (!cluster.isOwn) throw new Error('a volume of all nodes needs nodes that share this machine');
      const path = join(dirname(STATE), 'volumes', namespace, claim);
      folders.push(path);
      mkdirSync(path, { recursive: true });
      // Pods of any user write there; the mode of mkdir is cut by our umask.
      chmodSync(path, 0o777);
      await apply(...volumeObjects({ namespace, claim, path }));
      return path;
    },
    keep: (name, text) => {
      mkdirSync(join(DUMPS, namespace), { recursive: true });
      writeFileSync(join(DUMPS, namespace, name), text);
    },
    [Symbol.asyncDispose]: async () => {
      forgetOldDumps();
      await kubectl(
        'cluster-info',
        'dump',
        '--namespaces',
        namespace,
        '--output-directory',
        join(DUMPS, namespace),
      );
      await letPartitionsGo(kubectl);
      await kubectl('delete', 'namespace', namespace, `--timeout=${DELETE_SECONDS}s`);
      for (const path of folders) {
        await kubectl('delete', 'persistentvolume', `${namespace}-${path.split('/').at(-1)}`, '--wait=false');
      }
      rmSync(join(dirname(STATE), 'volumes', namespace), { recursive: true, force: true });
    },
  };
}

/** A deleted Partition waits for its coordinator, which a deleted namespace takes with it. */
async function letPartitionsGo(kubectl: Site['kubectl']): Promise<void> {
  // Where the kind is not installed there are none.
  const names = await kubectl('get', 'partitions', '--output=name').catch(() => '');
  for (const name of names.split('\n').filter((each) => each !== '')) {
    await kubectl('delete', name, '--wait=false');
    await kubectl('wait', '--for=delete', name, `--timeout=${LET_GO_SECONDS}s`).catch(() =>
      kubectl('patch', name, '--type=merge', '--patch={"metadata":{"finalizers":null}}').catch(() => ''),
    );
  }
}

function forgetOldDumps(): void {
  if (!existsSync(DUMPS)) return;
  const paths = readdirSync(DUMPS).map((name) => join(DUMPS, name));
  const byAge = paths.sort((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs);
  for (const path of byAge.slice(DUMPS_MAX - 1)) rmSync(path, { recursive: true, force: true });
}

type Volume = { readonly namespace: string; readonly claim: string; readonly path: string };

/** A folder of the machine, bound to one claim; all nodes are this machine. */
function volumeObjects({ namespace, claim, path }: Volume): readonly object[] {
  const common = { accessModes: ['ReadWriteMany'], storageClassName: '' };
  const name = `${namespace}-${claim}`;
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        ...common,
        capacity: { storage: '1Gi' },
        hostPath: { path },
        persistentVolumeReclaimPolicy: 'Retain',
        claimRef: { namespace, name: claim },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: claim },
      spec: { ...common, volumeName: name, resources: { requests: { storage: '1Gi' } } },
    },
  ];
}
