import type { RunControlError } from '../../protos/failure/trouble.ts';
import type { Token } from './token/attach.ts';

/** How a coordinator is reached when an address alone is not enough. */
export type Way = Disposable & {
  /** What is dialled; each time it may lead to another coordinator. */
  readonly address: string;
  /** Where it leads now, for people. */
  readonly place: string;
  /** Why nobody was reached at the last try, or why the connection ended; undefined while there is one. */
  readonly trouble: RunControlError | undefined;
  /** How long a call waits for the next leader, in milliseconds. */
  readonly takeoverMsMax: number;
  /** For whoever is at its end. */
  readonly token: Token;
  /** Whoever is at its end does not lead: the next call dials anew. */
  readonly again: () => void;
};
