// Whether a person may give their word that a process has ended: only the runtimes of the nodes know.

import { podOf as podIn } from '../../../coordinator/core/targets.ts';
import { podDigest } from '../../../protos/identity.ts';
import { ANY, runningPids } from '../containers.ts';
import { type JudgedDaq, podOf } from '../judged.ts';
import type { FollowedJournal } from './journal.ts';

/** Those whose part is unknown, and of whose pod nothing runs any more. */
export async function goneForSure(
  { site, logs }: Pick<JudgedDaq, 'site' | 'logs'>,
  journal: FollowedJournal,
): Promise<readonly string[]> {
  const unknown = Object.entries(journal.state()?.unknown ?? {});
  const gone: string[] = [];
  for (const [target, { incarnation }] of unknown) {
    const pod = podOf(target);
    const uids = logs.lives({ pod }).map(({ uid }) => uid);
    const uid = uids.find((each) => podDigest(each) === podIn(incarnation));
    if (uid === undefined) continue;
    const running = await runningPids({ namespace: site.namespace, pod, uid, container: ANY });
    if (running.length === 0) gone.push(target);
  }
  return gone;
}
