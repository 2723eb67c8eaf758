// A dispatcher with everything around it in a test's hands.

import { pino } from 'pino';
import { systemClock } from '../../coordinator/clock.ts';
import type { Target } from '../../coordinator/core/model/partition.ts';
import type { Event } from '../../coordinator/core/model/turn.ts';
import type { Discovery, Place } from '../../coordinator/fleet/discovery.ts';
import { Dispatcher } from '../../coordinator/fleet/dispatcher.ts';
import type { Greeting } from '../../coordinator/fleet/down.ts';
import type { Dialling } from '../../protos/credentials/dialling.ts';
import { condition } from '../sidecar/condition.ts';

export const GREETING: Greeting = {
  partition: 'daq',
  journalId: 'journal-1',
  epoch: 4,
  closedThrough: 17,
  adoptedFromJournalId: '',
};

export type Rig = Disposable & {
  readonly dispatcher: Dispatcher;
  readonly events: readonly Event[];
  /** How often a lost sidecar was to be dialled again. */
  readonly retries: () => number;
  /** Moves targets; undefined takes them away. */
  move(places: Readonly<Record<string, Place | undefined>>): void;
  /** The next event from `from` on that fits. */
  until(type: Event['type'], fits?: (event: Event) => boolean): Promise<Event>;
};

export type RigOptions = {
  readonly targets?: readonly string[];
  readonly places?: Readonly<Record<string, Place>>;
  readonly heartbeatMs?: number;
  /** Answer of the sequencer to each event. */
  readonly post?: (event: Event) => boolean;
  readonly greeting?: (target: Target) => Greeting;
  readonly dialling?: Dialling;
  /** Stands in for the monotonic clock. */
  readonly monotonicMs?: () => number;
};

/** A dispatcher that dials fast and has started. */
export function rig(options: RigOptions = {}): Rig {
  const { monotonicMs } = options;
  const events: Event[] = [];
  const places = new Map(Object.entries(options.places ?? {}));
  let changed = (): void => undefined;
  let retries = 0;
  const discovery: Discovery = {
    places: () => places,
    onChange: (listener) => {
      changed = listener;
    },
    [Symbol.dispose]: () => undefined,
  };
  const dispatcher = new Dispatcher({
    targets: (options.targets ?? ['readout-0']).map((name) => name as Target),
    discovery,
    greeting: options.greeting ?? (() => GREETING),
    post: (event) => {
      events.push(event);
      return options.post?.(event) ?? true;
    },
    clock: () => ({ ...systemClock(), ...(monotonicMs && { monotonicMs: monotonicMs() }) }),
    random: () => {
      retries += 1;
      return 1;
    },
    log: pino({ level: 'silent' }),
    heartbeatMs: options.heartbeatMs ?? 10_000,
    dialling: options.dialling,
  });
  let seen = 0;
  dispatcher.connectAll();
  return {
    dispatcher,
    events,
    retries: () => retries,
    move: (next) => {
      for (const [target, place] of Object.entries(next)) {
        if (place === undefined) places.delete(target);
        else places.set(target, place);
      }
      changed();
    },
    until: async (type, fits = () => true) => {
      const find = () => events.findIndex((event, at) => at >= seen && event.type === type && fits(event));
      await condition(`${type} in ${JSON.stringify(events.slice(-5))}`, () => find() !== -1);
      const at = find();
      seen = at + 1;
      const event = events[at];
      if (event === undefined) throw new Error('a found event is there');
      return event;
    },
    [Symbol.dispose]: () => dispatcher[Symbol.dispose](),
  };
}

/** Where a fake sidecar is. */
export function placeOf({ address, podUid }: { address: string; podUid: string }): Place {
  return { address, podUid };
}
