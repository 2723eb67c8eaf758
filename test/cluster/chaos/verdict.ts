// What is said of a story: a clean run is whole, an unclean one names somebody, and nobody met a bug.

import { z } from 'zod';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { Report } from '../../daq/verify.ts';
import type { JudgedDaq } from '../judged.ts';

const RUNS_MAX = 1_000;

const runsSchema = z.array(z.looseObject({ number: z.number(), status: z.string(), cause: z.string() }));

type Run = z.infer<typeof runsSchema>[number];

/** Who may be to blame: a target or a node, by name. */
const SOMEBODY = /\b(trigger|readout|builder|writer)-\d\b/;

/** Reasons that are nobody's: a person's own word, or a start that did not come to anybody. */
const NOBODYS = ['it did not start', 'cancelled', 'none of its processes is in it any more'];

export type Verdict = {
  /** One line for each run. */
  readonly lines: readonly string[];
  /** What is against a promise. */
  readonly wrong: readonly string[];
};

/** Holds every run that the coordinator tells of to its files, and every log to having no bug. */
export async function judgeRuns(daq: JudgedDaq): Promise<Verdict> {
  const { out } = await daq.baton(`runs --limit ${RUNS_MAX} -o json`);
  const runs = runsSchema.parse(JSON.parse(out)).toSorted((a, b) => a.number - b.number);
  const judged = [];
  for (const run of runs) judged.push(judgeRun(run, await reportOf(daq, run.number)));
  const wrong = [...judged.flatMap((each) => each.wrong), ...bugsOf(daq)];
  return { lines: judged.map(({ line }) => line), wrong };
}

/** What is said of one run; `report` is what the verifier finds, undefined when nothing was read out. */
export function judgeRun({ number, status, cause }: Run, report: Report | undefined) {
  const found = report === undefined ? 'nothing was read out' : fragmentsOf(report);
  const isClean = status === 'RUN_STATUS_CLEAN';
  const line = `run ${number} ${isClean ? 'clean' : `${status} (${cause})`}: ${found}`;
  const wrong = [
    ...(isClean && report?.ok === false ? [`P16 nothing lost: ${line}`] : []),
    ...(status === 'RUN_STATUS_UNCLEAN' && !isSaid(cause)
      ? [`P16 an unclean end names the targets: ${line}`]
      : []),
    ...(status === 'RUN_STATUS_OPEN' ? [`P12 each operation ends: ${line}`] : []),
  ];
  return { line, wrong };
}

/** What no container of Baton's says unless one of its authors was wrong, whatever was done to it. */
const BUGS = ['a bug: ', 'FATAL ERROR', 'it did not stop within'];

/** Their kubelet starts them again, and nobody else would notice. */
export function bugsIn(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => BUGS.some((words) => line.includes(words)));
}

function bugsOf({ logs }: JudgedDaq): readonly string[] {
  return logs
    .lives()
    .flatMap((life) => bugsIn(logs.lines(life)).map((line) => `${life.pod} ${life.container}: ${line}`));
}

function isSaid(cause: string): boolean {
  return SOMEBODY.test(cause) || NOBODYS.some((words) => cause.includes(words));
}

function fragmentsOf({ fragments: { readOut, written, missing, double, corrupt } }: Report): string {
  return `${readOut} read out, ${written} written, ${missing} missing, ${double} double, ${corrupt} corrupt`;
}

async function reportOf(daq: JudgedDaq, run: number): Promise<Report | undefined> {
  try {
    return await daq.verify(run);
  } catch (error) {
    // Its number was spent before anybody took part.
    if (error instanceof RunControlError && error.code === 'UNKNOWN_ID') return undefined;
    throw error;
  }
}
