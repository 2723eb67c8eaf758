// Which process is which: a pid alone is used again, a pid with its start time in one boot is not.

import { readIfThere } from './files.ts';

export type Identity = {
  readonly pid: number;
  /** Clock ticks since boot at which it began; empty where the system has no /proc. */
  readonly startTime: string;
};

/** The id of this boot of the kernel; empty where the system has no /proc. */
export function bootId(): string {
  return readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}

/** Who has that pid now; the start time is empty when nobody has or when it cannot be told. */
export function identify(pid: number): Identity {
  const stat = readStat(pid);
  // The second field is the program's name in brackets and may hold anything; the start time is the 22nd.
  const startTime = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return { pid, startTime };
}

/** True when that very process still lives; false when it cannot be told. */
export function lives(identity: Identity): boolean {
  return identity.startTime !== '' && identify(identity.pid).startTime === identity.startTime;
}

function readStat(pid: number): string | undefined {
  try {
    return readIfThere(`/proc/${pid}/stat`);
  } catch {
    // The process ended while its file was read.
    return undefined;
  }
}
