import type { Machine, MachineTransition } from './table.ts';

/** Words that mermaid takes for its own in a state diagram. */
const MERMAID_WORDS: ReadonlySet<string> = new Set([
  'accdescr',
  'acctitle',
  'as',
  'class',
  'classdef',
  'click',
  'default',
  'direction',
  'end',
  'hide',
  'note',
  'scale',
  'state',
  'style',
]);

/** A picture of the machine in mermaid's language (stateDiagram-v2): the run filled, the stop path marked. */
export function drawMermaid(machine: Machine): string {
  const renamed = machine.states.filter((state) => MERMAID_WORDS.has(state.name));
  const lines = [
    'stateDiagram-v2',
    ...renamed.map((state) => `  state "${state.name}" as ${id(state.name)}`),
    `  [*] --> ${id(machine.initial)}`,
    ...machine.transitions.flatMap(arrows),
    '  classDef inRun fill:#cfe8cf,stroke:#2e7d32',
    '  classDef rest stroke-width:3px',
    ...classed(machine, 'inRun'),
    ...classed(machine, 'rest'),
  ];
  return `${lines.join('\n')}\n`;
}

function arrows(transition: MachineTransition): readonly string[] {
  const label = transition.stopPath ? `${transition.name} (stop path)` : transition.name;
  return transition.from.map((from) => `  ${id(from)} --> ${id(transition.to ?? from)} : ${label}`);
}

function classed(machine: Machine, mark: 'inRun' | 'rest'): readonly string[] {
  const names = machine.states.filter((state) => state[mark]).map((state) => id(state.name));
  return names.length === 0 ? [] : [`  class ${names.join(',')} ${mark}`];
}

function id(name: string): string {
  return MERMAID_WORDS.has(name) ? `${name}_` : name;
}
