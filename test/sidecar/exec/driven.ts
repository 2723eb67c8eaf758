// An exec adapter in a test's hands, with a folder for what its commands leave behind.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { z } from 'zod';
import { type ExecSettings, execShape } from '../../../protos/adapter/exec.ts';
import { minimal } from '../../../protos/machine/minimal.ts';
import { monotonicClock } from '../../../sidecar/clock.ts';
import type { Adapter, ProcessEvent } from '../../../sidecar/process/adapter.ts';
import { execProcess } from '../../../sidecar/process/exec/exec.ts';
import type { Token } from '../../../sidecar/rules/model.ts';
import { condition } from '../condition.ts';

const schema = z.strictObject(execShape);

export type Driven = AsyncDisposable & {
  /** Of the present adapter. */
  readonly events: readonly ProcessEvent[];
  readonly log: readonly string[];
  /** What commands printed for people so far. */
  readonly words: () => string;
  /** Text of a file in the folder of its commands; empty when there is none. */
  readonly read: (name: string) => string;
  readonly write: (name: string, text: string) => void;
  readonly file: (name: string) => string;
  /** Where its commands run. */
  readonly folder: string;
  readonly told: <Type extends ProcessEvent['type']>(
    type: Type,
    times?: number,
  ) => Promise<Extract<ProcessEvent, { type: Type }>>;
  readonly perform: (operationNumber: number, transition: string, changed?: object) => Token;
  readonly giveUp: (token: Token) => void;
  /** The sidecar stops and is started again: another adapter with the same notes. */
  readonly restart: () => Promise<void>;
};

type Settings = Omit<z.input<typeof schema>, 'workingDirectory'>;

/** Drives commands that are run in a folder of their own. */
export function driveExec(given: Settings, notes = 'notes'): Driven {
  const folder = mkdtempSync(join(tmpdir(), 'baton-exec-'));
  const file = (name: string) => join(folder, name);
  const settings = schema.parse({ giveUpGraceMs: 200, ...given, workingDirectory: folder });
  const printed: Buffer[] = [];
  const log: string[] = [];
  const say = (chunk: Buffer) => printed.push(chunk);
  let { adapter, events } = startAdapter(settings, file(notes), { say, log });
  const ofType = <Type extends ProcessEvent['type']>(type: Type) =>
    events.filter((event): event is Extract<ProcessEvent, { type: Type }> => event.type === type);
  const present = () => ofType('attached').at(-1)?.attachment ?? { id: 0, startId: '' };
  return {
    get events() {
      return events;
    },
    log,
    words: () => Buffer.concat(printed).toString('utf8'),
    read: (name) => {
      try {
        return readFileSync(file(name), 'utf8');
      } catch {
        return '';
      }
    },
    write: (name, text) => writeFileSync(file(name), text),
    file,
    folder,
    told: async (type, times = 1) => {
      await condition(`${type} was told; ${JSON.stringify(events)}`, () => ofType(type).length >= times);
      const last = ofType(type).at(-1);
      if (last === undefined) throw new Error('a type that was told has an event');
      return last;
    },
    perform: (operationNumber, transition, changed) => {
      const token = { operationNumber, step: 0, operationId: `op ${operationNumber}` };
      const [from, to] = transition === 'start' ? ['idle', 'running'] : ['running', 'idle'];
      const fixed = { argumentsJson: '{"rate":5,"mode":"a b"}', budgetMs: 1_000, runNumber: 7 };
      adapter.perform({ attachment: present(), token, transition, from, to, ...fixed, ...changed });
      return token;
    },
    giveUp: (token) => adapter.giveUp(present(), token),
    restart: async () => {
      await adapter[Symbol.asyncDispose]();
      ({ adapter, events } = startAdapter(settings, file(notes), { say, log }));
    },
    [Symbol.asyncDispose]: async () => {
      await adapter[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

let attachments = 0;

function startAdapter(
  settings: ExecSettings,
  notesFile: string,
  { say, log }: { readonly say: (chunk: Buffer) => void; readonly log: string[] },
): { adapter: Adapter; events: ProcessEvent[] } {
  const events: ProcessEvent[] = [];
  const adapter = execProcess({
    settings,
    who: { partition: 'daq', segment: 'readout', ordinal: 3 },
    machine: minimal,
    clock: monotonicClock,
    log: pino({}, { write: (line: string) => log.push(line) }),
    nextAttachment: () => {
      attachments += 1;
      return attachments;
    },
    notesFile,
    bootId: 'boot-1',
    say,
  });
  adapter.start((event) => events.push(event));
  return { adapter, events };
}
