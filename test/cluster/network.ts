// What no longer comes through the network of a pod. Packets are dropped without a word, as when a cable is pulled: who
// waits for them learns nothing.

import { runningPids } from './containers.ts';
import { run } from './run.ts';

/** TCP that is dropped; a packet that fits any of them is. */
export type Dropped =
  /** What comes to, or goes out from, this port of the pod. */
  | { readonly way: 'in' | 'out'; readonly ownPort: number }
  /** What goes out to, or comes from, this port of others. */
  | { readonly way: 'in' | 'out'; readonly otherPort: number }
  /** All but what stays within the pod. */
  | { readonly way: 'in' | 'out'; readonly ownPort?: never };

/** Its name in the pod's own namespace of the network. */
const TABLE = 'inet baton_cut';

export type PodName = { readonly namespace: string; readonly pod: string };

/**
 * Cuts the network of a pod; gives what joins it again, which does nothing once the pod is gone. Undefined when no such
 * pod runs.
 */
export async function cutNetwork(
  which: PodName,
  dropped: readonly Dropped[],
): Promise<(() => Promise<void>) | undefined> {
  const [pid] = await runningPids(which);
  if (pid === undefined) return undefined;
  await nft(pid, rulesetOf(dropped));
  return async () => {
    // Another process has the pid once the pod is gone, and its network has no such table.
    const isThere = (await runningPids(which)).includes(pid);
    if (isThere) await nft(pid, `delete table ${TABLE}\n`);
  };
}

function rulesetOf(dropped: readonly Dropped[]): string {
  const rules = (way: Dropped['way']) =>
    dropped.filter((each) => each.way === way).map((each) => `    ${matchOf(each)} drop\n`);
  const chain = (name: string, hook: string, way: Dropped['way']) =>
    `  chain ${name} {\n    type filter hook ${hook} priority 0; policy accept;\n${rules(way).join('')}  }\n`;
  return `table ${TABLE} {\n${chain('coming', 'input', 'in')}${chain('going', 'output', 'out')}}\n`;
}

function matchOf(dropped: Dropped): string {
  const isIn = dropped.way === 'in';
  if ('otherPort' in dropped) return `tcp ${isIn ? 'sport' : 'dport'} ${dropped.otherPort}`;
  if (dropped.ownPort !== undefined) return `tcp ${isIn ? 'dport' : 'sport'} ${dropped.ownPort}`;
  return isIn ? 'iifname != "lo"' : 'oifname != "lo"';
}

async function nft(pid: number, input: string): Promise<void> {
  await run('nsenter', [`--target=${pid}`, '--net', 'nft', '--file', '-'], { input });
}
