// The one table of exit codes, and the one table of what trouble means to whoever typed the command.

import type { Meaning } from '../../protos/failure/catalogue.ts';
import type { TroubleCode } from '../../protos/failure/trouble.ts';

/** What the shell is told. Scripts depend on these numbers: they never change their meaning. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  unreachable: 4,
  notAllowed: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export type Consequence = Meaning & { readonly exit: ExitCode };

const NOTHING = 'nothing was done';

/** What each trouble means for whoever typed the command. */
export const CONSEQUENCES: Readonly<Record<TroubleCode, Consequence>> = {
  MALFORMED: {
    exit: EXIT.usage,
    means: 'the command, a file or what the environment says is not what it should be',
    now: NOTHING,
    next: 'correct it and ask again',
  },
  REFUSED: {
    exit: EXIT.refused,
    means: 'the partition, as it is now, does not allow this',
    now: NOTHING,
    next: 'see what is allowed with: baton status',
  },
  BUSY: {
    exit: EXIT.refused,
    means: 'another operation is open, or another program has what this one needs',
    now: NOTHING,
    next: 'see what goes on with: baton status',
  },
  UNKNOWN_ID: {
    exit: EXIT.refused,
    means: 'no operation of that id or number is remembered',
    now: NOTHING,
    next: 'see which there are with: baton operations',
  },
  UNKNOWN_PARTITION: {
    exit: EXIT.refused,
    means: 'this coordinator leads no partition of that name',
    now: NOTHING,
    next: 'name one of those that it says it leads, as name or namespace/name',
  },
  ID_REUSED: {
    exit: EXIT.refused,
    means: 'the id was given to an operation that asked for something else',
    now: NOTHING,
    next: 'ask again without --operation-id',
  },
  EXPIRED: {
    exit: EXIT.refused,
    means: 'the request is older than what the coordinator remembers',
    now: NOTHING,
    next: 'see what happened with: baton operations',
  },
  NOT_ALLOWED: {
    exit: EXIT.notAllowed,
    means: 'the coordinator does not take your credentials, or not for this',
    now: NOTHING,
    next: 'give credentials that may by --tls or --token-file, or ask whoever runs this coordinator',
  },
  NO_LEADER: {
    exit: EXIT.unreachable,
    means: 'a coordinator answers, but none leads',
    now: 'what was accepted goes on once one leads',
    next: 'try again in some seconds, or give the leader by --address',
  },
  UNREACHABLE: {
    exit: EXIT.unreachable,
    means: 'nobody answers, or nobody whom this client takes for the coordinator',
    now: 'what goes on goes on without this command',
    next: 'start one with: baton up -f partition.yaml, or give its address by --address or BATON_ADDRESS',
  },
  LIMIT: {
    exit: EXIT.refused,
    means: 'more was asked for than there is room for',
    now: NOTHING,
    next: 'ask for less at once',
  },
  STORAGE: {
    exit: EXIT.failed,
    means: 'the coordinator cannot remember, so it does nothing more',
    now: 'sidecars and processes keep their state',
    next: "see the coordinator's log, then: baton status",
  },
  STOPPING: {
    exit: EXIT.unreachable,
    means: 'the coordinator, or this command, is being stopped',
    now: 'what was accepted goes on under the next coordinator',
    next: 'try again in some seconds',
  },
};

/** A bug in the command. */
export const BATON_BUG: Consequence = {
  exit: EXIT.failed,
  means: 'something in baton is not as its authors thought',
  now: 'this is a bug in baton; what was asked may or may not have been done',
  next: 'look with baton status; BATON_DEBUG=1 shows where it happened, for whoever maintains Baton',
};
