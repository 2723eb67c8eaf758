// The Go modules from which the programs are built, each into a folder of the cache that its content names.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentHash } from './hash.ts';
import { CACHE } from './places.ts';

export type Module = {
  readonly name: string;
  /** Its sources. */
  readonly folder: string;
  /** Where its programs are, once built. */
  readonly output: string;
  /** What the build gives; all or nothing. */
  readonly programs: readonly string[];
  /** What is built: tools of the module, or itself. */
  readonly packages: 'tool' | '.';
  readonly flags: readonly string[];
};

const HERE = import.meta.dirname;

/** The version of Kubernetes that go.mod names, as `v1.36.3`: the one place that says it. */
export const KUBERNETES_VERSION = versionOf(join(HERE, 'go.mod'), 'k8s.io/kubernetes');

/** Kubernetes and etcd, whose program is called `server`. */
export const KUBERNETES: Module = {
  name: `Kubernetes ${KUBERNETES_VERSION}`,
  folder: HERE,
  output: join(CACHE, KUBERNETES_VERSION),
  programs: [
    'kube-apiserver',
    'kube-controller-manager',
    'kube-proxy',
    'kube-scheduler',
    'kubectl',
    'kubelet',
    'server',
  ],
  packages: 'tool',
  flags: versionFlags(KUBERNETES_VERSION),
};

export const HELM = tool('helm', 'helm.sh/helm/v4');

/** Plays the kubelets of nodes that there are not; only the benchmark wants it. */
export const KWOK = tool('kwok', 'sigs.k8s.io/kwok');

/** CoreDNS with only what the cluster needs. */
export const DNS: Module = own('dns');

/** The process that holds the namespaces of a pod. */
export const PAUSE: Module = own('pause');

/** What the cluster consists of. */
export const MODULES = [KUBERNETES, HELM, DNS, PAUSE] as const;

/** A program that is the tool of a module of its own: the version is that of `module` in its go.mod. */
function tool(program: string, module: string): Module {
  const folder = join(HERE, program);
  const version = versionOf(join(folder, 'go.mod'), module);
  const output = join(CACHE, `${program}-${version}`);
  return { name: `${program} ${version}`, folder, output, programs: [program], packages: 'tool', flags: [] };
}

/** A program whose source is here. */
function own(name: string): Module {
  const folder = join(HERE, name);
  const output = join(CACHE, `${name}-${contentHash(folder, readdirSync(folder))}`);
  return { name, folder, output, programs: [name], packages: '.', flags: [] };
}

/** Says to Kubernetes which version it is: otherwise it takes itself for v0.0.0. */
function versionFlags(version: string): readonly string[] {
  const [major, minor] = version.slice(1).split('.');
  return [
    `-X k8s.io/component-base/version.gitVersion=${version}`,
    `-X k8s.io/component-base/version.gitMajor=${major}`,
    `-X k8s.io/component-base/version.gitMinor=${minor}`,
    `-X k8s.io/client-go/pkg/version.gitVersion=${version}`,
  ];
}

/** The version in which a go.mod requires a module; throws when it does not. */
function versionOf(file: string, module: string): string {
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [name, version] = line
      .replace(/^require/, '')
      .trim()
      .split(' ');
    if (name === module && version !== undefined) return version;
  }
  throw new Error(`${file}: want a line "require ${module} vX.Y.Z"`);
}
