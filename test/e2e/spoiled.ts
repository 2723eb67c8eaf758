// What the oracles must find in a history from real processes when one thing in it is wrong. A history in
// which nothing can be found would show nothing.

import type { HistoryEvent } from '../promises/history.ts';

type History = readonly HistoryEvent[];

/** By promise: the history of one clean run, spoiled so that it breaks the promise. */
export const SPOILED: Readonly<Record<string, (history: History) => History>> = {
  P1: (history) => moved(history, first(history, isKind('hookStarted')), 0),
  P2: (history) => {
    const begun = first(history, isKind('hookStarted'));
    const ended = first(history, isKind('hookEnded'));
    return history.toSpliced(ended + 1, 0, ...history.slice(begun, begun + 1));
  },
  P3: (history) =>
    moved(history, first(history, isKind('hookStarted')), first(history, isRecord('finished'))),
  P4: (history) => {
    const asked = history.findLastIndex(isKind('requested'));
    return moved(history, asked, history.slice(0, asked).findLastIndex(isRecord('waveDone')));
  },
  P6: (history) => changed(history, isKind('replayed'), forgetful),
  P8: (history) => history.toSpliced(first(history, isRecord('led')), 1),
  P10: (history) => changed(history, isKind('hookEnded'), unexecuted),
  P15: (history) => {
    const begun = history.findLastIndex(isKind('hookStarted'));
    return [...history, ...history.slice(begun, begun + 1).map(local)];
  },
  P16: (history) => changed(history, isKind('counted'), short),
  P17: (history) => {
    const begun = first(history, isKind('hookStarted'));
    return history.toSpliced(begun + 1, 0, ...history.slice(begun, begun + 1).map(local));
  },
};

function isKind(kind: HistoryEvent['kind']): (event: HistoryEvent) => boolean {
  return (event) => event.kind === kind;
}

function isRecord(kind: string): (event: HistoryEvent) => boolean {
  return (event) => event.kind === 'journaled' && event.record.kind === kind;
}

function first(history: History, is: (event: HistoryEvent) => boolean): number {
  return history.findIndex(is);
}

/** The event at `from` stands where that at `to` stood. */
function moved(history: History, from: number, to: number): History {
  return history.toSpliced(from, 1).toSpliced(to, 0, ...history.slice(from, from + 1));
}

/** The last event of that kind changed. */
function changed(
  history: History,
  is: (event: HistoryEvent) => boolean,
  change: (event: HistoryEvent) => HistoryEvent,
): History {
  const at = history.findLastIndex(is);
  return history.map((event, index) => (index === at ? change(event) : event));
}

/** As if the sidecar had begun it by itself. */
function local(event: HistoryEvent): HistoryEvent {
  return event.kind === 'hookStarted' ? { ...event, journalId: '' } : event;
}

function forgetful(event: HistoryEvent): HistoryEvent {
  return event.kind === 'replayed' ? { ...event, state: { ...event.state, finished: [] } } : event;
}

function unexecuted(event: HistoryEvent): HistoryEvent {
  return event.kind === 'hookEnded' ? { ...event, executed: false } : event;
}

function short(event: HistoryEvent): HistoryEvent {
  return event.kind === 'counted' ? { ...event, written: event.written - 1 } : event;
}
