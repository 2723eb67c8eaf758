// The one table of exit codes, and the one table of what to do about trouble.

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

type Consequence = { readonly exit: ExitCode; readonly next: string };

/** What each trouble means for whoever typed the command. */
export const CONSEQUENCES: Readonly<Record<TroubleCode, Consequence>> = {
  MALFORMED: { exit: EXIT.usage, next: 'correct it and ask again; nothing was done' },
  REFUSED: { exit: EXIT.refused, next: 'nothing was done; see what is allowed with: baton status' },
  BUSY: { exit: EXIT.refused, next: 'nothing was done; see what goes on with: baton status' },
  UNKNOWN_ID: { exit: EXIT.refused, next: 'see which there are with: baton operations' },
  ID_REUSED: { exit: EXIT.refused, next: 'nothing was done; ask again without --operation-id' },
  EXPIRED: { exit: EXIT.refused, next: 'nothing was done; see what happened with: baton operations' },
  NOT_ALLOWED: { exit: EXIT.notAllowed, next: 'nothing was done; ask whoever runs this coordinator' },
  NO_LEADER: { exit: EXIT.unreachable, next: 'try again in some seconds, or give the leader by --address' },
  UNREACHABLE: {
    exit: EXIT.unreachable,
    next: 'start one with: baton up -f partition.yaml, or give its address by --address or BATON_ADDRESS',
  },
  LIMIT: { exit: EXIT.refused, next: 'nothing was done; ask for less at once' },
  STORAGE: { exit: EXIT.failed, next: "see the coordinator's log, then: baton status" },
  STOPPING: { exit: EXIT.unreachable, next: 'try again in some seconds' },
};
