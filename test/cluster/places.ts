// Where things are kept, all outside the checkout: what was built in the cache, what runs in the state.

import { homedir } from 'node:os';
import { join } from 'node:path';
import { KUBERNETES_VERSION } from './version.ts';

const { env } = process;

/** What may be deleted at any time and takes minutes to build again. */
export const CACHE = join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'baton', 'cluster');

/** The programs of one version of Kubernetes, and etcd. */
export const PROGRAMS = join(CACHE, KUBERNETES_VERSION);
