// What can be wrong with the file that holds the journal, in words for whoever has to mend it.

import { RunControlError } from '../../protos/failure/trouble.ts';

/** Trouble with the journal at `path`: what is wrong, then what to do. */
export function storageTrouble(
  path: string,
  words: { readonly wrong: string; readonly todo: string },
  cause?: unknown,
): RunControlError {
  return new RunControlError('STORAGE', `journal ${path}: ${words.wrong}; ${words.todo}`, { cause });
}

/** Result codes of SQLite, the low byte of `errcode`. */
/** What it cannot do with the tables that it found. */
const ERROR = 1;
const MISMATCH = 20;
const CANNOT_OPEN = 14;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;
const READ_ONLY = 8;
const BUSY = 5;
const FULL = 13;

const RESTORE = 'nothing was changed; restore it from a copy, or move it away to begin a new journal';

const NO_ROOM = { wrong: 'has no room on its disk', todo: 'free some space and start again' };

/** The trouble that an error of SQLite or the file system means for the journal at `path`. */
export function fromStorageError(path: string, error: unknown): RunControlError {
  if (error instanceof RunControlError) return error;
  return storageTrouble(path, wordsFor(error), error);
}

/** The result code of SQLite; undefined for any other error. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

function wordsFor(error: unknown): { wrong: string; todo: string } {
  switch (sqliteCode(error)) {
    case NOT_A_DATABASE:
      return { wrong: 'is not an SQLite database', todo: `is the path right? ${RESTORE}` };
    case ERROR:
    case MISMATCH:
      return { wrong: `is damaged: ${messageOf(error)}`, todo: RESTORE };
    case CORRUPT:
      return { wrong: 'is damaged or truncated', todo: RESTORE };
    case READ_ONLY:
    case CANNOT_OPEN:
      return { wrong: 'cannot be written', todo: 'allow writing to the file and to its directory' };
    case BUSY:
      return { wrong: 'is locked by another program', todo: 'close that program' };
    case FULL:
      return NO_ROOM;
    default:
      return fileWords(error);
  }
}

function fileWords(error: unknown): { wrong: string; todo: string } {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return { wrong: 'cannot be written', todo: 'allow writing to the file and to its directory' };
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') return NO_ROOM;
  return {
    wrong: messageOf(error),
    todo: 'nothing was told as done that is not durable; mend it and start again',
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
