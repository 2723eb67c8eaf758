// Calling the preStop hook, and what its answer says of the end.

import { setTimeout as wait } from 'node:timers/promises';
import type { Exit } from '../../protos/exit.ts';
import { type ProbeAnswer, preStop } from './probe.ts';

/** A hook that was cut off is asked again after this, in milliseconds; it joins what it began. */
const AGAIN_MS = 200;

/** What a process gets when the hook has eaten the grace, in milliseconds; a kubelet gives as much. */
const GRACE_LEFT_MS_MIN = 2_000;

/** The answer of a pod that was told to end by SIGKILL. */
export const KILLED: ProbeAnswer = { kind: 'no', sentence: 'it was killed' };

/** Of a pod whose process was not started yet: there is no hook that could matter. */
export const NOTHING_BEGUN: ProbeAnswer = { kind: 'yes', sentence: 'nothing was started' };

/** 128 and the number of SIGKILL. */
const KILLED_CODE = 137;

export type PreStopCall = {
  readonly port: number;
  readonly gracePeriodMs: number;
  /** False once nobody is left who could answer, or for whom it would matter. */
  readonly isWorthwhile: () => boolean;
};

export type PreStopped = {
  readonly answer: ProbeAnswer;
  /** What is left of the grace for the process, in milliseconds. */
  readonly graceLeftMs: number;
};

/**
 * Calls the hook of one pod, at least once: one that was cut off by the sidecar's own death is asked again
 * while there is grace. Never throws.
 */
export async function callPreStop({ port, gracePeriodMs, isWorthwhile }: PreStopCall): Promise<PreStopped> {
  const begunMs = performance.now();
  const signal = AbortSignal.timeout(gracePeriodMs);
  const graceLeftMs = () => Math.max(GRACE_LEFT_MS_MIN, gracePeriodMs - (performance.now() - begunMs));
  for (;;) {
    const answer = await preStop(port, signal);
    if (answer.kind !== 'silent' || signal.aborted || !isWorthwhile()) {
      return { answer, graceLeftMs: graceLeftMs() };
    }
    await wait(AGAIN_MS);
  }
}

/**
 * Why an end was not clean: by the sidecar's own word, by its silence, or because the process was killed.
 * Empty when it was clean.
 */
export function uncleanWords(answer: ProbeAnswer, exit: Exit | undefined): string {
  if (answer === KILLED) return KILLED.sentence;
  const parts = [
    answer.kind === 'silent' ? `its preStop hook was not answered (${answer.sentence})` : '',
    answer.kind === 'no' || answer.sentence.startsWith('not clean') ? answer.sentence : '',
    wasKilled(exit) ? 'its process had to be killed' : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}

/** A sidecar that had to kill its own process ends with the code that a shell gives for it. */
function wasKilled(exit: Exit | undefined): boolean {
  return exit?.kind === 'code'
    ? exit.code === KILLED_CODE
    : exit?.kind === 'signal' && exit.signal === 'SIGKILL';
}
