import { expect, test } from 'vitest';
import { unheardNote } from '../../../coordinator/cluster/events/note.ts';
import {
  lookForUnheard,
  newUnheard,
  takeUnheard,
  UNHEARD_MS,
  unheardDueMs,
} from '../../../coordinator/cluster/events/unheard.ts';
import type { Target } from '../../../coordinator/core/model/partition.ts';
import type { Core, PodPhase } from '../../../coordinator/core/model/picture.ts';
import { NO_PLACE } from '../../../coordinator/fleet/dispatcher.ts';
import { coreOf, partitionOf, turn, welcomed } from './fleet.ts';

const FIRST = 'readout-0' as Target;
const SECOND = 'readout-1' as Target;

/** Two readouts, and who of them is watched. */
function rig() {
  const unheard = newUnheard();
  let core = coreOf(partitionOf('readout 2'));
  const saw = (next: Core, target: Target, nowMs: number): void => {
    core = next;
    lookForUnheard(unheard, core, target, nowMs);
  };
  return {
    unheard,
    core: () => core,
    pod: (
      target: Target,
      nowMs: number,
      sentence: string,
      pod: string = target,
      phase: PodPhase = 'running',
    ) =>
      saw(
        turn(core, { type: 'pod', target, pod, phase, facts: { sentence, node: '', restarts: 0 } }),
        target,
        nowMs,
      ),
    closed: (target: Target, nowMs: number, cause: string) =>
      saw(turn(core, { type: 'disconnected', target, cause }), target, nowMs),
    heard: (target: Target, nowMs: number) => saw(welcomed(core, target, {}), target, nowMs),
  };
}

test('who cannot be commanded for a while is told once, with what is wrong; the others by name', () => {
  const { unheard, core, pod, closed } = rig();
  closed(FIRST, 0, NO_PLACE);
  pod(FIRST, 10, 'its pod has no sidecar');
  closed(SECOND, 20, 'the sidecar is incompatible');
  pod(SECOND, 30, '');
  expect(unheardDueMs(unheard)).toBe(10 + UNHEARD_MS);
  expect(takeUnheard(unheard, 10 + UNHEARD_MS - 1)).toEqual([]);
  const told = takeUnheard(unheard, 30 + UNHEARD_MS);
  expect(unheardNote(core(), told).sentence).toBe(
    'cannot be commanded: readout-0: its address is not known yet; its pod has no sidecar; nor can readout-1',
  );
  pod(FIRST, 40_000, 'its pod still has no sidecar');
  expect(unheardDueMs(unheard)).toBeUndefined();
  // Another pod is another thing.
  pod(FIRST, 50_000, 'its pod has no sidecar', 'another');
  expect(unheardDueMs(unheard)).toBe(50_000 + UNHEARD_MS);
});

test('a pod that only begins is waited for without a word, and one that is heard in time is well', () => {
  const { unheard, pod, closed, heard } = rig();
  closed(FIRST, 0, NO_PLACE);
  pod(FIRST, 10, '');
  expect(unheardDueMs(unheard)).toBeUndefined();
  closed(FIRST, 20, 'connection refused');
  expect(unheardDueMs(unheard)).toBe(20 + UNHEARD_MS);
  heard(FIRST, 30);
  expect(unheardDueMs(unheard)).toBeUndefined();
});

test('who was heard and falls silent, and whose pod goes, is another matter', () => {
  const { unheard, pod, closed, heard } = rig();
  pod(FIRST, 0, '');
  heard(FIRST, 10);
  closed(FIRST, 20, 'the stream broke');
  pod(SECOND, 30, 'its pod is being deleted', SECOND, 'deleting');
  expect(unheardDueMs(unheard)).toBeUndefined();
});
