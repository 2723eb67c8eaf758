// A core that sees its targets in given states: what decisions about a cluster are made of.

import { commit, decide, initialCore, observe } from '../../../coordinator/core/core.ts';
import { emptyJournal } from '../../../coordinator/core/journal-state.ts';
import type { JournalState, OpenRun } from '../../../coordinator/core/model/journal.ts';
import type { Incarnation, Partition, Target } from '../../../coordinator/core/model/partition.ts';
import type { Core, ReportedState } from '../../../coordinator/core/model/picture.ts';
import type { Event } from '../../../coordinator/core/model/turn.ts';
import { builtinMachine } from '../../../protos/machine/builtin.ts';
import { machineHash as hashOf } from '../../../protos/machine/hash.ts';

/** `readout 2`: a partition with these segments, which obeys dune. */
export function partitionOf(...segments: readonly string[]): Partition {
  const machine = builtinMachine('dune');
  if (machine === undefined) throw new Error('no machine dune');
  return {
    name: 'p',
    machine,
    machineHash: hashOf(machine),
    leavePolicy: 'stopRun',
    segments: segments.map((words) => {
      const [name = '', members = '1'] = words.split(' ');
      const count = Number(members);
      return { name, members: count, critical: true, minMembers: count, order: 'together' };
    }),
  };
}

/** A core that leads and has seen nothing yet. */
export function coreOf(partition: Partition, journal: Partial<JournalState> = {}): Core {
  const core = initialCore(partition, { ...emptyJournal, ...journal });
  return turn(core, { type: 'lead', newJournalId: 'j1' });
}

/** Run 1, open, in which all targets take part with the lives that `welcomed` gives them. */
export function openRun({ segments }: Partition): OpenRun {
  const lives = segments.map(({ name, members }) => [
    name,
    Array.from({ length: members }, (_, ordinal) => `${name}-${ordinal}.a` as Incarnation),
  ]);
  return { number: 1, startedAtMs: 1_000, incarnations: Object.fromEntries(lives), unclean: '' };
}

/** The core after one event at 1,000 ms. */
export function turn(core: Core, event: Event): Core {
  const now = { monotonicMs: 1_000, wallMs: 1_000 };
  observe(core, event, now);
  return commit(core, decide(core, event, now));
}

type Seen = {
  readonly state?: string;
  readonly life?: string;
  readonly pod?: string;
  readonly machineHash?: string;
} & Partial<Pick<ReportedState, 'inError' | 'attached' | 'cause' | 'leaving'>>;

/** A target is greeted and tells its state. */
export function welcomed(
  core: Core,
  name: string,
  { life = 'a', pod = name, machineHash, ...seen }: Seen,
): Core {
  return turn(core, {
    type: 'welcome',
    target: name as Target,
    journalId: core.journal.journalId,
    foreign: false,
    fence: { epoch: 0, operationNumber: 0, step: 0 },
    machineHash: machineHash ?? core.partition.machineHash,
    last: undefined,
    state: reportedOf(`${pod}.${life}`, seen),
  });
}

/** Every target is greeted and tells the same state. */
export function allIn(core: Core, state: string): Core {
  return [...core.fleet.keys()].reduce((seen, target) => welcomed(seen, target, { state }), core);
}

function reportedOf(incarnation: string, seen: Omit<Seen, 'life' | 'pod' | 'machineHash'>): ReportedState {
  return {
    incarnation: incarnation as Incarnation,
    stateNumber: 1,
    state: 'initial',
    inError: false,
    attached: true,
    doing: undefined,
    doingTransition: '',
    leaving: false,
    cause: '',
    ...seen,
  };
}
