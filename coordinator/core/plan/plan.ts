// What an operation would do, frozen when it is accepted: a takeover never plans anew.

import { unreachable } from '../../../protos/failure/invariant.ts';
import type { Command } from '../model/operation.ts';
import type { Core } from '../model/picture.ts';
import { withAllowed } from './allowed.ts';
import { freeze } from './freeze.ts';
import { isNamed, type Planned, type Refusal, refusal, unknownNames } from './planned.ts';
import { planRecover } from './recover.ts';
import { goToRoutes, leaveRoutes, type Routed, sequenceRoutes, transitionRoutes } from './routes.ts';

/** Plans `command` for the fleet as it is seen now. A refusal says what is true now and what is allowed. */
export function plan(core: Core, command: Command): Planned {
  switch (command.kind) {
    case 'transition':
      return routed(core, command, command.name, transitionRoutes(core, command.name));
    case 'sequence':
      return routed(core, command, command.name, sequenceRoutes(core, command.name));
    case 'goTo':
      return routed(core, command, goToTitle(command), goToRoutes(core, command.state, command.targets));
    case 'leave':
      return routed(core, command, leaveTitle(command.targets), leaveRoutes(core, command.targets));
    case 'recover':
      return planRecover(core, command);
    case 'adopt':
      return planAdopt(core, command);
    case 'declareGone':
      return refusal('REFUSED', 'declaring a process gone does not need a plan: nothing is sent');
    default:
      return unreachable(command);
  }
}

function routed(core: Core, command: Command, title: string, routes: Routed | Refusal): Planned {
  if (routes.kind === 'trouble') {
    // Who names a state has been told the way already.
    return command.kind === 'goTo' ? routes : withAllowed(core, routes);
  }
  return freeze(core, command, title, routes);
}

/** At most this many targets are named in a title. */
const TITLED_MAX = 5;

function leaveTitle(targets: readonly string[]): string {
  return targets.length === 0 ? 'stop the run because targets leave' : `leave: ${named(targets)}`;
}

function goToTitle({ state, targets = [] }: Extract<Command, { kind: 'goTo' }>): string {
  return targets.length === 0 ? `go to ${state}` : `go to ${state}: ${named(targets)}`;
}

function named(targets: readonly string[]): string {
  const more = targets.length > TITLED_MAX ? ` and ${targets.length - TITLED_MAX} more` : '';
  return `${targets.slice(0, TITLED_MAX).join(', ')}${more}`;
}

function planAdopt(core: Core, command: Extract<Command, { kind: 'adopt' }>): Planned {
  const strangers = unknownNames(core, command.targets);
  if (strangers !== undefined) return strangers;
  const foreign = [...core.fleet.values()].filter(
    (o) => o.foreignJournalId !== '' && isNamed(command.targets, o),
  );
  if (foreign.length === 0)
    return refusal('REFUSED', 'no such target is commanded by another journal: nothing to take over');
  return freeze(core, command, `adopt ${foreign.map((o) => o.target).join(', ')}`, {
    kind: 'routed',
    takers: [],
    base: [],
    leftOut: [],
  });
}
