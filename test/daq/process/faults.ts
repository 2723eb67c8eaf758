// Faults on demand: what makes this DAQ useful for testing a run control.

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Problem, problemLine, RunControlError } from '../../../protos/failure/trouble.ts';

const DELAY_MS_MAX = 3_600_000;

const faultSchema = z.discriminatedUnion('kind', [
  /** Takes longer. */
  z.strictObject({ kind: z.literal('slow'), ms: z.int().min(1).max(DELAY_MS_MAX) }),
  /** Never ends; `deaf`: not even when the sidecar gives up. */
  z.strictObject({ kind: z.literal('hang'), deaf: z.boolean().optional() }),
  /** Does not begin before the fault is taken away. */
  z.strictObject({ kind: z.literal('held') }),
  z.strictObject({ kind: z.literal('refuse') }),
  /** `state`: where it then says that it is; else where it was. */
  z.strictObject({ kind: z.literal('fail'), state: z.string().optional() }),
  /** The process exits with 1. */
  z.strictObject({ kind: z.literal('crash') }),
  /** Does it and never answers. */
  z.strictObject({ kind: z.literal('dropAnswer') }),
  /** Does it and claims a state that no machine has. */
  z.strictObject({ kind: z.literal('wrongState') }),
  /** Fails with a cause of BIG_CAUSE_BYTES. */
  z.strictObject({ kind: z.literal('big') }),
]);

/** By the name of a transition, `recover` or `attach` (there slow, hang, refuse and crash). */
const faultsSchema = z.record(z.string(), faultSchema);

export type Fault = z.infer<typeof faultSchema>;
export type Faults = Readonly<Record<string, Fault>>;

export const BIG_CAUSE_BYTES = 5_242_880;

/** The state that a process with the fault `wrongState` claims. */
export const WRONG_STATE = 'nowhere';

/**
 * The faults that are in force now: those of the arguments, and over them those of the file. A file that
 * is not there has none. Throws RunControlError MALFORMED with all problems of the file.
 */
export function faultsNow(options: { readonly given: Faults; readonly path: string | undefined }): Faults {
  if (options.path === undefined) return options.given;
  let text: string;
  try {
    text = readFileSync(options.path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return options.given;
    throw error;
  }
  return { ...options.given, ...parseFaults(text, options.path) };
}

/** One fault of the command line, `conf=slow:500` or `conf=hang`; a Problem when it is none. */
export function parseFaultArgument(text: string): { name: string; fault: Fault } | Problem {
  const [name = '', rest = ''] = text.split('=', 2);
  const [kind, ms] = rest.split(':', 2);
  const parsed = faultSchema.safeParse(ms === undefined ? { kind } : { kind, ms: Number(ms) });
  if (parsed.success && name !== '') return { name, fault: parsed.data };
  return { path: '--fault', want: 'transition=kind, e.g. conf=slow:500 or stop=hang', got: text };
}

function parseFaults(text: string, path: string): Faults {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new RunControlError('MALFORMED', `${path} is no JSON`, { cause: error });
  }
  const parsed = faultsSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => ({
    path: `${path} ${issue.path.join('.')}`,
    want: issue.message,
    got: JSON.stringify(issue.path.reduce<unknown>(member, raw) ?? null),
  }));
  throw new RunControlError('MALFORMED', problems.map(problemLine).join('; '), { problems });
}

function member(value: unknown, key: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}
