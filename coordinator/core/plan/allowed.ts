// What would be accepted now. The planner itself is asked: a list beside it would sooner or later say other things.

import { GO_TO } from '../../../protos/machine/limits.ts';
import { walkSequence } from '../../../protos/machine/path.ts';
import type { Core } from '../model/picture.ts';
import { partitionState } from './members.ts';
import type { Refusal } from './planned.ts';
import { isStopSequence } from './route.ts';
import { goToRoutes, type Routed, sequenceRoutes, transitionRoutes } from './routes.ts';

/** Transitions and sequences that the planner would not refuse now, and `goto` when it would take a way at all. */
export function plannable(core: Core): readonly string[] {
  const { machine } = core.partition;
  const common = partitionState(core);
  // Off the stop path all must stand where it may start: to ask for the others would only cost time.
  const transitions = machine.transitions.filter((each) => each.stopPath || each.from.includes(common));
  const sequences = machine.sequences.filter(
    (each) => isStopSequence(machine, each) || walkSequence(machine, each, common) !== undefined,
  );
  const leads = machine.states.some(({ name }) => isWay(goToRoutes(core, name)));
  return [
    ...transitions.map(({ name }) => name).filter((name) => transitionRoutes(core, name).kind === 'routed'),
    ...sequences.map(({ name }) => name).filter((name) => sequenceRoutes(core, name).kind === 'routed'),
    ...(leads ? [GO_TO] : []),
  ];
}

/** A refusal that also says what would not be refused. */
export function withAllowed(core: Core, refused: Refusal): Refusal {
  if (refused.code !== 'REFUSED') return refused;
  const names = plannable(core);
  const words = names.length === 0 ? 'nothing; see: baton status' : names.join(', ');
  return { ...refused, sentence: `${refused.sentence}; allowed now: ${words}` };
}

/** Going where everybody stands already is no way; one in error is not there, even in the state it came from. */
function isWay(routes: Routed | Refusal): boolean {
  return routes.kind === 'routed' && routes.takers.length > 0;
}
