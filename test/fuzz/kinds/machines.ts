// Machine tables: what is accepted can be hashed, drawn, sent, and obeyed.

import { BUILTIN_MACHINES } from '../../../protos/machine/builtin.ts';
import { drawMermaid } from '../../../protos/machine/draw.ts';
import { machineHash } from '../../../protos/machine/hash.ts';
import { parseMachine } from '../../../protos/machine/parse.ts';
import type { Machine } from '../../../protos/machine/table.ts';
import { machineToWire } from '../../../protos/machine/wire.ts';
import { allowedNow, compileMachine, initialValue, next } from '../../../sidecar/machine/compile.ts';
import { mutateValue } from '../mutate.ts';
import { checkProblems, type Subject } from '../subject.ts';

const STEPS = 8;

export async function machines(): Promise<Subject> {
  return {
    attempt: async (dice, trace) => {
      const raw = mutateValue(dice, dice.pick(BUILTIN_MACHINES));
      trace(JSON.stringify(raw, null, 1));
      const parsed = parseMachine(raw);
      if ('problems' in parsed) {
        checkProblems(parsed.problems);
        return 'rejected';
      }
      use(parsed.machine, (allowed) => dice.pick(allowed));
      return 'accepted';
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function use(machine: Machine, choose: (allowed: readonly string[]) => string): void {
  machineHash(machine);
  drawMermaid(machine);
  machineToWire(machine);
  const compiled = compileMachine(machine);
  let value = initialValue(compiled);
  for (let steps = 0; steps < STEPS; steps += 1) {
    const allowed = allowedNow(compiled, value);
    if (allowed.length === 0) return;
    const begun = next(compiled, value, { type: 'begin', transition: choose(allowed) });
    if (begun === undefined) throw new Error(`${value.state} does not take what it allows`);
    value = next(compiled, begun, { type: 'done' }) ?? value;
  }
}
