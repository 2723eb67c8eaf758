// Targets that leave a judged DAQ in a run: who comes after them, how their hooks were answered, how the run ends.

import { expect } from 'vitest';
import { SIDECAR_CONTAINER } from '../../coordinator/cluster/names.ts';
import type { TargetView__Output } from '../../protos/generated/baton/v1/TargetView.ts';
import { HOOK_ANSWERED, HOOK_CALLED } from '../e2e/fromLogs.ts';
import type { Entry } from '../e2e/logs.ts';
import { type JudgedDaq, podOf, TARGETS } from './judged.ts';
import type { Runs } from './runs.ts';

/** Incarnations by target, as they were. */
export type Lives = ReadonlyMap<string, string>;

/** Resolves once every process can be commanded and nothing goes on, with who they are. */
export async function allInService({ eye }: Pick<JudgedDaq, 'eye'>): Promise<Lives> {
  const { targets } = await eye.until('all are in service', ({ targets, partition }) => {
    const isBusy = partition.operation?.status === 'OPERATION_STATUS_OPEN';
    return !isBusy && TARGETS.every((target) => isInService(targets.get(target)?.view));
  });
  return new Map([...targets].map(([target, { view }]) => [target, view.incarnation]));
}

/** Resolves once others are there under these names, and can be commanded. */
export async function othersCome(
  { eye }: Pick<JudgedDaq, 'eye'>,
  targets: readonly string[],
  before: Lives,
): Promise<void> {
  await eye.until(`others come for ${targets.join(' and ')}`, (picture) =>
    targets.every((target) => {
      const view = picture.targets.get(target)?.view;
      return isInService(view) && view.state === 'initial' && view.incarnation !== before.get(target);
    }),
  );
}

/** True of a process that can be commanded. */
export function isInService(view: TargetView__Output | undefined): view is TargetView__Output {
  return view?.attached === true && !view.leaving;
}

/** The run ends without a person's word, and its operation with it; gives why it is unclean, empty when it is not. */
export async function causeOfEnd({ eye }: Pick<JudgedDaq, 'eye'>, number: number): Promise<string> {
  const { partition } = await eye.until(`run ${number} is over`, ({ partition: { run, operation } }) => {
    const isOver = run?.number === number && run.status !== 'RUN_STATUS_OPEN';
    return isOver && operation?.status !== 'OPERATION_STATUS_OPEN';
  });
  const { cause = '', status } = partition.run ?? {};
  expect(status).toBe(cause === '' ? 'RUN_STATUS_CLEAN' : 'RUN_STATUS_UNCLEAN');
  return cause;
}

/** A person stops the run; it is unclean, and the sentence says why. What was written is there once and whole. */
export async function stopUnclean(daq: JudgedDaq, { number }: Runs, why: string): Promise<void> {
  expect(await daq.baton('send stop_run')).toMatchObject({
    code: 1,
    out: expect.stringMatching(new RegExp(`run ${number} ended unclean .*${why}`)),
  });
  const { fragments, missingOf } = await daq.verify(number);
  process.stdout.write(`run ${number}: ${JSON.stringify({ fragments, missingOf })}\n`);
  expect(fragments).toMatchObject({ double: 0, corrupt: 0 });
}

/** The same partition takes a run as if nothing had been. */
export async function takesRunAgain(daq: JudgedDaq, runs: Runs): Promise<void> {
  await allInService(daq);
  await runs.start();
  await runs.stopClean();
}

/** How the preStop hooks of a target's pods were answered, oldest first. */
export function hookAnswers(daq: Pick<JudgedDaq, 'logs'>, target: string): readonly string[] {
  return saidOfHooks(daq, target, HOOK_ANSWERED).map(({ fields }) => String(fields['sentence']));
}

/** How often those hooks were called. */
export function hookCalls(daq: Pick<JudgedDaq, 'logs'>, target: string): number {
  return saidOfHooks(daq, target, HOOK_CALLED).length;
}

function saidOfHooks({ logs }: Pick<JudgedDaq, 'logs'>, target: string, words: string): readonly Entry[] {
  const said = logs.entries({ pod: podOf(target), container: SIDECAR_CONTAINER });
  return said.filter((entry) => entry.words === words);
}
