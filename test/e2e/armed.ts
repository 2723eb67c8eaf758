// Failpoints armed in single lives of the children of `baton up`, and the proof that they were reached.

import type { UpOptions } from '../../coordinator/up/setting.ts';
import { FAILPOINT_VARIABLE } from '../../protos/failure/failpoints.ts';
import { STRUCK } from '../../protos/failure/reach.ts';
import { condition } from '../sidecar/condition.ts';
import type { Daq } from './daq.ts';
import type { Site } from './site.ts';

/** By child, what is armed in its first life, its second …; undefined, and beyond the last: nothing. */
export type Plan = Readonly<Record<string, readonly (string | undefined)[]>>;

/** The lives of children by that plan; each begins as soon as the one before has ended. */
export function livesBy(plan: Plan): NonNullable<UpOptions['lives']> {
  return (child) => ({
    environment: (life) => ({ [FAILPOINT_VARIABLE]: plan[child]?.[life - 1] }),
    restartDelayMs: () => 0,
  });
}

/** The points at which lives of that child have ended, oldest first; `unasked`: by SIGKILL at no point. */
export function deathsOf(site: Site, child: string): readonly string[] {
  const deaths: string[] = [];
  let point = 'unasked';
  for (const line of site.log(child.replace(' ', '.')).split('\n')) {
    if (line.startsWith(STRUCK)) point = line.slice(STRUCK.length + 1);
    if (!line.startsWith('---- ')) continue;
    if (line.endsWith('was ended by SIGKILL')) deaths.push(point);
    point = 'unasked';
  }
  return deaths;
}

/** The names of points as a plan arms them, without operation and time. */
export function pointsIn(armed: readonly (string | undefined)[]): readonly string[] {
  return armed.flatMap((each) => (each === undefined ? [] : [each.replace(/[/@].*$/, '')]));
}

type Status = {
  readonly operation: { readonly status: string } | null;
  readonly targets: readonly { readonly connected: boolean; readonly attached: boolean }[];
};

/** Resolves once a coordinator leads, sees every target with its process, and has nothing to do. */
export async function calm(daq: Daq): Promise<void> {
  await condition('all is calm', async () => {
    const { code, out } = await daq.baton('status -o json');
    if (code !== 0) return false;
    const { operation, targets }: Status = JSON.parse(out);
    const isIdle = operation?.status !== 'OPERATION_STATUS_OPEN';
    return isIdle && targets.every(({ connected, attached }) => connected && attached);
  });
}
