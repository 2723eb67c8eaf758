// The coordinator as a child: started again when it dies, always at the same address.

import { rmSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { type Exit, exitWords } from '../../protos/exit.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { Program, Registry } from './child.ts';
import { type Container, keepRunning, type Lives } from './container.ts';
import { readIfThere } from './files.ts';
import type { LogFile } from './logfile.ts';

/** How long it may take to listen, in milliseconds: a long journal is read first. */
const START_MS_MAX = 30_000;
const LOOK_MS = 20;

export type CoordinatorOptions = {
  readonly program: Program;
  readonly lives: Lives;
  /** Where it tells its address. */
  readonly portFile: string;
  readonly log: LogFile;
  readonly registry: Registry;
  readonly tell: (words: string) => void;
  /** Gives up the start when it aborts. */
  readonly signal: AbortSignal | undefined;
  /** Called after each start: a new one knows nothing of pods. */
  readonly began: () => void;
};

export type CoordinatorChild = { readonly container: Container; readonly address: string };

/**
 * Starts the coordinator and waits until it listens. Throws RunControlError STORAGE with its own last words
 * when it ends instead, or does not listen in time; STOPPING when the signal aborts first.
 */
export async function startCoordinator(options: CoordinatorOptions): Promise<CoordinatorChild> {
  rmSync(options.portFile, { force: true });
  const firstDeath = Promise.withResolvers<Exit>();
  let listens = false;
  const again = (exit: Exit) => {
    firstDeath.resolve(exit);
    // One that could not even begin would not do better the next time: a person must see to it.
    return listens;
  };
  const container = keepRunning({ ...options, name: 'the coordinator', again });
  const begunMs = performance.now();
  const died = firstDeath.promise.then((exit) => exitWords(exit));
  for (;;) {
    const address = readIfThere(options.portFile)?.trim();
    if (address !== undefined) {
      listens = true;
      return { container, address };
    }
    if (options.signal?.aborted) {
      await endAtOnce(container);
      throw new RunControlError('STOPPING', 'stopped before it had started');
    }
    const late = performance.now() - begunMs > START_MS_MAX ? 'did not listen in time' : undefined;
    const why = late ?? (await Promise.race([died, wait(LOOK_MS)]));
    if (typeof why !== 'string') continue;
    await endAtOnce(container);
    throw new RunControlError('STORAGE', `the coordinator ${why}: ${lastWords(options.log)}`);
  }
}

const logged = z.object({ level: z.number(), msg: z.string() });
const LEVEL_ERROR = 50;

/**
 * The last error in its log, else what it said in plain words. Not its last line: what a child writes to its
 * two streams arrives in no certain order.
 */
function lastWords(log: LogFile): string {
  const lines = log.lastLines().filter((line) => !line.startsWith('---- '));
  const read = lines.map((line) => ({ line, record: logged.safeParse(parseJson(line)).data }));
  const errors = read.flatMap(({ record }) =>
    record !== undefined && record.level >= LEVEL_ERROR ? [record.msg] : [],
  );
  const words = read.flatMap(({ line, record }) => (record === undefined ? [line.trim()] : []));
  const plain = words.join(' ').replace(/^coordinator: /, '');
  return errors.at(-1) ?? (plain || (lines.at(-1) ?? 'it said nothing'));
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function endAtOnce(container: Container): Promise<void> {
  container.kill();
  await container.done;
}
