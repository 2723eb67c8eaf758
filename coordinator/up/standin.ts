// A process that obeys and does nothing: for a partition whose real processes are not there yet. It keeps the
// whole contract of protos/baton/v1/process.proto, so that what works with it works with one that does.

import { EventEmitter } from 'node:events';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { AttachRequest__Output } from '../../protos/generated/baton/v1/AttachRequest.ts';
import type { ObserveRequest__Output } from '../../protos/generated/baton/v1/ObserveRequest.ts';
import type { ObserveResponse } from '../../protos/generated/baton/v1/ObserveResponse.ts';
import type { PerformRequest__Output } from '../../protos/generated/baton/v1/PerformRequest.ts';
import type { PerformResponse } from '../../protos/generated/baton/v1/PerformResponse.ts';
import type { ProcessState } from '../../protos/generated/baton/v1/ProcessState.ts';
import { v1 } from '../../protos/load.ts';
import type { Service } from '../../protos/serve.ts';
import { unary } from '../../protos/unary.ts';

/** Shortest time between two words of a state, in milliseconds, whatever a sidecar asks for. */
const INTERVAL_MS_MIN = 100;

export type StandInOptions = {
  /** State in which it begins. */
  readonly state: string;
  /** Names this life of it. */
  readonly startId: string;
  /** Hears one line for each transition. */
  readonly tell: (line: string) => void;
};

type Observing = ServerWritableStream<ObserveRequest__Output, ObserveResponse>;

/** The service of one stand-in. */
export function standInService({ state: initial, startId, tell }: StandInOptions): Service {
  const changes = new EventEmitter();
  // One sidecar at a time, and for a moment the one before it.
  changes.setMaxListeners(0);
  let attachment = 0;
  let present: ProcessState = { state: initial };
  let last: { readonly token: string; readonly answer: PerformResponse } | undefined;
  const perform = ({ token, ...request }: PerformRequest__Output): PerformResponse => {
    const name = JSON.stringify(token);
    // Asked again for what it has done it gives the same answer.
    if (last?.token === name) return last.answer;
    const to = request.to === '' ? (present.state ?? initial) : request.to;
    tell(lineOf(request, present.state ?? '', to));
    present = { state: to, executed: token };
    last = { token: name, answer: { outcome: 'PERFORM_OUTCOME_EXECUTED', state: to } };
    changes.emit('change');
    return last.answer;
  };
  const handlers = {
    attach: unary((request: AttachRequest__Output) => {
      attachment = Math.max(attachment, request.attachment);
      return { startId, state: present };
    }),
    perform: unary((request: PerformRequest__Output) => {
      if (request.attachment === attachment && request.startId === startId) return perform(request);
      throw new RunControlError('REFUSED', 'that is not the present attachment: attach again');
    }),
    // Nothing that it does takes time.
    giveUp: unary(() => ({})),
    observe: (call: Observing) => {
      const say = () => call.write({ state: present });
      const timer = setInterval(say, Math.max(INTERVAL_MS_MIN, call.request.intervalMs));
      changes.on('change', say);
      call.on('close', () => {
        changes.off('change', say);
        clearInterval(timer);
      });
      say();
    },
  };
  return { name: 'baton.v1.Process', definition: v1.Process.service, handlers, access: {} };
}

function lineOf(
  { transition, runNumber, argumentsJson }: Omit<PerformRequest__Output, 'token'>,
  from: string,
  to: string,
): string {
  const run = runNumber === 0 ? '' : ` of run ${runNumber}`;
  const given = argumentsJson === '' || argumentsJson === '{}' ? '' : ` with ${argumentsJson}`;
  return `${transition}${run}${given}: ${from} → ${to}`;
}
