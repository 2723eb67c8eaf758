// Which process is which: a pid alone is used again, a pid with its start time in one boot is not.

import { readFileSync } from 'node:fs';

export type Identity = {
  readonly pid: number;
  /** Clock ticks since boot at which it began; empty where the system has no /proc. */
  readonly startTime: string;
};

/** The id of this boot of the kernel; empty where the system has no /proc. */
export function bootId(): string {
  return read('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}

/** Who has that pid now; the start time is empty when nobody has or when it cannot be told. */
export function identify(pid: number): Identity {
  return { pid, startTime: stat(pid)?.startTime ?? '' };
}

/**
 * True when that very process still runs; false when it cannot be told. One that has ended and that its
 * parent has not asked for yet (a zombie) runs no more.
 */
export function lives({ pid, startTime }: Identity): boolean {
  const found = startTime === '' ? undefined : stat(pid);
  return found?.startTime === startTime && found.state !== 'Z' && found.state !== 'X';
}

function stat(pid: number): { readonly state: string; readonly startTime: string } | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The second field is the program's name in brackets and may hold anything; the start time is the 22nd.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startTime: fields[19] ?? '' };
}

/** No such file, no /proc at all, or a process that ended while its file was read: nothing can be told. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
