// Hello, from both sides, before any data: a stale port file may lead to another DAQ's process. Who answers
// has looked at the whole hello, so its answer says that the link is taken.

import { connect, createServer, type Server, type Socket } from 'node:net';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { type ListenAddress, listenTrouble, showAddress } from '../../../protos/listen.ts';
import { encodeFrame } from './frame.ts';
import { Link, type LinkEvents, readMessages } from './link.ts';
import type { Hello, Message } from './messages.ts';
import { encodeMessage } from './messages.ts';

/**
 * A pod that is gone without a word, e.g. with its node, is found out by the kernel, which asks after so much
 * silence, in milliseconds, and then once a second for ten seconds.
 */
const SILENCE_MS_MAX = 5_000;

/** An attempt to connect and say hello takes no longer, in milliseconds. */
export const HANDSHAKE_MS_MAX = 2_000;

export type Doorway = {
  readonly port: number;
  close(): Promise<void>;
};

/**
 * Takes connections of those whom `admits` lets in; the others are closed without an answer. Throws RunControlError
 * UNREACHABLE when it cannot listen.
 */
export async function openDoorway(options: {
  readonly listen: ListenAddress;
  readonly self: { readonly name: string; readonly daq: string };
  readonly admits: (peer: string) => boolean;
  readonly events: LinkEvents;
  readonly onLink: (link: Link) => void;
}): Promise<Doorway> {
  const { self } = options;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    greet({
      socket,
      accept: (hello) => {
        if (hello.to !== self.name || hello.daq !== self.daq || !options.admits(hello.from)) return undefined;
        socket.write(helloFrame(self, hello.from));
        return new Link({ socket, peer: hello.from, events: options.events });
      },
      onLink: options.onLink,
    });
  });
  await listen(server, options.listen);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, close: () => closeServer(server, sockets) };
}

/** Connects and says hello. Throws RunControlError UNREACHABLE when the other is not there or not ready. */
export function connectLink(options: {
  readonly self: { readonly name: string; readonly daq: string };
  readonly peer: string;
  readonly place: ListenAddress;
  readonly events: LinkEvents;
}): Promise<Link> {
  const { self, peer, place } = options;
  return new Promise((resolve, reject) => {
    const socket = connect(place);
    socket.on('connect', () => socket.write(helloFrame(self, peer)));
    greet({
      socket,
      accept: (hello) => {
        if (hello.from !== peer) return undefined;
        return new Link({ socket, peer, events: options.events });
      },
      onLink: resolve,
      onRefused: (cause) => {
        reject(new RunControlError('UNREACHABLE', `${peer} on ${showAddress(place)} took no link: ${cause}`));
      },
    });
  });
}

function greet(options: {
  readonly socket: Socket;
  readonly accept: (hello: Hello) => Link | undefined;
  readonly onLink: (link: Link) => void;
  readonly onRefused?: (cause: string) => void;
}): void {
  const { socket } = options;
  let link: Link | undefined;
  options.socket.setKeepAlive(true, SILENCE_MS_MAX);
  const timer = setTimeout(() => socket.destroy(), HANDSHAKE_MS_MAX);
  const first = (message: Message): void => {
    link = message.kind === 'hello' ? options.accept(message) : undefined;
    if (link === undefined) {
      socket.destroy();
      return;
    }
    clearTimeout(timer);
    options.onLink(link);
  };
  readMessages(socket, {
    onMessage: (message) => (link === undefined ? first(message) : link.deliver(message)),
    onEnd: (cause) => {
      clearTimeout(timer);
      if (link === undefined) options.onRefused?.(cause);
      else link.gone(cause);
    },
  });
}

function helloFrame(self: { readonly name: string; readonly daq: string }, to: string): Buffer {
  return encodeFrame(encodeMessage({ kind: 'hello', from: self.name, to, daq: self.daq }));
}

function listen(server: Server, address: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenTrouble(showAddress(address), error)));
    server.listen(address, resolve);
  });
}

function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}
