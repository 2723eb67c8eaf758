// What a cluster needs of the machine, and takes back: bridges, cgroups, forwarding.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODES } from './nodes.ts';
import { BUILDAH, STATE } from './places.ts';
import { run, succeeds } from './run.ts';

const CGROUPS = '/sys/fs/cgroup';
const BRIDGED = '/proc/sys/net/bridge/bridge-nf-call-iptables';
const FORWARD = '/proc/sys/net/ipv4/ip_forward';

/** What the settings of the kernel were before. */
const BEFORE = join(STATE, 'before.json');

/** What this machine lacks for a cluster, each in a sentence. */
export function machineLacks(): readonly string[] {
  return [
    ...(process.platform === 'linux' ? [] : [`a cluster needs Linux, this is ${process.platform}`]),
    ...(process.getuid?.() === 0 ? [] : ['a cluster needs root, this is another user']),
    ...(process.platform !== 'linux' || existsSync(CGROUPS) ? [] : [`${CGROUPS} is not mounted`]),
  ];
}

/** Makes what is missing of bridges, cgroups and settings. */
export async function prepareMachine(): Promise<void> {
  if (!existsSync(BRIDGED)) await succeeds('modprobe', ['br_netfilter']);
  if (!existsSync(BRIDGED)) {
    throw new Error(
      'the kernel has no br_netfilter: a pod would not reach a Service whose pod is on its own node',
    );
  }
  if (!existsSync(BEFORE)) {
    const before = [FORWARD, BRIDGED].map((path) => [path, readFileSync(path, 'utf8').trim()]);
    writeFileSync(BEFORE, JSON.stringify(Object.fromEntries(before)));
  }
  for (const path of [FORWARD, BRIDGED]) writeFileSync(path, '1');
  for (const { bridge, address, prefix, cgroup } of NODES) {
    if (!hasBridge(bridge)) await run('ip', ['link', 'add', bridge, 'type', 'bridge']);
    await run('ip', ['address', 'replace', `${address}/${prefix}`, 'dev', bridge]);
    await run('ip', ['link', 'set', bridge, 'up']);
    makeCgroup(cgroup);
  }
}

/** In each hierarchy; those of version 1 start without processors and memory, and take no process so. */
function makeCgroup(name: string): void {
  for (const hierarchy of hierarchies()) {
    const folder = join(hierarchy, name);
    mkdirSync(folder, { recursive: true });
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      const own = join(folder, file);
      if (existsSync(join(hierarchy, file)) && existsSync(own)) {
        writeFileSync(own, readFileSync(join(hierarchy, file), 'utf8'));
      }
    }
  }
}

/** The folders at the top of which a cgroup can be made: one of version 2, or one for each controller. */
function hierarchies(): readonly string[] {
  if (existsSync(join(CGROUPS, 'cgroup.controllers'))) return [CGROUPS];
  const names = readdirSync(CGROUPS, { withFileTypes: true });
  return names.filter((each) => each.isDirectory()).map(({ name }) => join(CGROUPS, name));
}

/** All cgroups of the nodes, the deepest first. */
export function ownCgroups(): readonly string[] {
  const tops = hierarchies().flatMap((hierarchy) => NODES.map(({ cgroup }) => join(hierarchy, cgroup)));
  return tops.filter((top) => existsSync(top)).flatMap(withInner);
}

function withInner(folder: string): readonly string[] {
  const inner = readdirSync(folder, { withFileTypes: true }).filter((each) => each.isDirectory());
  return [...inner.flatMap(({ name }) => withInner(join(folder, name))), folder];
}

/** The bridges that are there. */
export function ownBridges(): readonly string[] {
  return NODES.map(({ bridge }) => bridge).filter(hasBridge);
}

/** Where something is mounted below the cluster's folder and that of its images, the last mounted first. */
export function ownMounts(): readonly string[] {
  const places = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '');
  return places
    .filter((place) => [STATE, BUILDAH].some((folder) => place.startsWith(`${folder}/`)))
    .reverse();
}

/** Gives the settings of the kernel back as they were. */
export function restoreSettings(): void {
  if (!existsSync(BEFORE)) return;
  const before: Readonly<Record<string, string>> = JSON.parse(readFileSync(BEFORE, 'utf8'));
  for (const [path, value] of Object.entries(before)) writeFileSync(path, value);
}

function hasBridge(name: string): boolean {
  return existsSync(join('/sys/class/net', name));
}
