// A sidecar with nothing real but its rules and its shell.

import pino from 'pino';
import { machineHash } from '../../protos/machine/hash.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { compileMachine } from '../../sidecar/machine/compile.ts';
import type { Notice } from '../../sidecar/notice.ts';
import type { Adapter, ProcessEvent } from '../../sidecar/process/adapter.ts';
import type { Memory, TakenRequest } from '../../sidecar/rules/model.ts';
import { createSidecar } from '../../sidecar/shell.ts';

const compiled = compileMachine(minimal);
export const SETTINGS = {
  target: 'readout-3',
  partition: 'daq',
  podUid: 'pod-1',
  compiled,
  machineHash: machineHash(minimal),
  preStopAnswerMs: 25_000,
};
const idle = { state: 'idle', busy: undefined, executed: undefined, trouble: '' };

type Options = {
  readonly memory?: Memory;
  readonly write?: (memory: Memory) => void;
  /** The adapter tells the end of a hook before `perform` returns, which the port forbids. */
  readonly hasty?: boolean;
};

/** A sidecar whose every step goes into `story`. */
export function bare(options: Options = {}) {
  const story: string[] = [];
  const timers: { readonly delayMs: number; readonly run: () => void; readonly cancelled: () => boolean }[] =
    [];
  let tell: (event: ProcessEvent) => void = () => {};
  let nowMs = 0;
  let last: Memory | undefined = options.memory;
  const adapter: Adapter = {
    start: (listener) => {
      tell = listener;
    },
    perform: ({ attachment, token, transition, to: state }) => {
      story.push(`perform ${transition}`);
      if (options.hasty !== true) return;
      tell({ type: 'hookEnded', attachment: attachment.id, token, outcome: 'executed', state, cause: '' });
    },
    giveUp: (_, token) => story.push(`give up ${token.operationNumber}`),
    [Symbol.asyncDispose]: async () => {
      story.push('adapter ended');
    },
  };
  const notices: Notice[] = [];
  const sidecar = createSidecar({
    settings: SETTINGS,
    stateFile: {
      memory: options.memory,
      write: (memory) => {
        options.write?.(memory);
        last = memory;
        story.push(
          `write ${memory.stateNumber}${memory.last ? ` last ${memory.last.answer?.kind ?? 'open'}` : ''}`,
        );
      },
    },
    adapter,
    clock: {
      nowMs: () => nowMs,
      after: (delayMs, run) => {
        let cancelled = false;
        timers.push({ delayMs, run, cancelled: () => cancelled });
        return () => {
          cancelled = true;
        };
      },
    },
    log: pino({ level: 'silent' }),
    notice: (notice) => notices.push(notice),
    fatal: (trouble) => story.push(`fatal ${trouble instanceof Error ? trouble.message : ''}`),
  });
  const stream = sidecar.open({
    send: (message) => story.push(`send ${message.type}`),
    close: (why) => story.push(`close ${why.message}`),
  });
  return {
    sidecar,
    story,
    timers,
    notices,
    tell: (event: ProcessEvent) => tell(event),
    advance: (ms: number) => {
      nowMs += ms;
    },
    memory: () => last,
    hello: () =>
      sidecar.take({ type: 'hello', stream, journalId: 'j', epoch: 1, closedThrough: 0, adoptedFrom: '' }),
    request: (operationNumber: number, transition: string) =>
      sidecar.take({
        type: 'request',
        stream,
        request: requestOf(sidecar.present().memory, operationNumber, transition),
      }),
    attach: (startId = 's-1') => tell({ type: 'attached', attachment: { id: 1, startId }, process: idle }),
  };
}

function requestOf(memory: Memory, operationNumber: number, transition: string): TakenRequest {
  return {
    token: { operationNumber, step: 0, operationId: `op-${operationNumber}` },
    incarnation: memory.incarnation,
    machineHash: SETTINGS.machineHash,
    transition,
    argumentsJson: '{}',
    from: 'idle',
    to: 'running',
    budgetMs: 1_000,
    stopPath: false,
    runNumber: 1,
  };
}
