// One attachment to a process, from its first observation to its end. Whatever breaks ends all of it.

import { type ClientReadableStream, type ServiceError, status } from '@grpc/grpc-js';
import type { ObserveResponse__Output } from '../../../protos/generated/baton/v1/ObserveResponse.ts';
import type { ProcessClient } from '../../../protos/generated/baton/v1/Process.ts';
import { type Clock, deadlineAfter } from '../../clock.ts';
import type { Attachment, ProcessState, Token } from '../../rules/model.ts';
import type { PerformCall, ProcessEvent } from '../adapter.ts';
import { sentence } from '../said.ts';
import { whenSilent } from '../silence.ts';
import { type Call, performOnce } from './perform.ts';
import { nameOf, parseProcessState } from './wire.ts';

/** Longest silence that a process is asked for, in milliseconds. */
export const OBSERVE_INTERVAL_MS = 500;

/**
 * Intervals without a word after which a process counts as hung: 5 s. Death is noticed at once, by the end of
 * the stream; a process that writes a file for seconds is not dead, and detaching it would fail its wave.
 */
export const SILENT_INTERVALS_MAX = 10;

/** How long a process may take to answer Attach and to tell its state, in milliseconds. */
export const ATTACH_TIMEOUT_MS = 2_000;

/** How long a process may be idle before an answer that it owes counts as lost, in milliseconds. */
export const ANSWER_OWED_MS = 2_000;

/** How long a process may take to answer GiveUp, in milliseconds. */
const GIVE_UP_TIMEOUT_MS = 2_000;

export type AttachmentOptions = {
  readonly client: ProcessClient;
  readonly clock: Clock;
  readonly attachment: Attachment;
  readonly tell: (event: ProcessEvent) => void;
  /** Called once, after the last event; `cause` is one sentence. */
  readonly ended: (cause: string) => void;
};

export class LiveAttachment {
  readonly attachment: Attachment;
  readonly #options: AttachmentOptions;
  readonly #calls = new Set<Call>();
  #state: 'beginning' | 'live' | 'ended' = 'beginning';
  #disarm: () => void;
  #performing: Call | undefined;
  #idleSinceMs: number | undefined;

  /** Begins to observe; `attached` is told with the first observation. */
  constructor(options: AttachmentOptions) {
    this.#options = options;
    this.attachment = options.attachment;
    this.#disarm = this.#armSilence(ATTACH_TIMEOUT_MS);
    const request = { ...this.#binding(), intervalMs: OBSERVE_INTERVAL_MS };
    const stream = options.client.observe(request, { deadline: Number.POSITIVE_INFINITY });
    this.#calls.add(stream);
    this.#watch(stream);
  }

  /** Starts a hook; its end is told unless the attachment ends before. */
  perform(call: PerformCall): void {
    if (this.#state !== 'live') return;
    this.#idleSinceMs = undefined;
    const { client } = this.#options;
    this.#performing = performOnce(client, this.attachment, call, (ending) => {
      this.#performing = undefined;
      if (this.#state !== 'live') return;
      if ('broken' in ending) this.end(ending.broken);
      else {
        this.#tell({
          type: 'hookEnded',
          attachment: this.attachment.id,
          token: call.token,
          ...ending.value,
        });
      }
    });
  }

  /** Asks for the end of a hook. That the process cannot is no trouble: the hook ends when it ends. */
  giveUp(token: Token): void {
    if (this.#state !== 'live') return;
    const deadline = deadlineAfter(GIVE_UP_TIMEOUT_MS);
    const asked = this.#options.client.giveUp({ ...this.#binding(), token }, { deadline }, () => {
      this.#calls.delete(asked);
    });
    this.#calls.add(asked);
  }

  /** Ends it: calls are cut, nothing more is told but `detached`. */
  end(cause: string): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#disarm();
    for (const call of this.#calls) call.cancel();
    this.#performing?.cancel();
    this.#options.ended(cause);
  }

  #watch(stream: ClientReadableStream<ObserveResponse__Output>): void {
    stream.on('data', (told: ObserveResponse__Output) => this.#heard(told));
    stream.on('error', (error: ServiceError) => this.end(brokenStream(error)));
    stream.on('end', () => this.end('the process ended its observation'));
  }

  #heard(told: ObserveResponse__Output): void {
    if (this.#state === 'ended') return;
    this.#disarm();
    const understood = parseProcessState(told.state);
    if ('broken' in understood) this.end(understood.broken);
    else this.#observed(understood.value);
  }

  #observed(process: ProcessState): void {
    this.#disarm = this.#armSilence(OBSERVE_INTERVAL_MS * SILENT_INTERVALS_MAX);
    if (this.#state === 'beginning') {
      this.#state = 'live';
      this.#tell({ type: 'attached', attachment: this.attachment, process });
    } else {
      this.#tell({ type: 'observed', attachment: this.attachment.id, process });
      this.#checkAnswer(process);
    }
  }

  /** A process that has long been idle owes an answer that will never come. */
  #checkAnswer(process: ProcessState): void {
    const nowMs = this.#options.clock.nowMs();
    const owes = this.#performing !== undefined && process.busy === undefined;
    this.#idleSinceMs = owes ? (this.#idleSinceMs ?? nowMs) : undefined;
    if (this.#idleSinceMs !== undefined && nowMs - this.#idleSinceMs >= ANSWER_OWED_MS) {
      this.end(`the process has been idle for ${ANSWER_OWED_MS} ms and has not answered`);
    }
  }

  #armSilence(limitMs: number): () => void {
    const { clock } = this.#options;
    return whenSilent(clock, limitMs, () => this.end(`the process said nothing for ${limitMs} ms`));
  }

  #tell(event: ProcessEvent): void {
    this.#options.tell(event);
  }

  #binding(): { attachment: number; startId: string } {
    return { attachment: this.attachment.id, startId: this.attachment.startId };
  }
}

function brokenStream(error: ServiceError): string {
  if (error.code === status.UNAVAILABLE || error.code === status.CANCELLED) return 'the process is gone';
  return sentence(`the observation of the process broke with ${nameOf(error)}`);
}
