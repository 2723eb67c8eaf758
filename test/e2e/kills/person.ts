// A person at the command line who lives through kills: asks again when nobody answers, and brings everybody
// back to where a run can start, with no more than the commands of the README.

import { condition } from '../../sidecar/condition.ts';
import { calm } from '../armed.ts';
import type { Daq } from '../daq.ts';
import type { Said } from '../person.ts';

const UNREACHABLE = 4;

/** Tries before a person gives up: after each kill that is still to come something may have to be mended anew. */
const TRIES_MAX = 12;

/** One command, again while no coordinator answers. */
export async function say(daq: Daq, line: string): Promise<Said> {
  let said: Said | undefined;
  await condition(`a coordinator answers ${line}`, async () => {
    said = await daq.baton(line);
    return said.code !== UNREACHABLE;
  });
  if (said === undefined) throw new Error('a condition that holds was looked at');
  return said;
}

/** One target as `status -o json` tells of it. */
type Stand = { readonly target: string; readonly state: string; readonly inError: boolean };

/** Where everybody is. */
export async function standsOf(daq: Daq): Promise<readonly Stand[]> {
  const { targets }: { targets: readonly Stand[] } = JSON.parse((await say(daq, 'status -o json')).out);
  return targets;
}

/** Brings every target to configured, whatever has happened; fails when that is not possible. */
export async function toConfigured(daq: Daq): Promise<void> {
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    await calm(daq);
    const stands = await standsOf(daq);
    if (stands.every(({ state, inError }) => state === 'configured' && !inError)) return;
    const isLost = stands.some(({ state, inError }) => inError || state === '');
    await say(daq, isLost ? 'recover' : 'goto configured');
  }
  throw new Error(`cannot be brought to configured: ${JSON.stringify(await standsOf(daq))}`);
}
