import { readdirSync } from 'node:fs';

const ENDING = /^(.+?)(\.sidecar)?\.log$/;

/** Whose logs stand in a folder of `baton up`: targets, and `coordinator`. None when there is no such folder. */
export function logNames(folder: string): readonly string[] {
  const names = filesIn(folder).flatMap((file) => ENDING.exec(file)?.[1] ?? []);
  return [...new Set(names)].toSorted(byNumber);
}

/** `readout-2` before `readout-10`. */
function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
