// The catalogue of the sidecar: how it refuses a transition, what it answers to other calls that it does not
// do, and what it ends with.

import { REPORT_IT } from '../protos/failure/bug.ts';
import type { Entry, Meaning } from '../protos/failure/catalogue.ts';
import type { TroubleCode } from '../protos/failure/trouble.ts';
import type { RefusalCode } from './rules/model.ts';

/** Why the sidecar's process ended. */
export const EXIT = { done: 0, cannotGoOn: 1, usage: 2, bug: 70 } as const;

const NOT_TAKEN = 'the process was not asked to do anything';

/** Why a target has refused a transition. It is an answer: baton shows it beside the target. */
export const REFUSALS: Readonly<Record<RefusalCode, Meaning>> = {
  FENCED: {
    means: 'the request is older than what the target has taken or closed',
    now: NOT_TAKEN,
    next: 'nothing: the coordinator settles the target by itself',
  },
  GONE: {
    means: 'the request was meant for an earlier life of the process',
    now: 'the new process was not asked to do anything',
    next: 'bring the new process to the state of the others: baton goto STATE',
  },
  BUSY: {
    means: 'another transition of the process is running',
    now: 'the running one goes on',
    next: 'wait for it; a hook that overruns its budget is given up',
  },
  LEAVING: {
    means: 'the target goes away, or is being stopped by its own sidecar',
    now: 'it takes only its stop path',
    next: 'wait until it has gone, then go on without it or with its successor',
  },
  NOT_ALLOWED: {
    means: 'the machine does not allow the transition from the present state of the target',
    now: NOT_TAKEN,
    next: 'see where it is and what is allowed: baton status',
  },
  MACHINE_DIFFERS: {
    means: 'coordinator and sidecar were given different machines',
    now: NOT_TAKEN,
    next: 'start both with one document',
  },
  BY_PROCESS: {
    means: 'the process itself has refused',
    now: 'the process is where it was, by its own word',
    next: "see the process's log",
  },
  NOT_ATTACHED: {
    means: 'no process is attached to the sidecar',
    now: 'there is nobody to be asked',
    next: 'wait until the process is back; baton status says why it is not',
  },
};

/** Codes of trouble that a sidecar gives. */
export type SidecarTrouble = Exclude<
  TroubleCode,
  'UNKNOWN_ID' | 'UNKNOWN_PARTITION' | 'ID_REUSED' | 'EXPIRED' | 'NO_LEADER'
>;

/** What a sidecar answers to a call that it does not do, or ends with. */
export const SIDECAR: Readonly<Record<SidecarTrouble, Entry>> = {
  MALFORMED: {
    means: 'its configuration, its credentials or a message of the coordinator are not what they should be',
    now: 'nothing was done; the process is as it was',
    next: 'correct each problem that is named; they are told all at once',
    exit: EXIT.usage,
  },
  REFUSED: {
    means:
      'the coordinator is none that this sidecar obeys: another partition, target, journal, epoch or version',
    now: 'the stream is closed; the process is as it was',
    next: 'see the sentence; a target of another journal is taken over by: baton adopt TARGET',
  },
  BUSY: {
    means: 'another sidecar uses its state file',
    now: 'this one has not started; the other one goes on',
    next: 'end that one, or give this one a state file of its own',
    exit: EXIT.cannotGoOn,
  },
  NOT_ALLOWED: {
    means: "the caller's certificate is not one that may do this, or is none that is taken",
    now: 'nothing was done',
    next: "command a sidecar only with the coordinator's credentials",
  },
  UNREACHABLE: {
    means: 'it cannot listen where it was told to',
    now: 'it has not started; the process is as it was',
    next: 'stop what listens there, or choose another address',
    exit: EXIT.cannotGoOn,
  },
  LIMIT: {
    means: 'more streams, watchers or hooks than there is room for',
    now: 'those that were there go on',
    next: 'end one of them, and try again',
  },
  STORAGE: {
    means: 'it cannot remember: its state file cannot be read or written',
    now: 'it has ended before it did anything that it could not remember; the process is as it was',
    next: 'make room on the disk, or mend the folder; then it starts again',
    exit: EXIT.cannotGoOn,
  },
  STOPPING: {
    means: 'the sidecar is being stopped',
    now: 'the process is as it was',
    next: 'nothing: the coordinator connects to the next one by itself',
  },
};

/** A bug in the sidecar. */
export const SIDECAR_BUG: Entry = {
  means: 'something in the sidecar is not as its authors thought',
  now: 'the sidecar has ended; its process goes on, and what it remembered is on the disk',
  next: `the kubelet or baton up starts it again; ${REPORT_IT}`,
  exit: EXIT.bug,
};
