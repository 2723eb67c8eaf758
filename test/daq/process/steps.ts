// The transitions of `dune` as this DAQ's processes obey them: the process's own law, not the sidecar's.

import type { Arguments } from '../../../protos/machine/table.ts';

export const INITIAL = 'initial';
export const CONFIGURED = 'configured';

const IN_RUN = ['ready', 'running', 'dataflow_drained', 'trigger_sources_stopped'];

type Step = { readonly from: readonly string[]; readonly to: string | undefined };

// Wider than the machine on the way down: after a drain that failed the file must still be closed.
const STEPS = {
  conf: { from: [INITIAL], to: CONFIGURED },
  start: { from: [CONFIGURED], to: 'ready' },
  enable_triggers: { from: ['ready'], to: 'running' },
  change_rate: { from: ['ready', 'running'], to: undefined },
  disable_triggers: { from: ['ready', 'running'], to: 'ready' },
  drain_dataflow: { from: ['ready', 'running', 'dataflow_drained'], to: 'dataflow_drained' },
  stop_trigger_sources: { from: IN_RUN, to: 'trigger_sources_stopped' },
  stop: { from: IN_RUN, to: CONFIGURED },
  scrap: { from: [CONFIGURED], to: INITIAL },
} as const satisfies Record<string, Step>;

export type StepName = keyof typeof STEPS;

/** What a process is asked to do, once it is known to be legal. */
export type Order = {
  /** Run that it belongs to; 0 outside a run. */
  readonly run: number;
  readonly arguments: Arguments;
  /** Ends when the budget is nearly spent or the sidecar gives up: then answer. */
  readonly signal: AbortSignal;
};

/** How it ended. `state`: where the process then is, if that is not what the transition promises. */
export type Outcome =
  | { readonly kind: 'executed'; readonly state?: string }
  | { readonly kind: 'refused'; readonly cause: string }
  | { readonly kind: 'failed'; readonly cause: string; readonly state?: string };

export const EXECUTED: Outcome = { kind: 'executed' };

/** A drain after which nothing more can come: it failed, and the way down goes on without what is lost. */
export function drainedWithLoss(cause: string): Outcome {
  return { kind: 'failed', cause, state: 'dataflow_drained' };
}

/** What one role of the DAQ does. A transition without a function is acknowledged. */
export type Duty = {
  readonly steps: { readonly [name in StepName]?: (order: Order) => Promise<Outcome> };
  /** Ends what runs, keeping what can be kept; says whether the process still is configured. */
  recover(): Promise<typeof CONFIGURED | typeof INITIAL>;
  /** One sentence when something is wrong; empty otherwise. */
  trouble(): string;
  counters(): Readonly<Record<string, number>>;
  /** The process is about to end: keep what can be kept. */
  close(): Promise<void>;
};

/** Where `name` leads from `state`, or the sentence that refuses it. `to` is what the asker expects. */
export function legality(options: {
  readonly name: string;
  readonly state: string;
  readonly to: string;
}):
  | { readonly kind: 'legal'; readonly name: StepName; readonly to: string }
  | { readonly kind: 'illegal'; readonly cause: string } {
  const { name, state, to } = options;
  if (!isStepName(name)) return { kind: 'illegal', cause: `this process knows no transition ${name}` };
  const step: Step = STEPS[name];
  if (!step.from.includes(state)) {
    return { kind: 'illegal', cause: `${name} needs ${step.from.join(' or ')}, the process is in ${state}` };
  }
  const leads = step.to ?? state;
  if (to === '' || to === leads) return { kind: 'legal', name, to: leads };
  return { kind: 'illegal', cause: `${name} leads from ${state} to ${leads}, not to ${to}` };
}

function isStepName(name: string): name is StepName {
  return Object.hasOwn(STEPS, name);
}
