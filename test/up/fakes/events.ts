// What the fakes of one test did, one line each, in a file that all of them append to.

import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** Says what happened; to be called by a fake, whose environment names the file. */
export function note(line: string): void {
  appendFileSync(process.env['FAKE_EVENTS'] ?? '/dev/null', `${line}\n`);
}

/** What the fakes of a test have noted so far. */
export function notedIn(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
}

export type Behaviour = {
  /** The sidecar's answer to /prestop; `hang` is none. */
  readonly preStop?: string;
  /** False: /process/livez says no. */
  readonly isLive?: boolean;
  /** The process starts another one, which outlives it if it may. */
  readonly isParent?: boolean;
  /** The process ignores SIGTERM. */
  readonly isDeaf?: boolean;
  /** The coordinator does not see it yet. */
  readonly isUnseen?: boolean;
};

/** How a target's fakes are to behave now, from the file that their environment names. */
export function behaviourOf(target: string): Behaviour {
  const file = process.env['FAKE_BEHAVIOUR'] ?? '';
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8'))[target] ?? {}) : {};
}
