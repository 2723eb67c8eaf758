// What Debian has of a cluster.

import { existsSync } from 'node:fs';
import type { Progress } from './progress.ts';
import { run, succeeds } from './run.ts';

/** A package, and a file of it that tells whether what it gives is there already. */
const PACKAGES = [
  { name: 'containerd', file: '/usr/bin/containerd' },
  { name: 'runc', file: '/usr/sbin/runc' },
  { name: 'containernetworking-plugins', file: '/usr/lib/cni/bridge' },
  { name: 'iproute2', file: '/usr/bin/ip' },
  { name: 'nftables', file: '/usr/sbin/nft' },
  { name: 'conntrack', file: '/usr/sbin/conntrack' },
  { name: 'buildah', file: '/usr/bin/buildah' },
  { name: 'mmdebstrap', file: '/usr/bin/mmdebstrap' },
] as const;

const INSTALL_LIMIT_MS = 600_000;

/** Installs the packages that are missing; throws with their names where that cannot be done. */
export async function installPackages(tell: Progress): Promise<void> {
  const names = missingPackages();
  if (names.length === 0) return;
  if (!(await succeeds('apt-get', ['--version']))) {
    throw new Error(`no apt-get here; install what the Debian packages ${names.join(', ')} give`);
  }
  tell(`installing ${names.join(', ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '--quiet'], { env, limitMs: INSTALL_LIMIT_MS });
  // Packages start services of their own where an init system lets them; this cluster has its own containerds.
  const args = ['install', '--quiet', '--yes', '--no-install-recommends', ...names];
  await run('apt-get', args, { env, limitMs: INSTALL_LIMIT_MS });
  const left = missingPackages();
  if (left.length > 0) throw new Error(`installed, and yet not found: ${left.join(', ')}`);
}

function missingPackages(): readonly string[] {
  return PACKAGES.filter(({ file }) => !existsSync(file)).map(({ name }) => name);
}
