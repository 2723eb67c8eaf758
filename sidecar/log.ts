import type { Logger } from 'pino';
import type { View } from './rules/view.ts';

/** Where log lines go: a constant message with fields. It carries whose lines they are (partition, target). */
export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>;

/** One line for one change of what others may see. */
export function logChange(log: Log, before: View, after: View): void {
  log.info(
    {
      incarnation: after.incarnation,
      from: before.state,
      to: after.state,
      inError: after.inError,
      attached: after.attached,
      leaving: after.leaving,
      stateNumber: after.stateNumber,
      // Only where there is something to say: most changes are ordinary.
      ...(after.doing === undefined ? {} : { doing: after.doingTransition, ...after.doing }),
      ...(after.cause === '' ? {} : { cause: after.cause }),
    },
    'target changed state',
  );
}

/** The line of a sidecar that goes on where its life before has ended. */
export function logRemembered(log: Log, view: View): void {
  const { incarnation, state, inError, leaving, stateNumber } = view;
  log.info({ incarnation, to: state, inError, leaving, stateNumber }, 'goes on from what it remembers');
}
