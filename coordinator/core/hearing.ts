// A leader that has just begun has heard of nobody. What it planned at once would leave out whoever has not
// answered its Hello yet, so what clients ask waits for a moment.

import type { Draft } from './draft.ts';
import { HEARING_MS } from './limits.ts';
import type { Core } from './model/picture.ts';
import type { Event } from './model/turn.ts';

/** Takes note of who was heard of: it welcomed us, or it is known why it cannot. In place. */
export function observeHearing({ hearing, fleet }: Pick<Core, 'hearing' | 'fleet'>, event: Event): void {
  switch (event.type) {
    case 'lead':
      for (const target of fleet.keys()) hearing.add(target);
      return;
    case 'welcome':
    case 'disconnected':
      hearing.delete(event.target);
      return;
    case 'heardEnough':
      hearing.clear();
      return;
    default:
      return;
  }
}

/** Begins to wait for word of every target, at most HEARING_MS. */
export function beginHearing(draft: Draft): void {
  if (draft.core.hearing.size > 0) draft.effects.push({ type: 'hear', afterMs: HEARING_MS });
}

/** Once everybody was heard of, or the time is over: what was asked meanwhile has its turn, in its order. */
export function takeWaiting(draft: Draft): void {
  if (draft.core.hearing.size > 0 || draft.waiting.length === 0) return;
  const { waiting } = draft;
  draft.waiting = [];
  for (const event of waiting) draft.effects.push({ type: 'takeNext', event });
}
