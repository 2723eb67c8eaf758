import type { Socket } from 'node:net';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { encodeFrame, FrameReader } from './frame.ts';
import { encodeMessage, type Message, parseMessage } from './messages.ts';

export type LinkEvents = {
  readonly onMessage: (link: Link, message: Message) => void;
  /** Once, when the link has ended; `cause` is one sentence. */
  readonly onGone: (link: Link, cause: string) => void;
  /** Everything that was queued has gone to the kernel. */
  readonly onDrained: (link: Link) => void;
};

/** One TCP connection between two processes that have said hello. It keeps the order and drops nothing. */
export class Link {
  /** Name of the process at the other end: `readout-2`. */
  readonly peer: string;
  readonly #socket: Socket;
  readonly #events: LinkEvents;
  #live = true;

  constructor(options: { socket: Socket; peer: string; events: LinkEvents }) {
    this.peer = options.peer;
    this.#socket = options.socket;
    this.#events = options.events;
  }

  get live(): boolean {
    return this.#live;
  }

  /** Bytes that wait in this process for the kernel to take them. */
  get queuedBytes(): number {
    return this.#live ? this.#socket.writableLength : 0;
  }

  /** Queues a message; false when the link has ended, and then it is not sent. */
  send(message: Message): boolean {
    if (!this.#live) return false;
    this.#socket.write(encodeFrame(encodeMessage(message)), () => {
      if (this.queuedBytes === 0) this.#events.onDrained(this);
    });
    return true;
  }

  /** Stops reading, so that the peer's kernel and then the peer itself must wait. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Sends what is queued, then ends the connection. */
  close(): void {
    this.#socket.destroySoon();
    this.gone('closed here');
  }

  /** For the reader: one message came. */
  deliver(message: Message): void {
    if (this.#live) this.#events.onMessage(this, message);
  }

  /** For the reader: the connection has ended. */
  gone(cause: string): void {
    if (!this.#live) return;
    this.#live = false;
    this.#events.onGone(this, cause);
  }
}

/**
 * Reads messages from a socket until it ends. A damaged or malformed message ends the connection, with
 * the cause: after it nothing on the stream can be believed.
 */
export function readMessages(
  socket: Socket,
  events: { onMessage: (message: Message) => void; onEnd: (cause: string) => void },
): void {
  const reader = new FrameReader();
  let cause = 'the connection ended';
  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const body of reader.push(chunk)) events.onMessage(parseMessage(body));
    } catch (error) {
      if (!(error instanceof RunControlError)) throw error;
      cause = error.message;
      socket.destroy();
    }
  });
  socket.on('error', (error) => {
    cause = error.message;
  });
  socket.on('close', () => events.onEnd(cause));
}
