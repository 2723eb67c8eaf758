import { RunControlError } from '../../protos/failure/trouble.ts';
import { StaleAppend } from '../journal/journal.ts';

/** Why the coordinator's process ended, as sysexits.h numbers it where that has a number. */
export const EXIT = {
  done: 0,
  /** Command line or document. */
  usage: 2,
  /** It cannot listen where it was told to. */
  unreachable: 4,
  /** A broken invariant. */
  bug: 70,
  /** The journal cannot be read or written. */
  storage: 74,
  /** Somebody else has written the journal: this process does not lead any more (P8). */
  superseded: 75,
} as const;

/** The exit code for an error that ends the process. */
export function exitOf(error: unknown): number {
  if (error instanceof StaleAppend) return EXIT.superseded;
  if (!(error instanceof RunControlError)) return EXIT.bug;
  if (error.code === 'STORAGE') return EXIT.storage;
  return error.code === 'MALFORMED' ? EXIT.usage : EXIT.unreachable;
}
