// The port between a sidecar and the process beside it. One folder per adapter implements it.

import type { Exit } from '../../protos/exit.ts';
import type { Attachment, Effect, Event, ProcessState, Token } from '../rules/model.ts';

/** What an adapter tells. An attachment that ended tells nothing more. */
export type ProcessEvent =
  | { readonly type: 'attached'; readonly attachment: Attachment; readonly process: ProcessState }
  /** Also told, once for each new cause, when an attachment could not begin. */
  | Extract<Event, { type: 'detached' }>
  | Extract<Event, { type: 'observed' }>
  /** The process's own word on a hook; never told when the call broke: the next attachment tells the truth. */
  | Extract<Event, { type: 'hookEnded' }>;

export type PerformCall = Omit<Extract<Effect, { type: 'perform' }>, 'type'>;

/** A process whose parent is the sidecar: they end together. */
export type OwnChild = {
  /** Resolves once it has ended and its last words are read; never rejects. */
  readonly ended: Promise<Exit>;
  /** Does nothing once it has ended. */
  signal(name: NodeJS.Signals): void;
};

/** Drives one process. It attaches again and again until it is disposed. */
export type Adapter = AsyncDisposable & {
  /** Called once. `tell` is never called from within start, perform or giveUp. */
  start(tell: (event: ProcessEvent) => void): void;
  /** Starts the hook unless the attachment has ended. */
  perform(call: PerformCall): void;
  /** Asks for the end of a running hook, if the process can; its end is told as for any hook. */
  giveUp(attachment: Attachment, token: Token): void;
  /** Only where the sidecar starts the process itself. */
  readonly child?: OwnChild;
};

/**
 * Numbers for attachments, each higher than the one before. They begin at the microseconds since the
 * kernel's boot: the next life of the sidecar goes on higher beside a living process, whatever the time of
 * day does, and another boot ends the process too.
 */
export function attachmentNumbers(sinceBootUs: number): () => number {
  let last = sinceBootUs;
  return () => {
    last += 1;
    return last;
  };
}
