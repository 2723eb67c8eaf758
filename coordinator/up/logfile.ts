// What a child says, kept in a file that cannot fill the disk.

import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A log beyond this many bytes becomes `<name>.log.1`, in place of the one before. */
export const LOG_BYTES_MAX = 8_388_608;

/** The last lines of a log that are remembered, for whoever must say why a child did not start. */
const LINES_REMEMBERED = 5;
const LINE_LENGTH_MAX = 500;

export type LogFile = Disposable & {
  readonly path: string;
  /** Never throws: what a full disk does not take is counted, and said once it takes something again. */
  readonly write: (chunk: Buffer | string) => void;
  /** The last lines, oldest first. */
  readonly lastLines: () => readonly string[];
};

/** Opens the log at `path` for appending. Throws the file system's error. */
export function openLog(path: string, bytesMax: number = LOG_BYTES_MAX): LogFile {
  mkdirSync(dirname(path), { recursive: true });
  // Undefined while a new one could not be opened: a number that was closed soon is somebody else's.
  let file: number | undefined = openSync(path, 'a');
  let bytes = fstatSync(file).size;
  let tail = '';
  let isOpen = true;
  let bytesLost = 0;
  const close = (): void => {
    const closing = file;
    file = undefined;
    if (closing !== undefined) closeSync(closing);
  };
  const append = (data: Buffer): void => {
    if (bytes > 0 && bytes + data.length > bytesMax) {
      renameSync(path, `${path}.1`);
      bytes = 0;
      close();
    }
    file ??= openSync(path, 'a');
    // Synchronous: what a child said just before it died is worth the most.
    const written = writeSync(file, data);
    bytes += written;
    bytesLost += data.length - written;
  };
  return {
    path,
    write: (chunk) => {
      // A pipe that somebody else holds may speak on when all is over.
      if (!isOpen) return;
      const data = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      tail = (tail + data.toString('utf8')).slice(-LINES_REMEMBERED * LINE_LENGTH_MAX);
      try {
        if (bytesLost > 0) {
          append(Buffer.from(`\n---- ${bytesLost} bytes could not be written here\n`));
          bytesLost = 0;
        }
        append(data);
      } catch (error) {
        // A run is worth more than its log.
        if (!isSystemError(error)) throw error;
        bytesLost += data.length;
      }
    },
    lastLines: () => tail.trimEnd().split('\n').slice(-LINES_REMEMBERED),
    [Symbol.dispose]: () => {
      isOpen = false;
      close();
    },
  };
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
