import { RunControlError } from '../../../protos/failure/trouble.ts';

/** What to tell people of trouble or of a file system's refusal. Throws anything else again: it is a bug. */
export function troubleSentence(error: unknown): string {
  if (error instanceof RunControlError) return error.message;
  if (error instanceof Error && 'code' in error && 'syscall' in error) return error.message;
  throw error;
}
