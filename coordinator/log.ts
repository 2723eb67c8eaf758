// The coordinator's log: JSON lines, those of one turn of the event loop in one write.

import { destination, type Logger, pino } from 'pino';
import type { LogLevel } from './config/options.ts';

/** Lines that are longer than this together do not wait for the end of the turn, in characters. */
export const GATHERED_MAX = 65_536;

/** What pino writes to. */
export type Lines = { write(line: string): void; flushSync(): void };

/**
 * A log into `dest`, a path or a file descriptor. What was logged is written when the turn of the event
 * loop ends, and when the process ends by itself; only kill -9 takes the lines of that one turn with it.
 */
export function openLog(level: LogLevel, dest: string | number): Logger {
  const file = destination({ dest, sync: true });
  // Whoever read the log has gone; the run goes on.
  file.on('error', () => undefined);
  const lines = gatherLines((text) => file.write(text));
  process.on('exit', () => lines.flushSync());
  return pino({ level, base: { pid: process.pid } }, lines);
}

/** Gathers the lines of one turn: a thousand answers are a thousand lines, and a write for each costs more. */
export function gatherLines(write: (text: string) => void): Lines {
  let gathered = '';
  let soon: NodeJS.Immediate | undefined;
  const flushSync = (): void => {
    clearImmediate(soon);
    soon = undefined;
    const text = gathered;
    gathered = '';
    if (text !== '') write(text);
  };
  return {
    write: (line) => {
      gathered += line;
      if (gathered.length > GATHERED_MAX) flushSync();
      else soon ??= setImmediate(flushSync);
    },
    flushSync,
  };
}
