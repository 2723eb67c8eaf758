// The coordinator can only say that it does not see a sidecar. Whoever started it knows more.

import { unreachable } from '../../protos/failure/invariant.ts';
import type { Picture, Seen } from '../cli/picture.ts';
import type { Lifecycle } from './pod.ts';

/** The picture with a target whose pod is starting shown without a process, and one that ends as leaving. */
export function withPods(
  picture: Picture,
  pods: readonly { readonly target: string; readonly lifecycle: Lifecycle }[],
): Picture {
  const targets = new Map(picture.targets);
  for (const { target, lifecycle } of pods) {
    const seen = targets.get(target);
    if (seen !== undefined && lifecycle !== 'running') targets.set(target, shownAs(seen, lifecycle));
  }
  return { ...picture, targets };
}

function shownAs(seen: Seen, lifecycle: Exclude<Lifecycle, 'running'>): Seen {
  const view = { ...seen.view, connected: true, inError: false, doing: '', trouble: '' };
  switch (lifecycle) {
    case 'starting':
      return { ...seen, view: { ...view, attached: false, state: '' } };
    case 'ending':
      return { ...seen, view: { ...view, attached: true, state: view.state || lifecycle, leaving: true } };
    case 'ended':
      return { ...seen, view: { ...view, attached: true, state: lifecycle, leaving: false } };
    default:
      return unreachable(lifecycle);
  }
}
