// The parts of a cluster: programs that go on after whoever started them, and can be found again.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootId, type Identity, lives } from '../../protos/procfs.ts';
import { type Command, end, launch, signal } from './daemon.ts';
import { STATE } from './places.ts';

/** A program of the cluster under its name. */
export type Part = Command & { readonly name: string };

/** Who was started as a part, in which boot of the machine. */
type Started = Identity & { readonly boot: string };

const NOT_STARTED: Identity = { pid: 0, startTime: '' };

/** The process that was started as this part last; one that lives not when none was. */
export function partOf(name: string): Identity {
  const file = pidFile(name);
  if (!existsSync(file)) return NOT_STARTED;
  const { boot, ...who }: Started = JSON.parse(readFileSync(file, 'utf8'));
  return boot === bootId() ? who : NOT_STARTED;
}

/** Starts a part unless it lives; true when it did not. */
export async function startPart(part: Part): Promise<boolean> {
  if (lives(partOf(part.name))) return false;
  const who = await launch({ ...part, diesWithUs: false });
  const file = pidFile(part.name);
  mkdirSync(join(STATE, 'pids'), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify({ ...who, boot: bootId() }));
  renameSync(`${file}.new`, file);
  return true;
}

/** Sends a signal to a part; nothing happens when it lives no more. */
export function signalPart(name: string, what: NodeJS.Signals): void {
  signal(partOf(name), what);
}

/** Ends a part, by force after so long; resolves once it lives no more. */
export async function endPart(name: string, graceMs: number): Promise<void> {
  await end(partOf(name), graceMs);
}

/** Remembers the parts of the cluster that is about to be started. */
export function writeParts(parts: readonly Part[]): void {
  writeFileSync(join(STATE, 'parts.json'), `${JSON.stringify(parts, null, 2)}\n`);
}

/** The parts of the cluster that has been started last, in the order of their start; none when there is no cluster. */
export function readParts(): readonly Part[] {
  const file = join(STATE, 'parts.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

function pidFile(name: string): string {
  return join(STATE, 'pids', `${name}.json`);
}
