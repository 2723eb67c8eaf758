// The way to one life of a process: every request goes to that one or to nobody.

import type { Clock } from '../../clock.ts';
import type { HttpRequest } from './command.ts';
import { type Exchanged, exchange } from './exchange.ts';
import { listenerOf } from './listener.ts';

/** So many reads of the kernel's table are made before a listener that they miss counts as gone. */
const READS_MAX = 3;

export type Line = {
  /** Name of what listens, as the kernel tells it. */
  readonly listener: string;
  /** Whether the process that is meant still listens. Throws when the kernel cannot be asked. */
  readonly isMeant: () => Promise<boolean>;
  /** Sends a request once. */
  readonly ask: (request: HttpRequest, options?: AskOptions) => Promise<Exchanged>;
};

export type AskOptions = {
  /** Without one the answer may take as long as it takes. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** Called once the request has left. */
  readonly sent?: () => void;
};

export type LineOptions = {
  readonly address: { readonly host: string; readonly port: number };
  readonly clock: Clock;
  /** Cuts whatever is under way. */
  readonly signal: AbortSignal;
};

/** A line to what listens now; undefined when nothing does. Throws when the kernel cannot be asked. */
export async function lineTo({ address, clock, signal }: LineOptions): Promise<Line | undefined> {
  const listener = await agreedListener(address);
  if (listener === undefined) return undefined;
  const isMeant = async () => {
    // The kernel writes its table page by page: in between an entry may move. What is there is there; what is
    // missing is looked for again.
    for (let read = 0; read < READS_MAX; read += 1) {
      if ((await listenerOf(address)) === listener) return true;
    }
    return false;
  };
  return {
    listener,
    isMeant,
    ask: (request, { deadlineMs, signal: own, sent } = {}) =>
      exchange({
        ...{ address, request, clock, deadlineMs, isMeant, sent },
        signal: own === undefined ? signal : AbortSignal.any([signal, own]),
      }),
  };
}

/** What two reads, one after the other, agree on: another life, or none, is nothing to be told by mistake. */
async function agreedListener(address: LineOptions['address']): Promise<string | undefined> {
  let before = await listenerOf(address);
  for (let read = 0; read < READS_MAX; read += 1) {
    const now = await listenerOf(address);
    if (now === before) return now;
    before = now;
  }
  throw new Error('who listens there changes faster than it can be read');
}
