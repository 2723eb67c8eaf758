// What acts are done on, and what each of them leaves to be undone.

import { SIDECAR_CONTAINER } from '../../../../coordinator/cluster/names.ts';
import { identify, lives } from '../../../../protos/procfs.ts';
import { runningPids } from '../../containers.ts';
import { type JudgedDaq, PROCESS_CONTAINER } from '../../judged.ts';

/** What came of an act at once, and how it is undone where it does not mend itself. */
export type Came = { readonly words: string; readonly undo?: () => Promise<void> };

/** Container of the process or the sidecar of a target. */
export function containerOf(whose: 'process' | 'sidecar'): string {
  return whose === 'process' ? PROCESS_CONTAINER : SIDECAR_CONTAINER;
}

/** Sends a signal to the first processes of all containers that are so called; gives who they were. */
export async function signalContainer(
  { site }: Pick<JudgedDaq, 'site'>,
  { pod, container }: { readonly pod: string; readonly container: string },
  signal: NodeJS.Signals,
): Promise<readonly ReturnType<typeof identify>[]> {
  const pids = await runningPids({ namespace: site.namespace, pod, container });
  const who = pids.map(identify);
  for (const each of who) signalTo(each, signal);
  return who;
}

/** Nothing happens when it lives no more. */
export function signalTo(who: ReturnType<typeof identify>, signal: NodeJS.Signals): void {
  if (!lives(who)) return;
  try {
    process.kill(who.pid, signal);
  } catch (error) {
    // It ended between the look and the signal.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
