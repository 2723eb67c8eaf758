// Plain HTTP as kubelets and Prometheus ask for it: short requests, short answers, nobody who hangs.

import type { Server, ServerResponse } from 'node:http';
import type { CrowdLimits } from './crowd.ts';

/** How long a client may take to send its request, in milliseconds; those who take longer make room. */
const REQUEST_TIMEOUT_MS = 2_000;

/**
 * Connections at once. A kubelet opens one per probe and closes it; whoever else opens as many as it may leaves room
 * for the kubelet, whose address is that of the node.
 */
export const PLAIN_HTTP_CROWD: CrowdLimits = { connectionsMax: 256, connectionsOfPeerMax: 32 };

/** For createServer. */
export const TIMEOUTS = {
  requestTimeout: REQUEST_TIMEOUT_MS,
  headersTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: 500,
};

/** Plain text unless `type` says otherwise. */
export type Reply = { readonly status: number; readonly body: string; readonly type?: string };

/** Answers; the body ends with a line's end, and nobody keeps it. */
export function send(response: ServerResponse, { status, body, type }: Reply): void {
  const headers = { 'content-type': type ?? 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
  response.writeHead(status, headers).end(body.endsWith('\n') ? body : `${body}\n`);
}

/** Ends it at once, whoever is connected. */
export async function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  // Idle and hanging connections would hold the close for ever; what was answered is answered.
  server.closeAllConnections();
  await promise;
}
