// Cases one after the other: what is drawn, tried and counted.

import { diceOf } from './dice.ts';
import { documents } from './kinds/documents.ts';
import { flags } from './kinds/flags.ts';
import { frames } from './kinds/frames.ts';
import { journals } from './kinds/journals.ts';
import { machines } from './kinds/machines.ts';
import { stateFiles } from './kinds/stateFiles.ts';
import type { Subject, Verdict } from './subject.ts';

/** Everything that is fuzzed; case K is of kind K modulo their number. */
export const KINDS = { documents, machines, flags, stateFiles, journals, frames } as const;

export type Kind = keyof typeof KINDS;

export const KIND_NAMES: readonly Kind[] = [
  'documents',
  'machines',
  'flags',
  'stateFiles',
  'journals',
  'frames',
];

/** One case may take this long, in milliseconds, on a machine that others use too. */
export const CASE_MS_MAX = 10_000;

export type Finding = { readonly number: number; readonly kind: Kind; readonly sentence: string };

export type Result = {
  readonly counts: ReadonlyMap<Kind, Readonly<Record<Verdict, number>>>;
  readonly findings: readonly Finding[];
};

export type Plan = {
  /** The number of the first case, and of how many. */
  readonly first: number;
  readonly cases: number;
  /** Only these kinds; without it all. */
  readonly only?: readonly Kind[];
  readonly trace?: (line: string) => void;
  /** How long one case may take, in milliseconds; CASE_MS_MAX without. */
  readonly caseMsMax?: number;
  /** Told before each case. */
  readonly begins?: (number: number) => void;
};

/** The kind of a case. */
export function kindOf(number: number, only: readonly Kind[] = KIND_NAMES): Kind {
  const kind = only[number % only.length];
  if (kind === undefined) throw new Error('there is a kind at least');
  return kind;
}

export type Subjects = Readonly<Record<Kind, () => Promise<Subject>>>;

/** Runs the cases of a plan. */
export async function runCases(plan: Plan, kinds: Subjects = KINDS): Promise<Result> {
  const { first, cases, only, trace = () => {}, begins, caseMsMax = CASE_MS_MAX } = plan;
  await using open = new AsyncDisposableStack();
  const subjects = new Map<Kind, Subject>();
  const counts = new Map<Kind, Record<Verdict, number>>();
  const findings: Finding[] = [];
  for (let number = first; number < first + cases; number += 1) {
    const kind = kindOf(number, only);
    const subject = subjects.get(kind) ?? open.use(await kinds[kind]());
    subjects.set(kind, subject);
    const counted = counts.get(kind) ?? { accepted: 0, rejected: 0 };
    counts.set(kind, counted);
    begins?.(number);
    try {
      counted[await inTime(subject.attempt(diceOf(number), trace), caseMsMax)] += 1;
    } catch (error) {
      findings.push({ number, kind, sentence: sentenceOf(error) });
    }
  }
  return { counts, findings };
}

async function inTime(attempt: Promise<Verdict>, limitMs: number): Promise<Verdict> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = setTimeout(() => reject(new Error(`it hangs: no end after ${limitMs} ms`)), limitMs);
  try {
    return await Promise.race([attempt, promise]);
  } finally {
    clearTimeout(late);
  }
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const where =
    error.stack
      ?.split('\n')
      .find((line) => line.includes('.ts:'))
      ?.trim() ?? '';
  return `${error.name}: ${error.message} ${where}`;
}
