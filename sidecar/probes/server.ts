// The HTTP face for the kubelet, on a port of its own. It is answered while a transition runs, and each
// refusal says why in one sentence.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { limitCrowd } from '../../protos/crowd.ts';
import { throwOutside } from '../../protos/failure/bug.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { listenOn, listenProblem, parseListen, showAddress } from '../../protos/listen.ts';
import { close, PLAIN_HTTP_CROWD, type Reply, send, TIMEOUTS } from '../../protos/plainHttp.ts';
import type { PreStopAnswer } from '../waiters.ts';
import { decide, type Facts, PROBES, type Probe } from './decide.ts';

/** Without this header anyone who reaches the port could stop a run. */
export const PRE_STOP_HEADER = 'x-baton-prestop';

/** What may be wrong with a call of /prestop. */
export const PRE_STOP_FAULTS = ['header', 'method'] as const;

export type PreStopFault = (typeof PRE_STOP_FAULTS)[number];

export type ProbesOptions = {
  /** `host:port`; port 0 is any free one. */
  readonly listen: string;
  readonly insecureListen: boolean;
  readonly facts: () => Facts;
  /** Throws RunControlError LIMIT when too many wait. */
  readonly preStop: () => Promise<PreStopAnswer>;
  /** Told of each call of /prestop that was refused, and the address that it came from. */
  readonly refused: (why: PreStopFault, from: string) => void;
  readonly metrics: { readonly contentType: string; render(): Promise<string> };
};

export type ProbesServer = AsyncDisposable & { readonly address: string; readonly port: number };

/**
 * Serves the probes, /prestop and /metrics. Throws RunControlError MALFORMED for an address that is none or
 * not allowed, UNREACHABLE when nothing can listen there.
 */
export async function serveProbes(options: ProbesOptions): Promise<ProbesServer> {
  const address = parseListen(options.listen);
  const problem = listenProblem('listen', options.listen, options.insecureListen);
  if (address === undefined || problem !== undefined) {
    const why = problem === undefined ? '' : `: want ${problem.want}`;
    throw new RunControlError('MALFORMED', `will not serve probes on ${options.listen}${why}`);
  }
  const server = createServer(TIMEOUTS, (request, response) => {
    handle(request, response, options);
  });
  limitCrowd(server, PLAIN_HTTP_CROWD);
  const port = await listenOn(server, address, options.listen);
  return {
    address: showAddress({ host: address.host, port }),
    port,
    [Symbol.asyncDispose]: () => close(server),
  };
}

function handle(request: IncomingMessage, response: ServerResponse, options: ProbesOptions): void {
  const replied = Promise.try(route, request, options);
  replied.then(
    (reply) => send(response, reply),
    (error: unknown) => {
      if (error instanceof RunControlError) send(response, { status: 503, body: error.message });
      else throwOutside(error);
    },
  );
}

function route(request: IncomingMessage, options: ProbesOptions): Reply | Promise<Reply> {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const probe = PROBES.find((each) => each === path);
  if (path === '/prestop') return preStop(request, options);
  if (probe === undefined && path !== '/metrics') return unknownPath(path);
  if (request.method !== 'GET') return { status: 405, body: `${path} takes GET, not ${request.method}` };
  return probe === undefined ? metrics(options) : answer(probe, options);
}

function answer(probe: Probe, { facts }: ProbesOptions): Reply {
  const { ok, sentence } = decide(probe, facts());
  return { status: ok ? 200 : 503, body: sentence };
}

async function preStop(request: IncomingMessage, options: ProbesOptions): Promise<Reply> {
  const from = request.socket.remoteAddress ?? '';
  if (request.method !== 'GET' && request.method !== 'POST') {
    options.refused('method', from);
    return { status: 405, body: `/prestop takes GET or POST, not ${request.method}` };
  }
  if (request.headers[PRE_STOP_HEADER] !== '1') {
    options.refused('header', from);
    return { status: 403, body: `/prestop needs the header ${PRE_STOP_HEADER}: 1, as it stops the process` };
  }
  const { clean, sentence } = await options.preStop();
  // A kubelet does not look at the status; for people the sentence tells.
  return { status: 200, body: clean ? sentence : `not clean: ${sentence}` };
}

async function metrics({ metrics: { render, contentType } }: ProbesOptions): Promise<Reply> {
  return { status: 200, body: await render(), type: contentType };
}

function unknownPath(path: string): Reply {
  const known = [...PROBES, '/prestop', '/metrics'].join(', ');
  return { status: 404, body: `${path.slice(0, 100)} is none of ${known}` };
}
