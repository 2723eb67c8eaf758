import type { Problem } from '../../failure/trouble.ts';
import { SEGMENT_LENGTH_MAX, SEGMENT_PATTERN, TIMEOUT_MS_MAX } from '../limits.ts';
import { show } from '../show.ts';
import type { Machine, MachineTransition } from '../table.ts';
import { checkArgument } from './argument.ts';

/** What can be said of a transition without looking at the rest of the table. */
export function* checkTransitions(machine: Machine): Generator<Problem> {
  for (const [at, transition] of machine.transitions.entries()) {
    const path = `transitions[${at}]`;
    yield* timeout(path, transition.timeoutMs);
    yield* order(`${path}.order`, transition.order);
    yield* from(`${path}.from`, transition);
    for (const [argumentAt, argument] of transition.arguments.entries()) {
      yield* checkArgument(`${path}.arguments[${argumentAt}]`, argument);
    }
  }
}

function* timeout(path: string, timeoutMs: number): Generator<Problem> {
  if (Number.isInteger(timeoutMs) && timeoutMs >= 1 && timeoutMs <= TIMEOUT_MS_MAX) return;
  yield { path: `${path}.timeoutMs`, want: `an integer in 1..${TIMEOUT_MS_MAX}`, got: String(timeoutMs) };
}

/** A target takes a transition once, so a segment stands in its order once. */
function* order(path: string, groups: MachineTransition['order']): Generator<Problem> {
  const seen = new Set<string>();
  for (const [at, group] of groups.entries()) {
    for (const [segmentAt, segment] of group.entries()) {
      const segmentPath = `${path}[${at}][${segmentAt}]`;
      if (seen.has(segment)) {
        yield { path: segmentPath, want: 'a segment once in an order', got: `${show(segment)} again` };
      }
      if (!new RegExp(SEGMENT_PATTERN).test(segment) || segment.length > SEGMENT_LENGTH_MAX) {
        yield { path: segmentPath, want: 'the name of a segment', got: show(segment) };
      }
      seen.add(segment);
    }
  }
}

function* from(path: string, transition: MachineTransition): Generator<Problem> {
  for (const [at, state] of transition.from.entries()) {
    if (transition.from.indexOf(state) === at) continue;
    yield { path: `${path}[${at}]`, want: 'each state once', got: `${show(state)} again` };
  }
}
