// `down`: whatever is left of a cluster goes, also of one that has crashed, or that half an `up` has made.
// Containers are not asked to end: nothing in a test cluster is worth the waiting.

import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { end } from './daemon.ts';
import { ownBridges, ownCgroups, ownMounts, restoreSettings } from './machine.ts';
import { partOf, readParts } from './parts.ts';
import { STATE } from './places.ts';
import { ownProcesses } from './processes.ts';
import { run, succeeds } from './run.ts';
import { NETWORK } from './runtime.ts';

/** For the goodbye of a program of the cluster, in milliseconds. */
const END_MS = 2_000;

/** Killed processes leave their cgroups and mounts a moment later. */
const TRIES_MAX = 100;
const TRY_MS = 50;

/** Ends and removes all of the cluster; throws with what could not be removed. */
export async function sweep(): Promise<void> {
  // In the order in which they were started: nothing starts a pod any more once the kubelets have gone.
  await Promise.all(readParts().map(({ name }) => end(partOf(name), END_MS)));
  const left = await untilNothing(async () => {
    for (const who of ownProcesses()) signalOne(who.pid);
    for (const place of ownMounts()) await succeeds('umount', [place]);
    for (const cgroup of ownCgroups()) removeCgroup(cgroup);
    for (const bridge of ownBridges()) await run('ip', ['link', 'delete', bridge]);
  });
  if (left.length > 0) throw new Error(`could not be removed:\n${left.join('\n')}`);
  for (const family of ['ip', 'ip6']) await succeeds('nft', ['delete', 'table', family, 'kube-proxy']);
  removeSockets();
  removeTraces();
  restoreSettings();
  rmSync(STATE, { recursive: true, force: true });
}

/** What is there of a cluster: processes, mounts, cgroups and bridges. */
export function remains(): readonly string[] {
  return [
    ...ownProcesses().map(({ pid }) => `process ${pid}`),
    ...ownMounts().map((place) => `mount ${place}`),
    ...ownCgroups().map((cgroup) => `cgroup ${cgroup}`),
    ...ownBridges().map((bridge) => `bridge ${bridge}`),
  ];
}

async function untilNothing(remove: () => Promise<void>): Promise<readonly string[]> {
  for (let tried = 0; tried < TRIES_MAX && remains().length > 0; tried += 1) {
    await remove();
    if (remains().length > 0) await wait(TRY_MS);
  }
  return remains();
}

/** Of no group: those of containers were not started by us. */
function signalOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function removeCgroup(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    // Still somebody in it: the next try finds it empty.
    if (!(error instanceof Error && 'code' in error && (error.code === 'EBUSY' || error.code === 'ENOENT')))
      throw error;
  }
}

/** Sockets on which nobody listens, in the folder that the shims of all containerds of a machine share. */
function removeSockets(): void {
  const folder = '/run/containerd/s';
  const used = readFileSync('/proc/net/unix', 'utf8');
  for (const name of namesIn(folder)) {
    if (!used.includes(join(folder, name))) rmSync(join(folder, name), { force: true });
  }
}

/** Files of the machine's own folders that a runtime or kubelet which was killed has left there. */
function removeTraces(): void {
  const results = '/var/lib/cni/results';
  const names = namesIn(results);
  const suffix = '-eth0';
  const own = names.filter((name) => name.startsWith(`${NETWORK}-`) && name.endsWith(suffix));
  const containers = own.map((name) => name.slice(NETWORK.length, -suffix.length));
  for (const name of names) {
    if (containers.some((each) => name.includes(each))) rmSync(join(results, name), { force: true });
  }
  const logs = '/var/log/containers';
  for (const name of namesIn(logs)) {
    const link = join(logs, name);
    if (lstatSync(link).isSymbolicLink() && readlinkSync(link).startsWith(`${STATE}/`)) rmSync(link);
  }
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
