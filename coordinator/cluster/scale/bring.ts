// Where targets that have just come are brought: to where all the others stand. Pure.

import { isKnown } from '../../core/fleet.ts';
import type { Target } from '../../core/model/partition.ts';
import type { Core } from '../../core/model/picture.ts';
import { nameSome } from '../cordon/cordon.ts';

export type Bringing =
  /** They stand where the others are, or there are no others. */
  | { readonly kind: 'there' }
  /** Going there moves only them. */
  | { readonly kind: 'goTo'; readonly state: string; readonly targets: readonly Target[] }
  /** They stay where they are. */
  | { readonly kind: 'stay'; readonly sentence: string };

/** For the targets of `segment` that stand where a machine begins. */
export function bringing(core: Core, segment: string): Bringing {
  const { machine } = core.partition;
  const known = [...core.fleet.values()].filter(isKnown);
  const came = known.filter(
    (each) => each.segment === segment && !each.reported.inError && each.reported.state === machine.initial,
  );
  const others = known.filter(
    (each) => !came.includes(each) && core.journal.excluded[each.target] === undefined,
  );
  const states = new Set(others.map(({ reported }) => reported.state));
  const [state] = states;
  if (came.length === 0 || state === undefined || (states.size === 1 && state === machine.initial)) {
    return { kind: 'there' };
  }
  const targets = came.map(({ target }) => target);
  const stays = `${nameSome(targets)} stay${targets.length === 1 ? 's' : ''} in ${machine.initial}`;
  const { run } = core.journal;
  if (run !== undefined)
    return { kind: 'stay', sentence: `${stays}: run ${run.number} is on, and nobody joins it` };
  if (states.size > 1 || others.some(({ reported }) => reported.inError)) {
    return { kind: 'stay', sentence: `${stays}: the others are in different states; see: baton status` };
  }
  return { kind: 'goTo', state, targets };
}
