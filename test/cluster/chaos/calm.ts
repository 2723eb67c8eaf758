// The end of a story: what was broken is mended, what was asked for comes to its end, and a run is as clean as ever.

import { setTimeout as wait } from 'node:timers/promises';
import type { Picture } from '../../../coordinator/cli/picture.ts';
import { condition } from '../../sidecar/condition.ts';
import { isInService } from '../departures.ts';
import { type JudgedDaq, PARTITION, TARGETS } from '../judged.ts';
import { NODES } from '../nodes.ts';
import { runsOf } from '../runs.ts';
import { apiServer, kubeletOf } from '../trouble.ts';
import { editTimeouts, TIMEOUTS } from './document.ts';
import type { Person } from './person.ts';
import { READOUTS } from './story/model.ts';

/** The longest operation with all its deadlines, and a takeover beside it, in milliseconds. */
const ENDS_MS = 120_000;

/** A container that was killed twice waits for its kubelet, and after an outage nodes are not trusted for a minute. */
const SERVICE_MS = 240_000;

/** One thing after the other is mended by a person, in milliseconds. */
const MEND_MS = 60_000;

/** A person looks again after so long, in milliseconds. */
const PACE_MS = 1_000;

/** Gives everything back as it was before the story, whoever broke it. */
export async function mendAll(daq: JudgedDaq): Promise<void> {
  const parts = [apiServer(), ...NODES.map(({ name }) => kubeletOf(name))];
  for (const part of parts) {
    part.resume();
    await part.start();
  }
  for (const target of TARGETS) daq.suffer(target, {});
  await daq.site.kubectl('uncordon', ...NODES.map(({ name }) => name));
  await daq.site.kubectl('scale', 'statefulset', `${PARTITION}-readout`, `--replicas=${READOUTS}`);
  // Another document is another machine, and the pods obey theirs.
  await editTimeouts(daq.site, TIMEOUTS);
}

/** P12, as far as a story can tell: every operation ends, and every command with it. Throws when one does not. */
export async function everythingEnds({ eye }: JudgedDaq, person: Person): Promise<void> {
  const late = Promise.withResolvers<never>();
  const limit = setTimeout(
    () => late.reject(new Error(`P12: a command still waits after ${ENDS_MS / 1_000} s of calm`)),
    ENDS_MS,
  );
  await Promise.race([person.isDone(), late.promise]).finally(() => clearTimeout(limit));
  const ends = 'P12 each operation ends: nothing breaks any more, and the open one has ended';
  await eye.until(
    ends,
    ({ partition: { operation } }) => operation?.status !== 'OPERATION_STATUS_OPEN',
    ENDS_MS,
  );
}

/** All processes are in service again, and a run of theirs loses nothing. Throws when one of it is not so. */
export async function runsAgain(
  daq: JudgedDaq,
  person: Person,
  tell: (words: string) => void,
): Promise<void> {
  await daq.eye.until('all are in service, and nobody else is there', isWholeAgain, SERVICE_MS);
  let tries = 0;
  await condition(
    'a run may begin',
    async () => {
      if (tries > 0) await wait(PACE_MS);
      tries += 1;
      return person.mend(`calm-${tries}`, tell);
    },
    MEND_MS,
  );
  const runs = runsOf(daq);
  await runs.start();
  await runs.stopClean();
}

function isWholeAgain({ targets, partition }: Picture): boolean {
  return (
    partition.operation?.status !== 'OPERATION_STATUS_OPEN' &&
    targets.size === TARGETS.length &&
    TARGETS.every((target) => isInService(targets.get(target)?.view))
  );
}
