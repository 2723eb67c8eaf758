import type { Core } from './model/picture.ts';
import { plannable } from './plan/allowed.ts';

/** Transitions and sequences that may be asked now, and `goto`; none while an operation is open. */
export function allowedNow(core: Core): readonly string[] {
  return core.journal.open === undefined ? plannable(core) : [];
}
