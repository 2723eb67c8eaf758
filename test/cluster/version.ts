// Which Kubernetes: go.mod says it once, for what is built and for where it is kept.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of the programs that go.mod names, as `v1.36.3`. */
export const KUBERNETES_VERSION = versionIn(readFileSync(join(import.meta.dirname, 'go.mod'), 'utf8'));

/** Throws when the text requires no k8s.io/kubernetes. */
function versionIn(text: string): string {
  const version = /^\s*k8s\.io\/kubernetes (v\d+\.\d+\.\d+)\b/m.exec(text)?.[1];
  if (version === undefined) throw new Error('test/cluster/go.mod: want a line "k8s.io/kubernetes vX.Y.Z"');
  return version;
}
