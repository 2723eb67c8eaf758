// Starts the miniature DAQ's processes and drives them without a run control, for tests: one client per
// process, the segments in dune's order.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { credentials } from '@grpc/grpc-js';
import { assert } from '../../protos/failure/invariant.ts';
import type { ObserveResponse__Output } from '../../protos/generated/baton/v1/ObserveResponse.ts';
import type { PerformResponse__Output } from '../../protos/generated/baton/v1/PerformResponse.ts';
import type { ProcessClient } from '../../protos/generated/baton/v1/Process.ts';
import { CHANNEL_OPTIONS, CONTRACT_VERSION, v1 } from '../../protos/load.ts';
import { processNames, ROLES, type Role } from './run/names.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const CALL_MS_MAX = 30_000;

const CONSUMERS_FIRST: readonly Role[] = ['writer', 'builder', 'readout', 'trigger'];
const UPWARD = new Set(['conf', 'start', 'enable_triggers']);

export type Line = Readonly<Record<string, unknown>>;

/** One process of the DAQ, attached. */
export type Driven = {
  readonly name: string;
  readonly child: ChildProcess;
  readonly client: ProcessClient;
  readonly startId: string;
  readonly attachment: number;
  /** The lines that it logged so far. */
  readonly lines: readonly Line[];
};

export type Ask = {
  readonly transition: string;
  readonly run?: number;
  readonly arguments?: Readonly<Record<string, unknown>>;
  readonly budgetMs?: number;
  /** Token of the request; the next one when absent. */
  readonly operation?: number;
};

let operations = 0;

/** Starts one process on a port of the kernel's choice and attaches to it. */
export async function startProcess(options: {
  readonly role: Role;
  readonly ordinal: number;
  readonly dataDir: string;
  readonly extra?: readonly string[];
  /** Largest file that the process can write, in blocks of 512 bytes: as good as a full disk. */
  readonly fileBlocksMax?: number;
}): Promise<Driven> {
  const { role, ordinal, fileBlocksMax } = options;
  const own = ['--ordinal', String(ordinal), '--port', '0', '--data-dir', options.dataDir];
  const argv = [process.execPath, MAIN, role, ...own, ...(options.extra ?? [])];
  // The shell becomes the process, so that signals reach it.
  const shell = fileBlocksMax === undefined ? 'exec "$@"' : `ulimit -f ${fileBlocksMax}; exec "$@"`;
  const child = spawn('/bin/sh', ['-c', shell, 'sh', ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: Line[] = [];
  const port = await listening(child, lines);
  const client = new v1.Process(`127.0.0.1:${port}`, credentials.createInsecure(), CHANNEL_OPTIONS);
  const attachment = 1;
  const startId = await attach(client, { attachment, ordinal });
  return { name: `${role}-${ordinal}`, child, client, startId, attachment, lines };
}

/** Attaches; gives the start id. Rejects with the status of the call. */
export function attach(client: ProcessClient, who: { attachment: number; ordinal: number }): Promise<string> {
  const request = {
    contractVersion: CONTRACT_VERSION,
    ...who,
    partition: 'test',
    segment: 'test',
    machineHash: '',
  };
  return new Promise((resolve, reject) => {
    client.attach(request, { deadline: Date.now() + CALL_MS_MAX }, (error, response) => {
      if (error === null && response !== undefined) resolve(response.startId);
      else reject(error);
    });
  });
}

/** What the process says is wrong, now. Rejects with the status of the call. */
export function troubleOf({ client, attachment, startId }: Driven): Promise<string> {
  const stream = client.observe({ attachment, startId, intervalMs: 1_000 });
  return new Promise((resolve, reject) => {
    stream.on('error', reject);
    stream.once('data', ({ state }: ObserveResponse__Output) => {
      resolve(state?.trouble ?? '');
      stream.cancel();
    });
  });
}

/** Asks one process for a transition. Rejects with the status of the call. */
export function perform(driven: Driven, ask: Ask): Promise<PerformResponse__Output> {
  operations += 1;
  const request = {
    attachment: driven.attachment,
    startId: driven.startId,
    token: { operationNumber: ask.operation ?? operations, step: 0, operationId: 'test' },
    transition: ask.transition,
    argumentsJson: JSON.stringify(ask.arguments ?? {}),
    budgetMs: ask.budgetMs ?? 10_000,
    runNumber: ask.run ?? 0,
  };
  return new Promise((resolve, reject) => {
    driven.client.perform(request, { deadline: Date.now() + CALL_MS_MAX }, (error, response) => {
      if (error === null && response !== undefined) resolve(response);
      else reject(error);
    });
  });
}

/** Ends one process and waits for it. */
export async function endProcess(driven: Driven, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
  const { child } = driven;
  driven.client.close();
  const ended = once(child, 'close');
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await ended;
  }
  return child.exitCode;
}

/** The DAQ's processes together. */
export class Daq {
  readonly #processes: readonly Driven[];

  private constructor(processes: readonly Driven[]) {
    this.#processes = processes;
  }

  /** Starts trigger, readouts, builders and writer; `extra` are arguments for each of them. */
  static async start(options: {
    readonly dataDir: string;
    readonly readouts: number;
    readonly builders: number;
    readonly extra?: readonly string[];
  }): Promise<Daq> {
    const { dataDir, readouts, builders } = options;
    const counts = { trigger: 1, readout: readouts, builder: builders, writer: 1 };
    const numbers = ['--readouts', String(readouts), '--builders', String(builders)];
    const extra = [...numbers, ...(options.extra ?? [])];
    const starting = ROLES.flatMap((role) =>
      processNames(role, counts[role]).map((_, ordinal) => startProcess({ role, ordinal, dataDir, extra })),
    );
    return new Daq(await Promise.all(starting));
  }

  /** The same DAQ with this process in the place of the one of its name. */
  replace(driven: Driven): Daq {
    return new Daq(this.#processes.map((each) => (each.name === driven.name ? driven : each)));
  }

  process(name: string): Driven {
    const found = this.#processes.find((each) => each.name === name);
    assert(found !== undefined, 'a test names a process of the DAQ');
    return found;
  }

  /** Takes one transition, segment after segment; gives one line for each process that did not execute it. */
  async perform(ask: Ask): Promise<readonly string[]> {
    const order = UPWARD.has(ask.transition) ? CONSUMERS_FIRST : ROLES;
    const failures: string[] = [];
    for (const role of order) {
      const segment = this.#processes.filter((each) => each.name.startsWith(role) && isAlive(each));
      const answers = await Promise.all(segment.map((each) => perform(each, ask)));
      answers.forEach((answer, index) => {
        if (answer.outcome === 'PERFORM_OUTCOME_EXECUTED') return;
        failures.push(`${segment[index]?.name} ${ask.transition}: ${answer.cause}`);
      });
    }
    return failures;
  }

  /** Kills all at once, as a power cut would. */
  async kill(): Promise<void> {
    for (const each of this.#processes) each.child.kill('SIGKILL');
    await Promise.all(this.#processes.map((each) => endProcess(each, 'SIGKILL')));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

function isAlive({ child }: Driven): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function listening(child: ChildProcess, lines: Line[]): Promise<number> {
  assert(child.stdout !== null, 'the output of a process is piped');
  const reader = createInterface({ input: child.stdout });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the process ended with ${code} before it listened`)));
    reader.on('line', (text) => {
      const line: Line = JSON.parse(text);
      lines.push(line);
      if (line['msg'] === 'the process listens') resolve(Number(line['port']));
    });
  });
}
