// One connection to a port of a pod, through the API server.

import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { type KubeConfig, PortForward } from '@kubernetes/client-node';
import { RunControlError } from '../../../protos/failure/trouble.ts';

export type ForwardTo = { readonly namespace: string; readonly name: string; readonly port: number };

/** Longest complaint of the node that is kept, in characters. */
const COMPLAINT_LENGTH_MAX = 500;

/** What the library that opens the WebSocket says when the API server answers with another status. */
const REFUSED = /Unexpected server response: (\d{3})/;

/**
 * Connects `socket` with the pod's port until one of both ends. Resolves once the API server has taken it; `ended`
 * hears why it is over, empty when nobody complained. Throws RunControlError NOT_ALLOWED, UNREACHABLE.
 */
export async function forward(
  config: KubeConfig,
  to: ForwardTo,
  { socket, ended }: { readonly socket: Socket; readonly ended: (complaint: string) => void },
): Promise<void> {
  const { namespace, name, port } = to;
  let complaint = '';
  // The node tells here that nothing listens at that port; what it has forwarded is of no use then.
  const complaints = new Writable({
    write: (chunk: Buffer, _, done) => {
      complaint = `${complaint}${chunk}`.slice(0, COMPLAINT_LENGTH_MAX);
      if (complaint !== '') socket.destroy();
      done();
    },
  });
  const forwarding = new PortForward(config);
  const opened = await forwarding
    .portForward(namespace, name, [port], socket, complaints, socket)
    .catch((error: unknown) => {
      throw troubleOf(error, to);
    });
  // Only one that goes on after it was lost gives a function.
  const channel = typeof opened === 'function' ? opened() : opened;
  if (channel === null) throw troubleOf(undefined, to);
  channel.onclose = () => socket.destroy();
  channel.onerror = () => socket.destroy();
  socket.on('close', () => {
    channel.close();
    ended(complaint);
  });
  if (socket.destroyed) channel.close();
}

function troubleOf(error: unknown, { namespace, name }: ForwardTo): RunControlError {
  const words = messageOf(error);
  const status = REFUSED.exec(words)?.[1];
  const pod = `pod ${namespace}/${name}`;
  if (status === '403') {
    const sentence = `port-forward to ${pod}: not allowed; give the account the rights get and create on pods/portforward in namespace ${namespace}`;
    return new RunControlError('NOT_ALLOWED', sentence, { cause: error });
  }
  if (status === '401') {
    const sentence = `port-forward to ${pod}: the API server does not know us; is the token or certificate still good?`;
    return new RunControlError('NOT_ALLOWED', sentence, { cause: error });
  }
  const sentence = `no port-forward to ${pod}: ${words || 'the API server gave no connection'}`;
  return new RunControlError('UNREACHABLE', sentence, { cause: error });
}

/** An event of the WebSocket, or an error. */
function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return '';
  return typeof error.message === 'string' ? error.message : '';
}
