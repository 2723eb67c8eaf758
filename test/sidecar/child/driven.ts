// A child adapter in a test's hands: what it tells, and what the child says to people.

import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import type { SignalsConfig } from '../../../protos/adapter/signals.ts';
import type { Exit } from '../../../protos/exit.ts';
import { minimal } from '../../../protos/machine/minimal.ts';
import { monotonicClock } from '../../../sidecar/clock.ts';
import type { ProcessEvent } from '../../../sidecar/process/adapter.ts';
import { childProcess } from '../../../sidecar/process/child/child.ts';
import type { Token } from '../../../sidecar/rules/model.ts';
import { condition } from '../condition.ts';

export type Driven = AsyncDisposable & {
  readonly events: readonly ProcessEvent[];
  readonly log: readonly string[];
  /** What the child wrote for people so far. */
  readonly words: () => string;
  readonly ended: Promise<Exit>;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Resolves with the newest event once one of that type was told so many times. */
  readonly told: <Type extends ProcessEvent['type']>(
    type: Type,
    times?: number,
  ) => Promise<Extract<ProcessEvent, { type: Type }>>;
  /** Asks for a transition of `minimal` in the present attachment. */
  readonly perform: (operationNumber: number, transition: string, changed?: { to: string }) => Token;
  readonly giveUp: (token: Token) => void;
};

type Options = {
  readonly signals?: SignalsConfig;
  readonly silenceLimitMs?: number;
  readonly environment?: Record<string, string>;
};

/** Starts `command` as a child of this process. */
export function driveChild(command: readonly string[], options: Options = {}): Driven {
  const folder = mkdtempSync(join(tmpdir(), 'baton-child-'));
  const fd = openSync(join(folder, 'words'), 'a');
  const events: ProcessEvent[] = [];
  const log: string[] = [];
  let attachments = 0;
  const adapter = childProcess({
    command,
    workingDirectory: folder,
    environment: options.environment ?? {},
    signals: options.signals,
    silenceLimitMs: options.silenceLimitMs,
    machine: minimal,
    clock: monotonicClock,
    log: pino({}, { write: (line: string) => log.push(line) }),
    nextAttachment: () => {
      attachments += 1;
      return attachments;
    },
    words: { fd, write: (text) => writeSync(fd, text.toString()) },
  });
  adapter.start((event) => events.push(event));
  const ofType = <Type extends ProcessEvent['type']>(type: Type) =>
    events.filter((event): event is Extract<ProcessEvent, { type: Type }> => event.type === type);
  const present = () => ofType('attached').at(-1)?.attachment ?? { id: 0, startId: '' };
  return {
    events,
    log,
    words: () => readFileSync(join(folder, 'words'), 'utf8'),
    ended: adapter.child.ended,
    signal: adapter.child.signal,
    told: async (type, times = 1) => {
      await condition(`${type} was told; ${JSON.stringify(events)}`, () => ofType(type).length >= times);
      const last = ofType(type).at(-1);
      if (last === undefined) throw new Error('a type that was told has an event');
      return last;
    },
    perform: (operationNumber, transition, changed) => {
      const token = { operationNumber, step: 0, operationId: `op-${operationNumber}` };
      const [from, to] = transition === 'start' ? ['idle', 'running'] : ['running', 'idle'];
      const fixed = { argumentsJson: '{"rate":5}', budgetMs: 1_000, runNumber: 7 };
      adapter.perform({ attachment: present(), token, transition, from, to, ...fixed, ...changed });
      return token;
    },
    giveUp: (token) => adapter.giveUp(present(), token),
    [Symbol.asyncDispose]: async () => {
      await adapter[Symbol.asyncDispose]();
      closeSync(fd);
      rmSync(folder, { recursive: true });
    },
  };
}
