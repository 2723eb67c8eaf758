// The child that obeys signals. A signal has no answer, so the child must show by a line on its standard output
// where it is: the state that the transition leads to is its proof, and nothing else is. Time proves nothing.

import { orderOf, type SignalsConfig, SKIP } from '../../../protos/adapter/signals.ts';
import { RECOVER } from '../../../protos/machine/table.ts';
import type { Log } from '../../log.ts';
import type { Token } from '../../rules/model.ts';
import type { PerformCall } from '../adapter.ts';
import type { Line } from '../lineReader.ts';
import { sentence } from '../said.ts';
import type { Desk } from './desk.ts';
import type { Manner } from './manner.ts';

export type SignalsOptions = {
  readonly desk: Desk;
  readonly config: SignalsConfig;
  readonly log: Log;
  readonly send: (signal: NodeJS.Signals) => void;
};

/** Talks with the child by signals. */
export function signalsManner({ desk, config, log, send }: SignalsOptions): Manner {
  const states = Object.entries(config.states).map(([state, text]) => ({ state, pattern: new RegExp(text) }));
  const failed = config.failed === undefined ? undefined : new RegExp(config.failed);
  const heardState = (state: string) => {
    const { hook } = desk;
    // With recover any state will do: it is where the process says that it is.
    if (hook !== undefined && (hook.to === state || hook.to === '')) {
      desk.answer(hook.token, { outcome: 'executed', state, cause: '' });
    } else desk.observe(state, '');
  };
  const heardFailure = (line: string) => {
    const { hook, state } = desk;
    if (hook !== undefined) desk.answer(hook.token, { outcome: 'failed', state, cause: sentence(line) });
  };
  return {
    heard: ({ text }: Line) => {
      const shown = states.find(({ pattern }) => pattern.test(text));
      if (shown !== undefined) heardState(shown.state);
      else if (failed?.test(text) === true) heardFailure(text);
    },
    perform: (call: PerformCall) => {
      desk.begin(call);
      const order = orderOf(config, call.transition);
      if (order === undefined || order === SKIP) skip(desk, call);
      else send(order);
    },
    // There is no word for it: whether the hook goes on, the lines will show.
    giveUp: ({ operationNumber, step }: Token) => {
      log.warn({ operationNumber, step }, 'process cannot be asked to give up: it obeys signals');
    },
    close: () => {},
  };
}

/** The process takes no part; recover asks only where the process is, and that is what it said last. */
function skip(desk: Desk, { token, transition, to }: PerformCall): void {
  const state = transition === RECOVER ? desk.state : to;
  // Never from within perform: the port forbids it.
  setImmediate(() => desk.answer(token, { outcome: 'executed', state, cause: '' }));
}
