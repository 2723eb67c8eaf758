// The TLS end of a server. grpc-js would drop a peer without a word to either side, so the handshake is ours:
// who is not one of us reaches nothing of the server but one sentence on why.

import { constants, type X509Certificate } from 'node:crypto';
import { createServer, type TLSSocket } from 'node:tls';
import { type Accepting, closed, openSockets } from '../accepting.ts';
import { limitCrowd } from '../crowd.ts';
import { type ListenAddress, listenOn } from '../listen.ts';
import { HANDSHAKE_MS_MAX, TLS_CROWD } from './limits.ts';
import { CROWD_SENTENCE, strangerSentence, unencryptedSentence } from './reasons.ts';
import { refusePeer } from './refuse.ts';
import type { Refused } from './refused.ts';
import { type CredentialStore, TLS_VERSION_MIN } from './store.ts';

export type AcceptOptions = {
  readonly listen: ListenAddress;
  readonly store: CredentialStore;
  /** Takes the connection of a peer whose certificate one of our authorities has signed. */
  readonly accepted: (socket: TLSSocket) => void;
  /** A peer was turned away. */
  readonly refused: (refused: Refused) => void;
};

/** Listens with TLS. Throws RunControlError UNREACHABLE when nothing can listen there. */
export async function acceptTls(options: AcceptOptions, shown: string): Promise<Accepting> {
  const { store, listen } = options;
  // Who comes without a good certificate is told so, as the API server of Kubernetes does, and then let go.
  const asks = { requestCert: true, rejectUnauthorized: false, ALPNProtocols: ['h2'] };
  const server = createServer({ ...contextOf(store), ...asks, handshakeTimeout: HANDSHAKE_MS_MAX });
  limitCrowd(server, TLS_CROWD, (remoteAddress) => tell({ remoteAddress }, 'crowd', CROWD_SENTENCE));
  const sockets = openSockets();
  const tell = (socket: Remote, reason: Refused['reason'], why: string): void =>
    options.refused({ reason, peer: socket.remoteAddress ?? 'a peer that has gone', why });
  server.on('secureConnection', (socket) => {
    sockets.keep(socket);
    if (!server.listening) {
      socket.destroy();
      return;
    }
    const why = socket.authorized
      ? undefined
      : strangerSentence(socket.authorizationError, certificateOf(socket));
    if (why === undefined) options.accepted(socket);
    else {
      tell(socket, 'certificate', why);
      refusePeer(socket, why);
    }
  });
  server.on('tlsClientError', (error, socket) => {
    tell(socket, 'handshake', unencryptedSentence(error));
    // Node lets one that ran out of time live on.
    socket.destroy();
  });
  const forget = store.onRenewed(() => server.setSecureContext(contextOf(store)));
  const port = await listenOn(server, listen, shown);
  return {
    port,
    close: () => {
      forget();
      return closed(server);
    },
    cut: () => sockets.cut(),
  };
}

type Remote = { readonly remoteAddress?: string | undefined };

/** The certificate that a peer has shown; undefined when it has shown none. */
export function certificateOf(socket: TLSSocket): X509Certificate | undefined {
  return socket.getPeerX509Certificate();
}

function contextOf(store: CredentialStore): object {
  const { authorities: ca, certificate: cert, key } = store.current().texts;
  // Without tickets nobody resumes a session that began under an authority which is trusted no more.
  return { ca, cert, key, minVersion: TLS_VERSION_MIN, secureOptions: constants.SSL_OP_NO_TICKET };
}
