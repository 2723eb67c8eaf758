// A decision in the making. It lives only inside decide().

import { apply } from './journal-state.ts';
import type { JournalRecord, JournalState } from './model/journal.ts';
import type { Partition, Target } from './model/partition.ts';
import type { Core, Leavers, Progress } from './model/picture.ts';
import type { Decision, DownMessage, Effect, Following, Submit } from './model/turn.ts';

export type Draft = {
  readonly core: Core;
  /** As it will be once `records` are durable. */
  journal: JournalState;
  progress: Progress | undefined;
  leavers: Leavers;
  waiting: readonly Submit[];
  /** The newest document. */
  wanted: Partition;
  document: Following | undefined;
  readonly records: JournalRecord[];
  readonly effects: Effect[];
};

/** Nothing is decided yet. */
export function draftOf(core: Core): Draft {
  const { journal, progress, leavers, waiting, wanted } = core;
  return { core, journal, progress, leavers, waiting, wanted, document: undefined, records: [], effects: [] };
}

/** Decides that `record` becomes true. */
export function write(draft: Draft, record: JournalRecord): void {
  draft.records.push(record);
  draft.journal = apply(draft.journal, record);
}

/** Decides to send one message. */
export function send(draft: Draft, target: Target, message: DownMessage): void {
  draft.effects.push({ type: 'send', target, message });
}

/** The decision as data. */
export function decisionOf(draft: Draft): Decision {
  const { records, effects, core, progress, leavers, waiting, document } = draft;
  return {
    records,
    effects,
    ...(progress === core.progress ? {} : { progress: progress ?? 'none' }),
    ...(leavers === core.leavers ? {} : { leavers }),
    ...(waiting === core.waiting ? {} : { waiting }),
    ...(document === undefined ? {} : { document }),
  };
}
