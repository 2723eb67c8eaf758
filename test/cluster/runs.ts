// Runs of a judged DAQ, one after the other, each with what must be true at its beginning and at its end.

import { expect } from 'vitest';
import type { JudgedDaq } from './judged.ts';

/** Triggers a second: of each, every readout reads out one fragment. */
const RATE = 100;

/** Fragments of one readout that show that data are taken. */
const FRAGMENTS = 50;

export type Runs = {
  /** Number of the run that was begun last; 0: none. */
  readonly number: number;
  /** Begins the next run and takes some data; fails unless the operation is done. */
  start(): Promise<void>;
  /** The next run is one that was begun by other words: gives its number. */
  begun(): number;
  /** Resolves once more data have been taken than there were. */
  goOn(): Promise<void>;
  /** Stops the run, with more words for `baton send`; fails unless its end is clean and nothing is missing. */
  stopClean(words?: string): Promise<void>;
  /** Fails unless everything that was read out in the run is in its files, once and whole. */
  isWhole(): Promise<void>;
};

export function runsOf(daq: JudgedDaq): Runs {
  let run = 0;
  const goOn = async () => {
    const { fragments } = await daq.verify(run);
    await daq.readOut(run, fragments.readOut / 4 + FRAGMENTS);
  };
  const isWhole = async () => {
    const report = await daq.verify(run);
    process.stdout.write(`run ${run}: ${JSON.stringify(report.fragments)}\n`);
    expect(report).toMatchObject({ ok: true, notes: [], records: { incomplete: 0 } });
  };
  return {
    get number() {
      return run;
    },
    begun: () => {
      run += 1;
      return run;
    },
    start: async () => {
      run += 1;
      expect(await daq.baton(`send start_run trigger_rate=${RATE}`)).toMatchObject({
        code: 0,
        out: expect.stringContaining(`run ${run} goes on`),
      });
      await daq.readOut(run, FRAGMENTS);
    },
    goOn,
    stopClean: async (words = '') => {
      expect(await daq.baton(`send stop_run${words}`)).toMatchObject({
        code: 0,
        out: expect.stringContaining(`run ${run} ended clean`),
      });
      await isWhole();
    },
    isWhole,
  };
}
