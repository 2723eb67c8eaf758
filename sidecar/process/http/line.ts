// The way to one life of a process: every request goes to that one or to nobody.

import type { Clock } from '../../clock.ts';
import type { HttpRequest } from './command.ts';
import { type Exchanged, exchange } from './exchange.ts';
import { listenerOf } from './listener.ts';

export type Line = {
  /** Name of what listens, as the kernel tells it. */
  readonly listener: string;
  /** Whether the process that is meant still listens. */
  readonly isMeant: () => Promise<boolean>;
  /** Sends a request once. Without a deadline the answer may take as long as it takes. */
  readonly ask: (request: HttpRequest, deadlineMs?: number, signal?: AbortSignal) => Promise<Exchanged>;
};

export type LineOptions = {
  readonly address: { readonly host: string; readonly port: number };
  readonly clock: Clock;
  /** Cuts whatever is under way. */
  readonly signal: AbortSignal;
};

/** A line to what listens now; undefined when nothing does. Throws when the kernel cannot be asked. */
export async function lineTo({ address, clock, signal }: LineOptions): Promise<Line | undefined> {
  const listener = await listenerOf(address);
  if (listener === undefined) return undefined;
  const isMeant = async () => (await listenerOf(address)) === listener;
  return {
    listener,
    isMeant,
    ask: (request, deadlineMs, own) =>
      exchange({
        ...{ address, request, clock, deadlineMs, isMeant },
        signal: own === undefined ? signal : AbortSignal.any([signal, own]),
      }),
  };
}
