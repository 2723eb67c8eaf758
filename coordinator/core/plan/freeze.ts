// From who takes what to an operation in which everything is decided.

import { assert } from '../../../protos/failure/invariant.ts';
import type { Problem } from '../../../protos/failure/trouble.ts';
import { parseArguments } from '../../../protos/machine/arguments.ts';
import {
  type Arguments,
  destination,
  findTransition,
  isInRun,
  type MachineTransition,
} from '../../../protos/machine/table.ts';
import { OPERATION_LENGTH_MAX, OPERATION_WAVES_MAX, RUN_NUMBER_MAX } from '../limits.ts';
import type { Command, Operation, Step } from '../model/operation.ts';
import type { Incarnation, Incarnations, Partition } from '../model/partition.ts';
import type { Core } from '../model/picture.ts';
import { recorded } from '../policy.ts';
import { whyNotIntoRun } from './joining.ts';
import { type Able, countingStates } from './members.ts';
import { mergeRoutes } from './merge.ts';
import { type Planned, type PlannedOperation, refusal } from './planned.ts';
import { endsRun, startsRun } from './route.ts';
import type { Routed } from './routes.ts';
import { type Member, wavesOf } from './waves.ts';

/** Decides steps, waves, arguments, incarnations, run number and policies. */
export function freeze(core: Core, command: Command, title: string, routed: Routed): Planned {
  const { partition, journal } = core;
  const { steps, starts, ends } = stepsOf(partition, routed);
  if (starts !== undefined && ends !== undefined) {
    return refusal(
      'REFUSED',
      `${title} would end one run and start another; end the run first, then start the next`,
    );
  }
  const given = 'arguments' in command ? command.arguments : {};
  const { values, problems } = argumentsOf(
    steps.map((step) => step.transition),
    given,
  );
  if (problems.length > 0) return refusal('MALFORMED', `the arguments of ${title} are not right`, problems);
  // Going into a run that is already there (a target that came back) spends no new number.
  const spends = starts !== undefined && !(journal.run !== undefined && someoneIsInRun(core));
  if (spends && someoneIsInRun(core)) {
    return refusal(
      'REFUSED',
      `${title} would start a run while targets are still in an earlier one; stop them first, see: baton status`,
    );
  }
  if (starts !== undefined) {
    const why = whyNotIntoRun(core, command, routed, { title, begins: spends });
    if (why !== undefined) return why;
  }
  if (spends && journal.runNumber >= RUN_NUMBER_MAX)
    return refusal('LIMIT', `run numbers end at ${RUN_NUMBER_MAX}: a new journal is needed`);
  return withinLimits({
    command,
    title,
    machineHash: partition.machineHash,
    runNumber: spends ? journal.runNumber + 1 : (journal.run?.number ?? 0),
    ...(spends ? { startsRunAt: starts } : {}),
    ...(ends === undefined ? {} : { endsRunAt: ends }),
    steps: steps.map(({ transition, members }, i) =>
      frozenStep(partition, transition, members, values[i] ?? {}),
    ),
    incarnations: incarnationsOf(
      core,
      routed.takers.map((taker) => taker.member),
    ),
    policies: policiesOf(partition),
    leftOut: recorded(routed.leftOut),
  });
}

/** What would take too much room in every record, message and memory is refused, with what to do instead. */
function withinLimits(operation: PlannedOperation): Planned {
  const { title, steps } = operation;
  const waves = steps.reduce((sum, step) => sum + step.waves.length, 0);
  if (waves > OPERATION_WAVES_MAX) {
    return refusal(
      'LIMIT',
      `${title} would take ${waves} waves, an operation takes at most ${OPERATION_WAVES_MAX}; take its ` +
        'transitions one by one, or let more members act at once: order: { batches: N } in the document',
    );
  }
  // Who was left out is not counted: nobody can ask for less of them.
  const { length } = JSON.stringify({ ...operation, leftOut: [] });
  if (length > OPERATION_LENGTH_MAX) {
    return refusal(
      'LIMIT',
      `${title} would take ${length} characters in the journal, an operation takes at most ` +
        `${OPERATION_LENGTH_MAX}; give shorter arguments, or take its transitions one by one`,
    );
  }
  return { kind: 'planned', operation };
}

/** Incarnation by segment and ordinal of the members; all others take no part. */
export function incarnationsOf(
  core: Core,
  members: readonly Pick<Able, 'segment' | 'ordinal' | 'target'>[],
): Incarnations {
  const bySegment: Record<string, (Incarnation | '')[]> = Object.fromEntries(
    core.partition.segments.map(({ name }) => [name, []]),
  );
  // Those that depart may stand beyond the last member, or in a segment that the document does not have.
  for (const { segment, ordinal } of core.fleet.values()) {
    const lives = bySegment[segment] ?? [];
    bySegment[segment] = lives;
    while (lives.length <= ordinal) lives.push('');
  }
  for (const { segment, ordinal, target } of members) {
    const incarnations = bySegment[segment];
    const incarnation = core.fleet.get(target)?.reported?.incarnation;
    assert(incarnations !== undefined && incarnation !== undefined, 'only observed targets take part');
    incarnations[ordinal] = incarnation;
  }
  return bySegment;
}

/** Which segments may lose targets, as the document says now. */
export function policiesOf(partition: Partition): Operation['policies'] {
  return Object.fromEntries(
    partition.segments.map(({ name, critical, minMembers }) => [name, { critical, minMembers }]),
  );
}

type PlannedStep = { readonly transition: MachineTransition; readonly members: readonly Member[] };

function stepsOf(
  partition: Partition,
  { takers, base }: Routed,
): {
  readonly steps: readonly PlannedStep[];
  readonly starts: number | undefined;
  readonly ends: number | undefined;
} {
  const { machine } = partition;
  const at = takers.map((taker) => taker.member.state);
  let starts: number | undefined;
  let ends: number | undefined;
  const merged = mergeRoutes(
    takers.map((taker) => taker.route),
    base,
  );
  const steps = merged.map(({ transition: name, takers: indexes }, step): PlannedStep => {
    const members: Member[] = [];
    for (const index of indexes) {
      const member = takers[index]?.member;
      const from = at[index];
      const to = from === undefined ? undefined : destination(machine, from, name);
      assert(member !== undefined && from !== undefined && to !== undefined, 'a route is legal step by step');
      if (startsRun(machine, from, name)) starts ??= step;
      if (endsRun(machine, from, name)) ends = step;
      members.push({ segment: member.segment, ordinal: member.ordinal, from, to });
      at[index] = to;
    }
    const transition = findTransition(machine, name);
    assert(transition !== undefined, 'a route names transitions of the machine');
    return { transition, members };
  });
  return { steps, starts, ends };
}

function frozenStep(
  partition: Partition,
  transition: MachineTransition,
  members: readonly Member[],
  values: Arguments,
): Step {
  const { name, onFailure, stopPath, timeoutMs } = transition;
  return {
    transition: name,
    arguments: values,
    onFailure,
    stopPath,
    budgetMs: timeoutMs,
    waves: wavesOf(partition, transition, members),
  };
}

/** Each transition gets those of the given arguments that it knows; one that none knows is a problem. */
function argumentsOf(
  transitions: readonly MachineTransition[],
  given: Arguments,
): { readonly values: readonly Arguments[]; readonly problems: readonly Problem[] } {
  const known = new Set(transitions.flatMap((t) => t.arguments.map((argument) => argument.name)));
  const problems: Problem[] = Object.keys(given)
    .filter((name) => !known.has(name))
    .map((name) => ({
      path: `arguments.${name}`,
      want: known.size === 0 ? 'no arguments' : `one of ${[...known].join(', ')}`,
      got: JSON.stringify(given[name]),
    }));
  const values = transitions.map((transition) => {
    const own = Object.fromEntries(
      Object.entries(given).filter(([name]) => transition.arguments.some((a) => a.name === name)),
    );
    const parsed = parseArguments(transition, own);
    if ('values' in parsed) return parsed.values;
    problems.push(...parsed.problems);
    return {};
  });
  return { values, problems };
}

/** Excluded targets and targets in error do not keep a run alive. */
function someoneIsInRun(core: Core): boolean {
  return [...countingStates(core)].some((state) => isInRun(core.partition.machine, state));
}
