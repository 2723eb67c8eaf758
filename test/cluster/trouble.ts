// What goes wrong with nodes, the API server and containers, on purpose. Only on our own cluster.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { identify } from '../../protos/procfs.ts';
import { condition } from '../sidecar/condition.ts';
import { end } from './daemon.ts';
import { ctr } from './images.ts';
import { kubeletHealth } from './kubelet.ts';
import { NODES, type Node, nodeNamed } from './nodes.ts';
import { endPart, readParts, signalPart, startPart } from './parts.ts';
import type { Site } from './site.ts';
import { untilApiServer } from './up.ts';

/** A program of the cluster: it may be stopped for a while, and started again. */
export type Trouble = {
  /** It stands still and keeps its connections, until `resume`. */
  pause(): void;
  resume(): void;
  /** kill -9; resolves once it is gone. Its containers go on. */
  kill(): Promise<void>;
  /** SIGTERM; resolves once it is gone. */
  stop(): Promise<void>;
  /** Starts it again as it was; nothing happens when it lives. */
  start(): Promise<void>;
};

const END_MS = 10_000;

/** The kubelet of a node: `node-1` or `node-2`; `start` resolves once it says that it is well. Throws for others. */
export function kubeletOf(node: string): Trouble {
  const { loopback } = nodeNamed(node);
  const isWell = async () => (await fetch(kubeletHealth(loopback)).catch(() => undefined))?.ok === true;
  return troubleOf(`kubelet-${node}`, () => condition(`the kubelet of ${node} is well`, isWell));
}

/** The API server; `start` resolves once it is ready. */
export function apiServer(): Trouble {
  return troubleOf('kube-apiserver', untilApiServer);
}

function troubleOf(name: string, untilItWorks: () => Promise<void>): Trouble {
  const part = readParts().find((each) => each.name === name);
  if (part === undefined) throw new Error(`this cluster has no ${name}`);
  return {
    pause: () => signalPart(name, 'SIGSTOP'),
    resume: () => signalPart(name, 'SIGCONT'),
    kill: async () => {
      signalPart(name, 'SIGKILL');
      await endPart(name, 0);
    },
    stop: () => endPart(name, END_MS),
    start: async () => {
      await startPart(part);
      await untilItWorks();
    },
  };
}

export type ContainerOf = { readonly pod: string; readonly container: string };

/** The first process of a running container, as this machine numbers it; throws when it does not run. */
export async function pidOf(site: Site, { pod, container }: ContainerOf): Promise<number> {
  const path = (kind: string) => `{.status.${kind}[?(@.name=="${container}")].containerID}`;
  const output = `--output=jsonpath=${path('containerStatuses')}${path('initContainerStatuses')}`;
  const id = (await site.kubectl('get', 'pod', pod, output)).replace('containerd://', '');
  for (const node of NODES) {
    const pid = await pidOn(node, id);
    if (pid !== undefined) return pid;
  }
  throw new Error(`container ${container} of pod ${pod} does not run: its last id is "${id}"`);
}

async function pidOn(node: Node, id: string): Promise<number | undefined> {
  for (const line of (await ctr(node, 'tasks', 'list')).split('\n')) {
    const [task, pid, state] = line.trim().split(/\s+/);
    if (task === id && state === 'RUNNING') return Number(pid);
  }
  return undefined;
}

/** kill -9 of the first process of a container, and so of the container; resolves once it is gone. */
export async function killContainer(site: Site, which: ContainerOf): Promise<void> {
  const who = identify(await pidOf(site, which));
  process.kill(who.pid, 'SIGKILL');
  await end(who, 0);
}

/** kill -9 of what holds the network of a container's pod: its kubelet then makes all of the pod anew. */
export async function killSandbox(site: Site, which: ContainerOf): Promise<void> {
  const network = networkOf(await pidOf(site, which));
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const holder = pids.find((pid) => networkOf(pid) === network && nameOf(pid) === 'pause');
  if (holder === undefined) throw new Error(`nothing holds the network of pod ${which.pod}`);
  const who = identify(Number(holder));
  process.kill(who.pid, 'SIGKILL');
  await end(who, 0);
}

/** Undefined when the process has just gone. */
function networkOf(pid: number | string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

function nameOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Stops the first process of a container where it stands; gives what lets it go on. */
export async function pauseContainer(site: Site, which: ContainerOf): Promise<() => void> {
  const who = identify(await pidOf(site, which));
  process.kill(who.pid, 'SIGSTOP');
  return () => {
    process.kill(who.pid, 'SIGCONT');
  };
}
