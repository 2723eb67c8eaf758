// The catalogue of the coordinator: what it answers when it does not do what was asked, and what it ends with.

import { REPORT_IT } from '../protos/failure/bug.ts';
import type { Entry } from '../protos/failure/catalogue.ts';
import type { TroubleCode } from '../protos/failure/trouble.ts';
import { EXIT } from './config/exit.ts';

const NOTHING = 'nothing was done';

/** Every code of trouble, as the coordinator means it. */
export const COORDINATOR: Readonly<Record<TroubleCode, Entry>> = {
  MALFORMED: {
    means: 'a request, the command line, the document or the credentials are not what they should be',
    now: NOTHING,
    next: 'correct each problem that is named; they are told all at once',
    exit: EXIT.usage,
  },
  REFUSED: {
    means: 'the partition, as it is now, does not allow this',
    now: NOTHING,
    next: 'see what is allowed: baton status',
  },
  BUSY: {
    means: 'another operation is open; there is one at a time',
    now: 'the other one goes on; nothing was done for this one',
    next: 'wait for it, or end it after its present wave: baton cancel',
  },
  UNKNOWN_ID: {
    means: 'no operation of that id is remembered',
    now: NOTHING,
    next: 'see which there are: baton operations',
  },
  UNKNOWN_PARTITION: {
    means: 'this coordinator leads no partition of that name',
    now: NOTHING,
    next: 'name one of those that it says it leads, as name or namespace/name',
  },
  ID_REUSED: {
    means: 'the id was given to an operation that asked for something else',
    now: 'that operation is as it was',
    next: 'ask again under another id',
  },
  EXPIRED: {
    means: 'the request is older than what is remembered, so it may have been done before',
    now: 'nothing was done now',
    next: 'see what happened: baton operations; then ask anew',
  },
  NOT_ALLOWED: {
    means: "the caller's certificate is not one that may do this, or is none that is taken",
    now: NOTHING,
    next: 'use the credentials of an operator of this partition',
  },
  NO_LEADER: {
    means: 'this coordinator stands by while another one leads',
    now: 'nothing was done here',
    next: 'ask the one that is named; baton does so by itself',
  },
  UNREACHABLE: {
    means: 'it cannot listen where it was told to',
    now: 'it has not started; sidecars and processes go on',
    next: 'stop what listens there, or choose another address',
    exit: EXIT.unreachable,
  },
  LIMIT: {
    means: 'more was asked for than there is room for',
    now: NOTHING,
    next: 'ask for less, or later',
  },
  STORAGE: {
    means: 'the journal cannot be read or written',
    now: 'nothing goes on that is not on the disk; sidecars and processes keep their state',
    next: 'do what the sentence says, then start it again',
    exit: EXIT.storage,
  },
  STOPPING: {
    means: 'the coordinator is being stopped',
    now: 'what was accepted goes on under the next one',
    next: 'ask the next one, under the same id',
  },
};

/** Somebody else has written the journal: not a code of trouble, since nobody is answered any more. */
export const SUPERSEDED: Entry = {
  means: 'another coordinator has written the journal, so this one does not lead any more',
  now: 'it has done nothing since; the other one leads',
  next: 'nothing, if the other one was meant to lead; else stop one of the two',
  exit: EXIT.superseded,
};

/** A bug in the coordinator. */
export const COORDINATOR_BUG: Entry = {
  means: 'something in the coordinator is not as its authors thought',
  now: 'the coordinator has ended; what was accepted is in the journal, and sidecars and processes go on',
  next: `start it again if nobody does, and ${REPORT_IT}`,
  exit: EXIT.bug,
};
