// The programs of the cluster: built from Go modules once for each version, and kept in the cache.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAMS } from './places.ts';

const KUBERNETES = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-proxy',
  'kube-scheduler',
  'kubectl',
  'kubelet',
] as const;

export type Program = (typeof KUBERNETES)[number] | 'etcd';

/** The path of a program; throws when it has not been built yet. */
export function pathOf(program: Program): string {
  // etcd's main package is called so.
  const path = join(PROGRAMS, program === 'etcd' ? 'server' : program);
  if (existsSync(path)) return path;
  throw new Error(`${path} is not there: "npm run cluster -- build" builds it (minutes, needs Go)`);
}
