import { type MachineValue, UNKNOWN_VALUE } from '../machine/compile.ts';
import type { Fence, Memory, PodFacts, Settings, Sidecar, Token } from './model.ts';

/** Higher than any real step: a fence with it has closed the whole operation. */
export const STEP_MAX = 0xffff_ffff;

const NO_FENCE: Fence = { epoch: 0, operationNumber: 0, step: 0 };

/** Nobody can say where the process is: it takes only recover. */
export const LOST_VALUE: MachineValue = { state: '', error: true, doing: '' };

/** A coordinator that knows nothing worth telling says nothing. */
export const NO_POD_FACTS: PodFacts = { sentence: '', restarts: 0 };

/** Memory of a sidecar that has none: `memoryId` makes the incarnation a new one. */
export function freshMemory(memoryId: string): Memory {
  return {
    memoryId,
    journalId: '',
    fence: NO_FENCE,
    closed: false,
    incarnation: '',
    // P10: until a process has attached nobody knows where it is.
    value: UNKNOWN_VALUE,
    cause: '',
    stateNumber: 0,
    last: undefined,
    local: undefined,
    leaving: 'no',
    runNumber: 0,
    stopBegun: [],
  };
}

/** A sidecar that has just started with what it remembers; it knows nothing yet of its process. */
export function initialSidecar(settings: Settings, memory: Memory): Sidecar {
  return {
    settings,
    memory,
    attachment: undefined,
    hook: undefined,
    stream: undefined,
    preStop: 'none',
    trouble: '',
    pod: NO_POD_FACTS,
    fresh: memory.incarnation !== '',
  };
}

/** Negative, zero or positive as (operation number, step) of `a` is lower, equal or higher than that of `b`. */
export function compareStep(
  a: Pick<Fence, 'operationNumber' | 'step'>,
  b: Pick<Fence, 'operationNumber' | 'step'>,
): number {
  return a.operationNumber - b.operationNumber || a.step - b.step;
}

/** True when both name the same request. */
export function sameToken(a: Token | undefined, b: Token | undefined): boolean {
  return a !== undefined && b !== undefined && compareStep(a, b) === 0 && a.operationId === b.operationId;
}
