import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceError,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { toStatus } from '../../../protos/failure/status.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { AttachRequest__Output } from '../../../protos/generated/baton/v1/AttachRequest.ts';
import type { AttachResponse } from '../../../protos/generated/baton/v1/AttachResponse.ts';
import type { ObserveRequest__Output } from '../../../protos/generated/baton/v1/ObserveRequest.ts';
import type { ObserveResponse } from '../../../protos/generated/baton/v1/ObserveResponse.ts';
import type { PerformResponse } from '../../../protos/generated/baton/v1/PerformResponse.ts';
import type { ProcessHandlers } from '../../../protos/generated/baton/v1/Process.ts';
import type { ProcessState } from '../../../protos/generated/baton/v1/ProcessState.ts';
import { CHANNEL_OPTIONS, CONTRACT_VERSION, v1 } from '../../../protos/load.ts';
import type { Clerk } from './clerk.ts';
import { parseGivenUpToken, parsePerform } from './parse.ts';
import type { Ending } from './rules.ts';

const HOST = '127.0.0.1';

/** Longest text that the contract allows for a trouble, in characters. */
const TROUBLE_CHARACTERS_MAX = 500;
const INTERVAL_MS = { min: 10, max: 60_000 } as const;

// The fault `big` sends more than the contract allows, so this server must not stop it.
const OPTIONS = { ...CHANNEL_OPTIONS, 'grpc.max_send_message_length': -1 };

export type ProcessServer = { readonly port: number; readonly [Symbol.asyncDispose]: () => Promise<void> };

/**
 * Serves baton.v1.Process on loopback for one process; port 0 lets the kernel choose. Throws
 * RunControlError UNREACHABLE when the port is in use. `beforeAttach` may hold an attachment back.
 */
export async function serveProcess(options: {
  readonly clerk: Clerk;
  readonly ordinal: number;
  readonly port: number;
  readonly beforeAttach: () => Promise<void>;
}): Promise<ProcessServer> {
  const { clerk } = options;
  const server = new Server(OPTIONS);
  const handlers: ProcessHandlers = {
    Attach: (call, answer) =>
      reply(answer, async () => {
        await options.beforeAttach();
        return takeAttachment(clerk, call.request, options.ordinal);
      }),
    Perform: (call, answer) => perform(clerk, call, answer),
    GiveUp: (call, answer) =>
      reply(answer, async () => {
        clerk.giveUp(call.request, parseGivenUpToken(call.request.token));
        return {};
      }),
    Observe: (call) => observe(clerk, call),
  };
  server.addService(v1.Process.service, handlers);
  const port = await bind(server, options.port);
  return {
    port,
    [Symbol.asyncDispose]: async () => server.forceShutdown(),
  };
}

function takeAttachment(clerk: Clerk, request: AttachRequest__Output, ordinal: number): AttachResponse {
  if (request.contractVersion !== CONTRACT_VERSION) {
    const versions = `contract ${request.contractVersion}, this process speaks ${CONTRACT_VERSION}`;
    throw new RunControlError('REFUSED', `the sidecar speaks ${versions}`);
  }
  if (request.ordinal !== ordinal) {
    throw new RunControlError('REFUSED', `the sidecar wants ordinal ${request.ordinal}, this is ${ordinal}`);
  }
  const { startId } = clerk.attach(request.attachment);
  return { startId, state: stateOf(clerk) };
}

function perform(
  clerk: Clerk,
  call: ServerUnaryCall<Parameters<typeof parsePerform>[0], PerformResponse>,
  answer: sendUnaryData<PerformResponse>,
): void {
  const taken = Promise.try(() => clerk.perform(parsePerform(call.request)));
  settle(
    taken.then(({ ending, dropped }) => {
      if (!dropped) answer(null, response(ending));
    }),
    answer,
  );
}

function observe(clerk: Clerk, call: ServerWritableStream<ObserveRequest__Output, ObserveResponse>): void {
  const { attachment, startId, intervalMs } = call.request;
  try {
    clerk.check({ attachment, startId });
    checkInterval(intervalMs);
  } catch (error) {
    call.emit('error', serviceError(error));
    return;
  }
  const tell = (): void => {
    if (clerk.desk.attachment === attachment) {
      call.write({ state: stateOf(clerk) });
      return;
    }
    stop();
    call.emit('error', serviceError(new RunControlError('REFUSED', `attachment ${attachment} was replaced`)));
  };
  const timer = setInterval(tell, intervalMs);
  const deafen = clerk.listen(tell);
  const stop = (): void => {
    clearInterval(timer);
    deafen();
  };
  for (const event of ['cancelled', 'close', 'error'] as const) call.on(event, stop);
  tell();
}

function checkInterval(intervalMs: number): void {
  if (intervalMs >= INTERVAL_MS.min && intervalMs <= INTERVAL_MS.max) return;
  const want = `${INTERVAL_MS.min}..${INTERVAL_MS.max}`;
  const problem = { path: 'interval_ms', want, got: String(intervalMs) };
  throw new RunControlError('MALFORMED', `interval_ms: want ${want}, got ${intervalMs}`, {
    problems: [problem],
  });
}

function stateOf(clerk: Clerk): ProcessState {
  const { state, busy, executed } = clerk.desk;
  const trouble = clerk.trouble().slice(0, TROUBLE_CHARACTERS_MAX);
  return { state, busy: busy ?? null, executed: executed ?? null, trouble };
}

function response({ outcome, state }: Ending): PerformResponse {
  switch (outcome.kind) {
    case 'executed':
      return { outcome: 'PERFORM_OUTCOME_EXECUTED', state };
    case 'refused':
      return { outcome: 'PERFORM_OUTCOME_REFUSED', state, cause: outcome.cause };
    case 'failed':
      return { outcome: 'PERFORM_OUTCOME_FAILED', state, cause: outcome.cause };
  }
}

function reply<T>(answer: sendUnaryData<T>, work: () => Promise<T>): void {
  settle(
    work().then((value) => answer(null, value)),
    answer,
  );
}

/** Trouble becomes a status; a bug is thrown where nothing catches it, so that it ends the process. */
function settle<T>(work: Promise<void>, answer: sendUnaryData<T>): void {
  work.catch((error: unknown) => answer(serviceError(error)));
}

function serviceError(error: unknown): ServiceError {
  if (!(error instanceof RunControlError)) throw error;
  return Object.assign(new Error(error.message), toStatus(error));
}

function bind(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`${HOST}:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(new RunControlError('UNREACHABLE', `cannot listen on ${HOST}:${port}`, { cause: error }));
    });
  });
}
