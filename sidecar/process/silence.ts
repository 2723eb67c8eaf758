import type { Clock } from '../clock.ts';

/**
 * Runs `silent` after `limitMs` unless the returned function is called before. A stall of our own loop lets the
 * timer fire before what has long arrived is read: then one more look is taken.
 */
export function whenSilent(clock: Clock, limitMs: number, silent: () => void): () => void {
  let disarm = clock.after(limitMs, () => {
    disarm = clock.after(0, () => {
      disarm = clock.after(0, silent);
    });
  });
  return () => disarm();
}
