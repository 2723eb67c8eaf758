import type { Answer, Effect, Memory, Reaction, Sidecar } from './model.ts';

/** Nothing changes and nothing is done. */
export function nothing(sidecar: Sidecar): Reaction {
  return { sidecar, effects: [] };
}

/** Only effects. */
export function doing(sidecar: Sidecar, ...effects: readonly Effect[]): Reaction {
  return { sidecar, effects };
}

/** The same sidecar with some of its memory changed. */
export function remember(sidecar: Sidecar, changed: Partial<Memory>): Sidecar {
  return { ...sidecar, memory: { ...sidecar.memory, ...changed } };
}

/** One after the other: the effects of `first`, then those of what `then` makes of its sidecar. */
export function andThen(first: Reaction, then: (sidecar: Sidecar) => Reaction): Reaction {
  const second = then(first.sidecar);
  return { sidecar: second.sidecar, effects: [...first.effects, ...second.effects] };
}

/** The effect that tells an answer to the coordinator. */
export function tell(answer: Answer): Effect {
  return { type: 'send', message: { type: 'answer', answer } };
}
