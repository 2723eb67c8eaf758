// Where things are kept, all outside the checkout: what was built in the cache, what runs in the state.

import { homedir } from 'node:os';
import { join } from 'node:path';

const { env } = process;

/** What may be deleted at any time and takes minutes to build again. */
export const CACHE = join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'baton', 'cluster');

/** Where buildah keeps steps and images; what it mounts is below, too. */
export const BUILDAH = join(CACHE, 'buildah');

/** All of the one cluster that a machine can have; gone after `down`. */
export const STATE = join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'baton', 'cluster');

/** Files of the cluster that others read. */
export const KUBECONFIG = join(STATE, 'admin.conf');
export const LOGS = join(STATE, 'log');
