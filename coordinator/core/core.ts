// The coordinator's core: what is seen goes into the picture, what follows is data.
//
//   observe(core, event, now)             the picture, in place
//   decision = decide(core, event, now)   nothing has happened yet
//   at = await journal.append(at, decision.records)
//   core = commit(core, decision)
//   for (const effect of decision.effects) run(effect)

import { unreachable } from '../../protos/failure/invariant.ts';
import { followDocument, namedTargets, partitionAtFirst } from './document.ts';
import { type Draft, decisionOf, draftOf, write } from './draft.ts';
import { advance, ask, deadlineDue } from './fanout.ts';
import { fleetOf, observeFleet } from './fleet.ts';
import { beginHearing, observeHearing, takeWaiting } from './hearing.ts';
import { apply } from './journal-state.ts';
import { lead, releaseEnded, releaseSettled, settleUnknown, tellPodFacts, welcomed } from './lead.ts';
import { endLeave, leaversTold, leaving, returnToService, startLeave, verdictDue } from './leave.ts';
import type { JournalState } from './model/journal.ts';
import type { Partition } from './model/partition.ts';
import type { Core } from './model/picture.ts';
import type { Decision, Event, Following, Instant } from './model/turn.ts';
import { abandonedRun } from './run.ts';
import { cancel, submit } from './submit.ts';
import { targetsOfPartition } from './targets.ts';
import { observeWave } from './wave.ts';

/** A core with the newest document that has replayed its journal and seen nothing yet. */
export function initialCore(wanted: Partition, journal: JournalState): Core {
  const partition = partitionAtFirst(wanted, journal);
  const staying = new Set(targetsOfPartition(partition));
  const departing = new Set([...namedTargets(journal)].filter((target) => !staying.has(target)));
  const fleet = fleetOf([...staying, ...departing], new Map());
  return { partition, wanted, journal, fleet, departing, ...NOTHING_YET, hearing: new Set() };
}

const NOTHING_YET = { progress: undefined, leavers: new Map(), waiting: [] };

/** Takes what was seen into the fleet and the present wave, in place. Call it before `decide`, once per event. */
export function observe(core: Core, event: Event, now: Instant): void {
  observeFleet(core.fleet, event, now);
  observeHearing(core, event);
  const { progress } = core;
  const { open } = core.journal;
  if (progress !== undefined && open !== undefined) observeWave(progress, open, core.fleet, event);
}

/** What follows from the event. Records become durable before any of the effects is run. */
export function decide(core: Core, event: Event, now: Instant): Decision {
  const draft = draftOf(core);
  route(draft, event, now);
  takeWaiting(draft);
  advance(draft, now);
  startLeave(draft, now);
  advance(draft, now);
  endLeave(draft);
  endAbandonedRun(draft, event, now);
  followDocument(draft);
  return decisionOf(draft);
}

/** The core after the decision's records are durable. */
export function commit(core: Core, decision: Decision): Core {
  const { records, progress, leavers, waiting, document } = decision;
  const seen = progress ?? leavers ?? waiting ?? document;
  if (records.length === 0 && seen === undefined) return core;
  return {
    ...core,
    ...(document === undefined ? {} : followed(core, document)),
    journal: records.reduce(apply, core.journal),
    progress: progress === undefined ? core.progress : progress === 'none' ? undefined : progress,
    leavers: leavers ?? core.leavers,
    waiting: waiting ?? core.waiting,
  };
}

function followed(
  { fleet, hearing }: Core,
  { partition, wanted, targets, departing }: Following,
): Pick<Core, 'partition' | 'wanted' | 'fleet' | 'departing'> {
  const here = fleetOf(targets, fleet);
  for (const target of hearing) if (!here.has(target)) hearing.delete(target);
  return { partition, wanted, fleet: here, departing };
}

function route(draft: Draft, event: Event, now: Instant): void {
  switch (event.type) {
    case 'lead':
      lead(draft, event.newJournalId);
      return beginHearing(draft);
    case 'submit':
      return submit(draft, event, now);
    case 'cancel':
      return cancel(draft, event);
    case 'welcome':
      return welcomed(draft, event);
    case 'state':
      settleUnknown(draft, event.target);
      return returnToService(draft, event.target);
    case 'answer':
      return answered(draft, event);
    case 'settled':
      return releaseSettled(draft, event);
    case 'leaving':
      return leaving(draft, event);
    case 'deadline':
      return deadlineDue(draft, event.deadline);
    case 'heardEnough':
      return;
    case 'leaversTold':
      return leaversTold(draft);
    case 'document':
      draft.wanted = event.partition;
      return;
    case 'pod':
      return podReported(draft, event);
    case 'disconnected':
      return;
    default:
      return unreachable(event);
  }
}

const SEEN = new Set<Event['type']>(['state', 'welcome', 'answer', 'pod', 'disconnected', 'heardEnough']);

/** What is seen of a target can show that nobody is in the run any more, and so can the end of what kept it open. */
function endAbandonedRun(draft: Draft, event: Event, now: Instant): void {
  if (event.type === 'lead' || (!SEEN.has(event.type) && draft.records.length === 0)) return;
  const run = abandonedRun({ ...draft.core, journal: draft.journal });
  if (run !== undefined) write(draft, { kind: 'runAbandoned', run, atMs: now.wallMs });
}

/** The hook may arrive before the word on its pod: then the verdict is due now. */
function podReported(draft: Draft, { target, facts }: Extract<Event, { type: 'pod' }>): void {
  if (facts !== undefined) tellPodFacts(draft, target);
  releaseEnded(draft, target);
  if (draft.core.fleet.get(target)?.reported?.leaving === true) verdictDue(draft, target);
}

/** A target that turned its request away is told to settle: nobody may guess whether it still takes it. */
function answered(draft: Draft, { target }: Extract<Event, { type: 'answer' }>): void {
  const pending = draft.progress?.pending.get(target);
  if (pending !== undefined && pending.refusal !== '') ask(draft, target);
  settleUnknown(draft, target);
}
