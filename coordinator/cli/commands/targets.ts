// Commands that name targets: recover, adopt, declare-gone.

import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { Asking } from './send.ts';

/** `baton recover [target…]`: all that need it when none is named. */
export function recover(targets: readonly string[]): Asking {
  return () => ({ recover: { targets: [...targets] } });
}

/** `baton adopt [target…]`: all that another journal commands when none is named. */
export function adopt(targets: readonly string[]): Asking {
  return () => ({ adopt: { targets: [...targets] } });
}

/** `baton declare-gone <target…> --yes`. Throws RunControlError MALFORMED without the yes. */
export function declareGone(targets: readonly string[], yes: boolean): Asking {
  if (!yes) {
    throw new RunControlError(
      'MALFORMED',
      `declare-gone gives up what ${targets.join(', ')} may still be doing: ` +
        'be sure that the process has ended, then say so with --yes',
    );
  }
  return () => ({ declareGone: { targets: [...targets] } });
}
