// Runs of a judged DAQ, one after the other, each with what must be true at its beginning and at its end.

import { expect } from 'vitest';
import { EXIT } from '../../coordinator/cli/exit.ts';
import type { Said } from '../e2e/person.ts';
import { condition } from '../sidecar/condition.ts';
import type { JudgedDaq } from './judged.ts';

/** Begins a run with so many triggers a second; of each, every readout reads out one fragment. */
export const START_RUN = 'send start_run trigger_rate=100';

/** Fragments of one readout that show that data are taken. */
const FRAGMENTS = 50;

export type Runs = {
  /** Number of the run that was begun last; 0: none. */
  readonly number: number;
  /** Brings the partition to where a run begins, whatever an earlier test, or an earlier try, has left behind. */
  ready(): Promise<void>;
  /** Begins the next run from wherever the partition is, and takes some data; fails unless the operation is done. */
  start(): Promise<void>;
  /** Takes some data in the run that START_RUN has begun, by what it said; fails unless it has. */
  begun(said: Said): Promise<void>;
  /** Resolves once more data have been taken than there were. */
  goOn(): Promise<void>;
  /** Stops the run, with more words for `baton send`; fails unless its end is clean and nothing is missing. */
  stopClean(words?: string): Promise<void>;
  /** Fails unless everything that was read out in the run is in its files, once and whole. */
  isWhole(): Promise<void>;
};

export function runsOf(daq: JudgedDaq): Runs {
  let run = 0;
  const ready = () => untilReady(daq);
  const begun = async (said: Said) => {
    expect(said).toMatchObject({ code: 0, out: expect.stringMatching(GOES_ON) });
    run = Number(GOES_ON.exec(said.out)?.[1]);
    await daq.readOut(run, FRAGMENTS);
  };
  const isWhole = async () => {
    const report = await daq.verify(run);
    process.stdout.write(`run ${run}: ${JSON.stringify(report.fragments)}\n`);
    // A record may be in two parts: a fragment that comes after a builder's time limit, on a busy machine, is not lost.
    expect(report).toMatchObject({ ok: true, notes: [] });
  };
  return {
    get number() {
      return run;
    },
    ready,
    begun,
    start: async () => {
      await ready();
      await begun(await askAgain(daq, START_RUN));
    },
    goOn: async () => {
      const { fragments } = await daq.verify(run);
      await daq.readOut(run, fragments.readOut / 4 + FRAGMENTS);
    },
    stopClean: async (words = '') => {
      expect(await askAgain(daq, `send stop_run${words}`)).toMatchObject({
        code: 0,
        out: expect.stringContaining(`run ${run} ended clean`),
      });
      await isWhole();
    },
    isWhole,
  };
}

const GOES_ON = /run (\d+) goes on/;

/**
 * As a person does: where nobody answers they ask again. For about a second after a takeover the Service leads nowhere,
 * until each node's proxy knows where the label is now.
 */
async function askAgain({ baton }: Pick<JudgedDaq, 'baton'>, line: string): Promise<Said> {
  let said = await baton(line);
  await condition(`somebody answers to ${line}`, async () => {
    if (said.code !== EXIT.unreachable) return true;
    said = await baton(line);
    return false;
  });
  return said;
}

async function untilReady(daq: JudgedDaq): Promise<void> {
  const { targets } = await daq.eye.until('nothing goes on', ({ partition: { operation } }) => {
    return operation?.status !== 'OPERATION_STATUS_OPEN';
  });
  // By each target: what is told of the partition as a whole comes a moment later.
  const states = new Set([...targets.values()].map(({ view }) => (view.inError ? 'error' : view.state)));
  const [state = ''] = states;
  if (states.size === 1 && ['initial', 'configured'].includes(state)) return;
  await askAgain(daq, 'recover');
  expect(await askAgain(daq, 'goto configured')).toMatchObject({ code: 0 });
}
