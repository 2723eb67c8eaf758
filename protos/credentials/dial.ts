// The TLS end of a client. It checks the server's name and not its address, and says in one sentence why it
// did not get through: grpc-js knows only OpenSSL's words for it.

import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import { CallCredentials, ChannelCredentials, type experimental } from '@grpc/grpc-js';
import { RunControlError } from '../failure/trouble.ts';
import { HANDSHAKE_MS_MAX } from './limits.ts';
import { hasName, nameOf, namesOf, type Role } from './names.ts';
import type { Credentials } from './parse.ts';
import { certificateReason, codeOf } from './reasons.ts';

/** What we show to servers, and whose certificates we take of them. */
export type Shown = Disposable & {
  /** Throws RunControlError when there is nothing to show yet. */
  current(): Credentials;
  /** The same for TLS, of each new connection. */
  context(): SecureContext;
};

/** How a server is reached that must have a role. */
export type Server = {
  readonly store: Shown;
  readonly role: Role;
  /** Where it must have it; undefined: in one of the realms of our own certificate. */
  readonly realm?: string | undefined;
};

/** Channel credentials that use what is in the store when a connection is made. */
export function dialCredentials(server: Server): TlsCredentials {
  return new TlsCredentials(server);
}

export class TlsCredentials extends ChannelCredentials {
  readonly #server: Server;
  #failure: string | undefined;
  #peer: X509Certificate | undefined;

  constructor(server: Server) {
    super();
    this.#server = server;
  }

  /** Why a handshake failed, if none has succeeded since. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** What the server has shown in the last handshake that succeeded. */
  get peer(): X509Certificate | undefined {
    return this.#peer;
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(
    _target: unknown,
    _options: unknown,
    calls?: CallCredentials,
  ): experimental.SecureConnector {
    return {
      connect: async (socket) => ({ socket: await this.#handshake(socket), secure: true }),
      waitForReady: async () => undefined,
      getCallCredentials: () => calls ?? CallCredentials.createEmpty(),
      destroy: () => undefined,
    };
  }

  async #handshake(socket: Socket): Promise<TLSSocket> {
    try {
      const { secured, peer } = await shakeHands(socket, this.#server);
      this.#failure = undefined;
      this.#peer = peer;
      return secured;
    } catch (error) {
      const failure = error instanceof RunControlError ? new HandshakeFailure(error.message) : error;
      if (failure instanceof HandshakeFailure) this.#failure = failure.message;
      throw failure;
    }
  }
}

/** grpc-js shows the error as text: only its sentence is for people. */
class HandshakeFailure extends Error {
  override readonly name = '';
}

type Shaken = { readonly secured: TLSSocket; readonly peer: X509Certificate };

async function shakeHands(socket: Socket, server: Server): Promise<Shaken> {
  const { promise, resolve, reject } = Promise.withResolvers<Shaken>();
  const { store, role } = server;
  const [realm = ''] = realmsOf(server);
  const secured = connect({
    socket,
    secureContext: store.context(),
    servername: nameOf(role, realm),
    ALPNProtocols: ['h2'],
    // We look at it ourselves, below, so that we can say what is wrong with it; nothing is sent before.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  const fail = (why: string): void => {
    secured.destroy();
    reject(new HandshakeFailure(why));
  };
  const broke = (error: Error): void => fail(brokenSentence(error, role));
  const closed = (): void => fail(`the ${role} ended the connection in the middle of the handshake`);
  // Nobody else ends a connection that is not one yet.
  const limit = setTimeout(() => fail(late(role)), HANDSHAKE_MS_MAX);
  secured.once('error', broke).once('close', closed);
  secured.once('secureConnect', () => {
    const peer = secured.getPeerX509Certificate();
    if (peer === undefined) return fail(`the ${role} showed no certificate`);
    const why = refusal(secured, { peer, server });
    if (why === undefined) resolve({ secured, peer });
    else fail(why);
  });
  return promise.finally(() => {
    clearTimeout(limit);
    secured.off('error', broke).off('close', closed);
  });
}

/** Why we do not talk to this server; undefined when it is the one that we want. */
function refusal(
  socket: TLSSocket,
  { peer, server }: { readonly peer: X509Certificate; readonly server: Server },
): string | undefined {
  const { role } = server;
  if (!socket.authorized) {
    return `what answers is not taken for the ${role}: ${certificateReason(codeOf(socket.authorizationError), peer)}`;
  }
  const names = realmsOf(server).map((realm) => nameOf(role, realm));
  if (names.some((name) => hasName(peer, name))) return undefined;
  return `what answers is not taken for the ${role}: want the name DNS:${names.join(' or DNS:')}, got ${namesOf(peer)}`;
}

function realmsOf({ store, realm }: Server): readonly string[] {
  return realm === undefined ? store.current().realms : [realm];
}

function late(role: Role): string {
  return `the ${role} did not finish the handshake within ${HANDSHAKE_MS_MAX / 1_000} s`;
}

function brokenSentence(error: Error, role: Role): string {
  const code = codeOf(error);
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    return `what answers speaks no TLS; the ${role} may have been started without credentials`;
  }
  return `no TLS handshake with the ${role}: ${code}`;
}
