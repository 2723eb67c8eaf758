// For each command: which targets take which transitions, or why it is refused.

import { nearest } from '../../../protos/machine/nearest.ts';
import { stopPath, walkSequence } from '../../../protos/machine/path.ts';
import { findTransition, type Machine } from '../../../protos/machine/table.ts';
import type { Trouble } from '../model/operation.ts';
import type { Core, Observation } from '../model/picture.ts';
import { segmentOf } from '../policy.ts';
import { type Able, type Absent, leftOut, type Members, membersOf, partitionState } from './members.ts';
import { isNamed, type Refusal, refusal, unknownNames } from './planned.ts';
import { isStopSequence, stopRoute, stopTransitionRoute, wayTo } from './route.ts';

/** Targets with their transitions; `base` gives the order of the steps where that is already known. */
export type Routed = {
  readonly kind: 'routed';
  readonly takers: readonly { readonly member: Able; readonly route: readonly string[] }[];
  readonly base: readonly string[];
  readonly leftOut: readonly Trouble[];
};

type Router = (member: Able) => readonly string[] | undefined;

/** One transition. Off the stop path all targets must stand where it may start. */
export function transitionRoutes(core: Core, name: string): Routed | Refusal {
  const { machine } = core.partition;
  const transition = findTransition(machine, name);
  if (transition === undefined) return unknownName(machine, name);
  if (transition.stopPath) {
    return stopping(core, [name], ({ state }) => stopTransitionRoute(machine, name, state), name);
  }
  return together(
    core,
    [name],
    name,
    ({ state }) => (transition.from.includes(state) ? [name] : undefined),
    transition.from,
  );
}

/** A sequence: optional steps are decided here, not at the target. */
export function sequenceRoutes(core: Core, name: string): Routed | Refusal {
  const { machine } = core.partition;
  const sequence = machine.sequences.find((candidate) => candidate.name === name);
  if (sequence === undefined) return unknownName(machine, name);
  const base = sequence.steps.map((step) => step.transition);
  if (isStopSequence(machine, sequence)) {
    return stopping(core, base, ({ state, inError }) => stopRoute(machine, sequence, state, inError), name);
  }
  const starts = machine.states.map((s) => s.name).filter((s) => walkSequence(machine, sequence, s)?.length);
  return together(core, base, name, ({ state }) => walkSequence(machine, sequence, state), starts);
}

/**
 * Each target, or each of `targets`, by its own shortest way. Refused while the state of any of them is unknown.
 */
export function goToRoutes(core: Core, state: string, targets: readonly string[] = []): Routed | Refusal {
  const { machine } = core.partition;
  const strangers = unknownNames(core, targets);
  if (strangers !== undefined) return strangers;
  if (!machine.states.some((candidate) => candidate.name === state)) return unknownState(machine, state);
  // Who is excluded and in error stays where it is; who leaves would only turn the request away.
  const accepts = (observation: Observation) => isNamed(targets, observation);
  const { able, absent } = staying(core, membersOf(core, { accepts }), ({ inError }) => inError);
  const { missing, out } = withoutAbsent(core, able, absent);
  if (able.length === 0) return refusal('REFUSED', `go to ${state} finds nobody: ${reasons(absent)}`);
  if (missing.length > 0)
    return refusal('REFUSED', `go to ${state} needs every target's state: ${reasons(missing)}`);
  const way = perState((member) => wayTo(machine, member.state, state, member.inError));
  const takers = able.map((member) => ({ member, route: way(member) }));
  const stuck = takers.filter((taker) => taker.route === undefined).map((taker) => taker.member);
  if (stuck.length > 0)
    return refusal(
      'REFUSED',
      `there is no way to ${state}: ${where(stuck)}; a target in error needs: baton recover`,
    );
  return { kind: 'routed', takers: walking(takers), base: [], leftOut: out };
}

/** The stop path of the named targets, or of all; of those the missing ones are told. */
export function leaveRoutes(core: Core, targets: readonly string[]): Routed | Refusal {
  const { machine } = core.partition;
  const strangers = unknownNames(core, targets);
  if (strangers !== undefined) return strangers;
  const { able, absent } = membersOf(core, {
    accepts: (observation) => isNamed(targets, observation),
    returning: true,
    departing: true,
  });
  const takers = able.map((member) => ({ member, route: stopPath(machine, member.state) }));
  const walkers = walking(takers);
  // Who is named and cannot be asked is told as well: nobody may take it for stopped.
  const missing =
    targets.length > 0
      ? absent
      : [...absent.filter((member) => isMissed(core, member)), ...replaced(core, able, walkers)];
  return { kind: 'routed', takers: walkers, base: [], leftOut: spared(core, able, missing) };
}

/** A router that asks once for each state: thousands of targets stand in a handful of states. */
function perState(router: Router): Router {
  const known = new Map<string, readonly string[] | undefined>();
  return (member) => {
    const key = `${member.state} ${member.inError}`;
    if (!known.has(key)) known.set(key, router(member));
    return known.get(key);
  };
}

/** Everybody moves from one common state, or nobody does. */
function together(
  core: Core,
  base: readonly string[],
  name: string,
  router: Router,
  starts: readonly string[],
): Routed | Refusal {
  const route = perState(router);
  const common = partitionState(core);
  const { able, absent } = taking(core, common);
  const { missing, out } = withoutAbsent(core, able, absent);
  const needs = `${name} needs ${starts.join(' or ')}`;
  if (missing.length > 0) return refusal('REFUSED', `${name} needs all targets: ${reasons(missing)}`);
  const elsewhere = able.filter((member) => (route(member) ?? []).length === 0);
  if (elsewhere.length > 0 || able.length === 0)
    return refusal('REFUSED', `${needs}, ${where(elsewhere) || 'nobody takes part'}`);
  if (common === 'mixed')
    return refusal('REFUSED', `${needs}, the targets are in different states: ${where(able)}`);
  return {
    kind: 'routed',
    takers: walking(able.map((member) => ({ member, route: route(member) }))),
    base,
    leftOut: out,
  };
}

/** An excluded target takes part again as soon as it stands where the others are, without an error. */
function taking(core: Core, common: string): Members {
  const { able, absent } = staying(
    core,
    membersOf(core),
    ({ inError, state }) => inError || state !== common,
  );
  const broken = able.filter((member) => member.inError);
  return {
    able: able.filter((member) => !member.inError),
    absent: [...absent, ...broken.map((m) => ({ ...m, cause: `in error (from ${m.state}); recover it` }))],
  };
}

/** Without excluded targets that are `elsewhere`; who leaves counts as absent. */
function staying(core: Core, { able, absent }: Members, elsewhere: (member: Able) => boolean): Members {
  const isExcluded = ({ target }: Pick<Able, 'target'>) => core.journal.excluded[target] !== undefined;
  const included = able.filter((member) => !isExcluded(member) || !elsewhere(member));
  const leaves = ({ target }: Able) => core.fleet.get(target)?.reported?.leaving === true;
  return {
    able: included.filter((member) => !leaves(member)),
    absent: [
      ...absent.filter((member) => !isExcluded(member)),
      ...included.filter(leaves).map((member) => ({ ...member, cause: 'it leaves' })),
    ],
  };
}

/** The stop path: who is there, or about to be back, stops; who is not cannot hold up the others. */
function stopping(core: Core, base: readonly string[], router: Router, name: string): Routed | Refusal {
  const route = perState(router);
  const { able, absent } = membersOf(core, { returning: true, departing: true });
  const takers = able.map((member) => ({ member, route: route(member) }));
  const stuck = takers.filter((taker) => taker.route === undefined).map((taker) => taker.member);
  if (stuck.length > 0) return refusal('REFUSED', `${name} is not possible from here: ${where(stuck)}`);
  const walkers = walking(takers);
  if (walkers.length === 0)
    return refusal('REFUSED', `${name} has nothing to do: ${where(able) || reasons(absent)}`);
  const out = [...absent.filter((member) => isMissed(core, member)), ...replaced(core, able, walkers)];
  return { kind: 'routed', takers: walkers, base, leftOut: spared(core, able, out) };
}

/** Of those whom the document does not have any more only who was in the run is missed. */
function isMissed({ departing, journal }: Core, { target, segment }: Absent): boolean {
  const { ordinal } = segmentOf(target);
  return !departing.has(target) || (journal.run?.incarnations[segment]?.[ordinal] ?? '') !== '';
}

/**
 * Who took part in the open run as another process than the present one, which has nothing to stop: what the
 * one before had not handed over is missing, as if it were away.
 */
function replaced(core: Core, able: readonly Able[], walkers: Routed['takers']): readonly Absent[] {
  const { run } = core.journal;
  if (run === undefined) return [];
  const walking = new Set(walkers.map(({ member }) => member.target));
  return able
    .filter(({ target, segment, ordinal }) => {
      const started = run.incarnations[segment]?.[ordinal] ?? '';
      const now = core.fleet.get(target)?.reported?.incarnation;
      return started !== '' && started !== now && !walking.has(target);
    })
    .map(({ target, segment }) => ({ target, segment, cause: 'its process was replaced during the run' }));
}

/** Those who are left out of a stop, each with whether policy can do without it. */
function spared(core: Core, able: readonly Able[], absent: readonly Absent[]): readonly Trouble[] {
  const spare = spareSegments(core, able);
  return absent.map((member) => {
    const excluded = core.journal.excluded[member.target] !== undefined;
    return leftOut(member, excluded || spare.has(member.segment));
  });
}

/** Absent targets that policy can spare, and those that are missed. */
function withoutAbsent(
  core: Core,
  able: readonly Able[],
  absent: readonly Absent[],
): { readonly missing: readonly Absent[]; readonly out: readonly Trouble[] } {
  const spare = spareSegments(core, able);
  const out = absent.filter(({ segment }) => spare.has(segment)).map((member) => leftOut(member, true));
  return { missing: absent.filter(({ segment }) => !spare.has(segment)), out };
}

/** Segments that are not critical and have enough members among those who take part. */
function spareSegments(core: Core, able: readonly Able[]): ReadonlySet<string> {
  const present = Map.groupBy(able, (member) => member.segment);
  const spare = core.partition.segments.filter(
    ({ name, critical, minMembers }) => !critical && (present.get(name)?.length ?? 0) >= minMembers,
  );
  return new Set(spare.map((segment) => segment.name));
}

function walking(
  takers: readonly { readonly member: Able; readonly route: readonly string[] | undefined }[],
): Routed['takers'] {
  return takers.flatMap(({ member, route }) =>
    route === undefined || route.length === 0 ? [] : [{ member, route }],
  );
}

/** At most this many targets are named in one sentence. */
const NAMED_MAX = 5;

/** Where they are: in one word when they agree, else by name. */
function where(members: readonly Able[]): string {
  const places = members.map((m) => `in ${m.state}${m.inError ? ' with an error' : ''}`);
  const [first] = places;
  if (members.length > 2 && first !== undefined && places.every((place) => place === first)) {
    return `all ${members.length} targets are ${first}`;
  }
  const named = members.slice(0, NAMED_MAX).map((member, i) => `${member.target} is ${places[i]}`);
  return withMore(named, members.length);
}

function reasons(members: readonly Absent[]): string {
  return withMore(
    members.slice(0, NAMED_MAX).map((member) => `${member.target}: ${member.cause}`),
    members.length,
  );
}

function withMore(named: readonly string[], count: number): string {
  const more = count > named.length ? [`${count - named.length} more`] : [];
  return [...named, ...more].join('; ');
}

function unknownName(machine: Machine, name: string): Refusal {
  const names = [...machine.transitions, ...machine.sequences].map((named) => named.name);
  const close = nearest(name, names);
  const hint = close === undefined ? '' : `; did you mean ${close}?`;
  return refusal('MALFORMED', `machine ${machine.name} has no transition or sequence "${name}"${hint}`, [
    { path: 'command', want: `one of ${names.join(', ')}`, got: `"${name}"` },
  ]);
}

function unknownState(machine: Machine, name: string): Refusal {
  const names = machine.states.map((state) => state.name);
  const close = nearest(name, names);
  const hint = close === undefined ? '' : `; did you mean ${close}?`;
  return refusal('MALFORMED', `machine ${machine.name} has no state "${name}"${hint}`, [
    { path: 'command.goTo', want: `one of ${names.join(', ')}`, got: `"${name}"` },
  ]);
}
