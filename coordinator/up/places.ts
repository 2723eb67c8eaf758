// Where the sidecars are, in the file that the coordinator follows, and where they were before.

import type { Places } from '../fleet/discovery.ts';
import { replaceFile } from './files.ts';
import type { Pod } from './pod.ts';
import type { Reporter } from './reporter.ts';

/** Tells the coordinator of each sidecar once it listens: dialled before, it would be waited for in vain. */
export function keepPlaces(file: string): (pod: Pod) => void {
  const places: Record<string, { readonly address: string; readonly podUid: string }> = {};
  const write = () => replaceFile(file, `${JSON.stringify(places, null, 2)}\n`);
  write();
  return ({ target, podUid, plan }) => {
    places[target] = { address: `127.0.0.1:${plan.ports.grpc}`, podUid };
    write();
  };
}

/**
 * Confirms that the pods of the `baton up` before this one have ended, which only we can know: an operation
 * that was open when that one was killed waits for just this word.
 */
export function reportEnded(former: Places, reporter: Reporter): void {
  for (const [target, { podUid }] of former) {
    const detail = 'it ended with an earlier baton up';
    reporter.report({ target, podUid, phase: 'POD_PHASE_ENDED', detail });
  }
}
