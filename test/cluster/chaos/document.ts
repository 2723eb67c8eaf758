// The document of the DAQ in a story, which may be edited while it is led.

import { PARTITION } from '../judged.ts';
import type { Site } from '../site.ts';

/** A process that hangs shall not hold up a story for a minute; those of the stop path are short already. */
export const TIMEOUTS = {
  conf: '12s',
  start: '12s',
  enable_triggers: '10s',
  disable_triggers: '10s',
  scrap: '10s',
};

/** From now on these steps may take so long, by name. Pods go on obeying the machine that they were made with. */
export async function editTimeouts(site: Site, timeouts: Readonly<Record<string, string>>): Promise<void> {
  const patch = `--patch=${JSON.stringify({ spec: { timeouts } })}`;
  await site.kubectl('patch', 'partition', PARTITION, '--type=merge', patch);
}
