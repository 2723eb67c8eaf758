// A place for one `baton up` with fake programs.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { UpOptions } from '../../coordinator/up/setting.ts';
import { type Behaviour, notedIn } from './fakes/events.ts';

export type Site = Disposable & {
  readonly directory: string;
  /** What startPartition is given; `told` gets what it tells people. */
  readonly options: UpOptions;
  readonly told: readonly string[];
  readonly noted: () => readonly string[];
  /** How the fakes of each target behave from now on. */
  readonly behave: (behaviours: Readonly<Record<string, Behaviour>>) => void;
  /** From now on a coordinator ends at once. */
  readonly breakCoordinator: () => void;
};

const LOOK_MS = 20;

/** A temporary directory with a document of two readouts and a writer. */
export function openSite(gracePeriod = '10s'): Site {
  const directory = mkdtempSync(join(tmpdir(), 'baton-up-'));
  const fake = (name: string) => join(import.meta.dirname, 'fakes', name);
  const file = (name: string) => join(directory, name);
  const segment = (name: string, members: number) => ({
    name,
    members,
    process: { command: ['node', fake('process.ts'), `${name}-{ordinal}`, '{port}'] },
    stop: { gracePeriod, margin: '100ms' },
  });
  const document = {
    apiVersion: 'baton.dev/v1alpha1',
    kind: 'Partition',
    metadata: { name: 'site' },
    spec: { machine: 'minimal', timeouts: TIMEOUTS, segments: [segment('readout', 2), segment('writer', 1)] },
  };
  writeFileSync(file('partition.yaml'), JSON.stringify(document));
  const told: string[] = [];
  return {
    directory,
    told,
    options: {
      document: file('partition.yaml'),
      directory: file('.baton'),
      tell: (words) => told.push(words),
      environment: {
        ...process.env,
        FAKE_EVENTS: file('events'),
        FAKE_BEHAVIOUR: file('behaviour.json'),
        FAKE_NO_COORDINATOR: file('no-coordinator'),
      },
      programs: {
        coordinator: [process.execPath, fake('coordinator.ts')],
        sidecar: [process.execPath, fake('sidecar.ts')],
      },
    },
    noted: () => notedIn(file('events')),
    behave: (behaviours) => writeFileSync(file('behaviour.json'), JSON.stringify(behaviours)),
    breakCoordinator: () => writeFileSync(file('no-coordinator'), ''),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Short enough for the shortest grace period of these tests. */
const TIMEOUTS = { stop: '500ms' };

/** Resolves once the condition holds; the test's own limit ends the waiting. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await wait(LOOK_MS);
}

/** True while a process of that pid lives and is no zombie. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
