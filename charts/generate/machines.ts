import { BUILTIN_MACHINES } from '../../protos/machine/builtin.ts';
import type { Machine } from '../../protos/machine/table.ts';

/** The template `baton.machines`: what the charts must know of the built-in machines, as JSON by name. */
export function machinesTemplate(): string {
  const entries = BUILTIN_MACHINES.map((machine) => [machine.name, outline(machine)]);
  const json = JSON.stringify(Object.fromEntries(entries), null, 1);
  return `{{- define "baton.machines" -}}\n${json}\n{{- end }}\n`;
}

/** What stop paths and their budgets follow from. */
function outline({ states, transitions }: Machine): unknown {
  return {
    states: states.map(({ name, rest }) => ({ name, rest })),
    transitions: transitions.map(({ name, from, to, timeoutMs, stopPath, order }) => ({
      name,
      from,
      to,
      timeoutMs,
      stopPath,
      order,
    })),
  };
}
