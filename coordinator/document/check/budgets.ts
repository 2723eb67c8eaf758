import { durationText } from '../../../protos/machine/duration.ts';
import { stopPath, stopPathBudgetMs } from '../../../protos/machine/path.ts';
import type { Fault } from '../../../protos/machine/shape.ts';
import { findTransition, type Machine } from '../../../protos/machine/table.ts';
import type { Draft } from '../draft.ts';
import type { SegmentShape } from '../schema.ts';

/**
 * From the worst state the stop path fits into the grace period with the margin kept: a hook that eats the
 * grace ends process and sidecar in the same instant, and the run with them.
 */
export function* checkBudgets({ segments }: Draft, machine: Machine): Generator<Fault> {
  const worst = worstState(machine);
  for (const [at, { shape }] of segments.entries()) {
    if (shape === undefined) continue;
    const neededMs = worst.budgetMs + shape.stop.margin;
    if (neededMs <= shape.stop.gracePeriod) continue;
    yield {
      path: ['spec', 'segments', at, 'stop', 'gracePeriod'],
      want: `at least ${durationText(neededMs)} (${sum(machine, worst.state, shape)})`,
      got: durationText(shape.stop.gracePeriod),
    };
  }
}

function worstState(machine: Machine): { readonly state: string; readonly budgetMs: number } {
  return machine.states
    .map(({ name }) => ({ state: name, budgetMs: stopPathBudgetMs(machine, name) ?? 0 }))
    .reduce((worst, each) => (each.budgetMs > worst.budgetMs ? each : worst));
}

/** `from running: disable_triggers 2s + … + margin 2s`. */
function sum(machine: Machine, state: string, { stop }: SegmentShape): string {
  const steps = (stopPath(machine, state) ?? []).map(
    (name) => `${name} ${durationText(findTransition(machine, name)?.timeoutMs ?? 0)}`,
  );
  return `from ${state}: ${[...steps, `margin ${durationText(stop.margin)}`].join(' + ')}`;
}
