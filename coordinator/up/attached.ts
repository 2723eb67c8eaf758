// When a partition is up: not before its coordinator can command each target.

import { setTimeout as wait } from 'node:timers/promises';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { Connection } from '../cli/client.ts';
import { follow } from '../cli/follow.ts';
import type { Picture } from '../cli/picture.ts';

/**
 * Resolves once the coordinator sees a process attached at each of the targets: probes pass earlier than its
 * streams are open, and who sends something then is refused. Throws RunControlError STOPPING when the signal
 * aborted before, and whatever the coordinator refuses.
 */
export async function seenAttached(
  connection: Connection,
  { targets, signal }: { readonly targets: readonly string[]; readonly signal: AbortSignal },
): Promise<void> {
  const following = { world: CLOCK, signal, silenceMsMax: Number.POSITIVE_INFINITY };
  for await (const each of follow(connection, following)) {
    if (each.kind === 'change' && targets.every((target) => isAttached(each.picture, target))) return;
  }
  throw new RunControlError('STOPPING', 'stopped before all targets were attached');
}

const CLOCK = {
  nowMs: () => performance.now(),
  sleep: async (milliseconds: number, signal: AbortSignal) => {
    await wait(milliseconds, undefined, { signal }).catch(() => undefined);
  },
};

function isAttached(picture: Picture, target: string): boolean {
  const view = picture.targets.get(target)?.view;
  return view?.connected === true && view.attached;
}
