// The journal of a long story: each of its records, also those whose place a snapshot has taken since.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import type { JournalState } from '../../../coordinator/core/model/journal.ts';
import { rowOfLine, snapshotOfLine } from '../../../coordinator/journal/object/line.ts';
import { parseSpec } from '../../../coordinator/journal/object/spec.ts';
import { type JournalTrace, traceOf } from '../../e2e/fromJournal.ts';
import { pathOf } from '../binaries.ts';
import { PARTITION } from '../judged.ts';
import type { Site } from '../site.ts';
import { openSeen } from './seen.ts';

/** A watch that broke, since the API server is away, is tried again after so long, in milliseconds. */
const AGAIN_MS = 300;

export type FollowedJournal = AsyncDisposable & {
  /** What it replayed to when it was seen last; undefined before. */
  readonly state: () => JournalState | undefined;
  /** All records that were ever seen, up to the present ones. Throws when the journal is, or once was, damaged. */
  readonly trace: () => Promise<JournalTrace>;
};

/** Watches the journal object of the partition until it is disposed of. */
export function followJournal(site: Site): FollowedJournal {
  const seen = openSeen();
  let state: JournalState | undefined;
  let damage: unknown;
  const take = (raw: unknown): ReturnType<typeof parseSpec> => {
    const parsed = parseSpec(PARTITION, raw);
    const { records, snapshot } = parsed.spec;
    seen.add(
      snapshotOfLine(snapshot),
      records.flatMap((line) => rowOfLine(line) ?? []),
    );
    state = parsed.end.state;
    return parsed;
  };
  const closing = new AbortController();
  const watching = watch(site, closing.signal, take).catch((error: unknown) => {
    damage = error;
  });
  return {
    state: () => state,
    trace: async () => {
      if (damage !== undefined) throw damage;
      const { end } = take(specOf(await site.get('journals.baton.dev', PARTITION)));
      return traceOf({ ...seen.upTo(end.at.index), state: end.state });
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await watching;
    },
  };
}

async function watch(site: Site, signal: AbortSignal, take: (raw: unknown) => void): Promise<void> {
  const words = ['get', 'journals.baton.dev', PARTITION, '--watch', '--output=jsonpath={.spec}{"\\n"}'];
  while (!signal.aborted) {
    const child = spawn(pathOf('kubectl'), [...words, `--namespace=${site.namespace}`], {
      env: { ...process.env, KUBECONFIG: site.kubeconfig },
      stdio: ['ignore', 'pipe', 'ignore'],
      signal,
      killSignal: 'SIGKILL',
    });
    child.on('error', () => undefined);
    const closed = once(child, 'close').catch(() => undefined);
    for await (const line of createInterface({ input: child.stdout })) takeLine(line, take);
    await closed;
    await wait(AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** A line that a broken watch has cut is seen whole next time. */
function takeLine(line: string, take: (raw: unknown) => void): void {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return;
    throw error;
  }
  take(raw);
}

function specOf(object: unknown): unknown {
  return typeof object === 'object' && object !== null && 'spec' in object ? object.spec : undefined;
}
