// Who takes all the room that a server has must leave some to others: a pod that opens connections and says nothing
// would keep the kubelet out, and a kubelet that gets no answer kills.

import type { Server } from 'node:net';

export type CrowdLimits = {
  /** Connections at once. */
  readonly connectionsMax: number;
  /** Of them, from one address. */
  readonly connectionsOfPeerMax: number;
};

/** From now on connections of `server` beyond these limits are ended at once, without a word; `ended` is told who came. */
export function limitCrowd(
  server: Server,
  { connectionsMax, connectionsOfPeerMax }: CrowdLimits,
  ended: (peer: string | undefined) => void = () => undefined,
): void {
  const counts = new Map<string, number>();
  server.maxConnections = connectionsMax;
  server.on('drop', (dropped) => ended(dropped?.remoteAddress));
  server.on('connection', (socket) => {
    const peer = socket.remoteAddress ?? '';
    const count = counts.get(peer) ?? 0;
    if (count >= connectionsOfPeerMax) {
      socket.destroy();
      ended(peer);
      return;
    }
    counts.set(peer, count + 1);
    socket.once('close', () => {
      const left = (counts.get(peer) ?? 1) - 1;
      if (left === 0) counts.delete(peer);
      else counts.set(peer, left);
    });
  });
}
