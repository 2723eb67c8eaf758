// Processes that belong to the cluster, found by what only its own have.

import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Identity, identify, lives } from '../../protos/procfs.ts';
import { ownCgroups } from './machine.ts';
import { readParts } from './parts.ts';
import { CACHE, STATE } from './places.ts';

/** Programs of the runtime that name the cluster's folder in their arguments. */
const RUNTIME = ['containerd', 'containerd-shim-runc-v2'];

/**
 * All processes of the cluster, whoever started them: those in a cgroup of a node, the shims and containerds that
 * work in its folder, and the programs of the cache that were given a file of it.
 */
export function ownProcesses(): readonly Identity[] {
  const inCgroups = ownCgroups().flatMap(pidsIn);
  const others = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOwn(name));
  const pids = new Set([...inCgroups, ...others.map(Number)]);
  return [...pids].map(identify).filter(lives);
}

function pidsIn(cgroup: string): readonly number[] {
  const file = join(cgroup, 'cgroup.procs');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number) : [];
}

function isOwn(pid: string): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    if (!words.some((word) => word.includes(`${STATE}/`))) return false;
    const program = readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
    return RUNTIME.includes(basename(program)) || program.startsWith(`${CACHE}/`) || isPart(program);
  } catch (error) {
    // It ended while it was looked at.
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

function isPart(program: string): boolean {
  return readParts().some((part) => part.program === program);
}
