// Asking a sidecar as the kubelet does, over HTTP. Not by fetch: it gives up after five minutes, and a grace
// period may be longer.

import { get } from 'node:http';

/** How long one probe may take, in milliseconds. */
export const PROBE_TIMEOUT_MS = 2_000;

/** Longest sentence of an answer that is kept, in characters. */
const SENTENCE_LENGTH_MAX = 1_000;

/** What a probe says. A sidecar that does not answer says nothing about the process beside it. */
export type ProbeAnswer = { readonly kind: 'yes' | 'no' | 'silent'; readonly sentence: string };

/** One GET of `/livez` and the like on loopback; never throws. */
export function probe(port: number, path: string): Promise<ProbeAnswer> {
  return ask(port, path, AbortSignal.timeout(PROBE_TIMEOUT_MS));
}

/** Calls the preStop hook, with the header without which the sidecar refuses; never throws. */
export function preStop(port: number, signal: AbortSignal): Promise<ProbeAnswer> {
  return ask(port, '/prestop', signal);
}

function ask(port: number, path: string, signal: AbortSignal): Promise<ProbeAnswer> {
  const { promise, resolve } = Promise.withResolvers<ProbeAnswer>();
  const silent = (error: Error) => resolve({ kind: 'silent', sentence: error.message });
  const options = {
    host: '127.0.0.1',
    port,
    path,
    agent: false,
    signal,
    headers: { 'x-baton-prestop': '1' },
  };
  const request = get(options, (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      text = (text + chunk).slice(0, SENTENCE_LENGTH_MAX);
    });
    response.on('error', silent);
    response.on('end', () => {
      const good = response.statusCode !== undefined && response.statusCode < 400;
      resolve({ kind: good ? 'yes' : 'no', sentence: text.trim() });
    });
  });
  request.on('error', silent);
  return promise;
}
