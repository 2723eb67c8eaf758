import { durableAnswer, idempotentSubmit, oneAtATime } from './clients.ts';
import type { HistoryEvent, Oracle } from './history.ts';
import { atMostOnce, cancelEnds, closedIsClosed, order, writeAhead } from './operations.ts';
import { cleanEnd, fenceHolds, nothingLost, oneHook, singleWriter, truthfulState } from './targets.ts';

/** Every promise that can be judged event by event, with the maker of its oracle. */
export const ORACLES: Readonly<Record<string, () => Oracle>> = {
  P1: writeAhead,
  P2: atMostOnce,
  P3: closedIsClosed,
  P4: order,
  P5: oneAtATime,
  P6: durableAnswer,
  P7: idempotentSubmit,
  P8: singleWriter,
  P9: fenceHolds,
  P10: truthfulState,
  P15: cleanEnd,
  P16: nothingLost,
  P17: oneHook,
  P18: cancelEnds,
};

/** The frequent events, each of which only one oracle looks at. */
const ONLY: Partial<Record<HistoryEvent['kind'], string>> = {
  acted: 'P8',
  fenced: 'P9',
  told: 'P10',
  pictured: 'P10',
};

/** One oracle that looks for all of them. */
export function allOracles(): Oracle {
  const oracles = new Map(Object.entries(ORACLES).map(([promise, make]) => [promise, make()]));
  return (event) => {
    const only = ONLY[event.kind];
    if (only !== undefined) return oracles.get(only)?.(event);
    for (const oracle of oracles.values()) oracle(event);
  };
}
