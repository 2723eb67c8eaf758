import { expect, test } from 'vitest';
import { BUILTIN_MACHINES, builtinMachine } from '../../protos/machine/builtin.ts';
import { dune } from '../../protos/machine/dune.ts';
import { occ } from '../../protos/machine/occ.ts';
import { stopPathBudgetMs } from '../../protos/machine/path.ts';
import { findTransition } from '../../protos/machine/table.ts';
import { validateMachine } from '../../protos/machine/validate.ts';

test.each(BUILTIN_MACHINES.map((machine) => [machine.name, machine] as const))(
  '%s has no faults and is found by its name',
  (name, machine) => {
    expect(validateMachine(machine)).toEqual([]);
    expect(builtinMachine(name)).toBe(machine);
  },
);

test('an unknown name finds no built-in machine', () => {
  expect(builtinMachine('constructor')).toBeUndefined();
});

test.each([dune, occ])('$name is the table of reference', async (machine) => {
  const rows = machine.transitions.map((t) =>
    [
      t.name.padEnd(20),
      `${t.from.join('|')} -> ${t.to ?? '(stays)'}`.padEnd(50),
      `${t.timeoutMs} ms`.padEnd(9),
      t.onFailure.padEnd(8),
      t.stopPath ? 'stop path' : '         ',
      t.order.map((group) => group.join('+')).join(' > '),
    ].join(' '),
  );
  const states = machine.states.map(
    (s) => `${s.name.padEnd(24)}${s.ready ? ' ready' : ''}${s.inRun ? ' inRun' : ''}${s.rest ? ' rest' : ''}`,
  );
  const sequences = machine.sequences.map(
    (s) =>
      `${s.name.padEnd(12)}${s.steps.map((step) => step.transition + (step.optional ? '?' : '')).join(' > ')}`,
  );
  const text = [...states, '', ...rows, '', ...sequences, ''].map((line) => line.trimEnd()).join('\n');
  await expect(text).toMatchFileSnapshot(`../testdata/machine/${machine.name}.txt`);
});

test('a run of dune spends its number at start: no argument asks for it', () => {
  expect(findTransition(dune, 'start')?.arguments.map((argument) => argument.name)).toEqual([
    'disable_data_storage',
    'trigger_rate',
    'production_vs_test',
  ]);
});

test.each(BUILTIN_MACHINES)(
  'the stop path of $name fits the usual grace period of 30 s, from everywhere',
  (machine) => {
    const { states } = machine;
    for (const { name } of states) expect(stopPathBudgetMs(machine, name)).toBeLessThanOrEqual(28_000);
  },
);

test('what OCC calls by names in capitals is found by the same names', () => {
  const names = [...occ.states, ...occ.transitions].map(({ name }) => name.toUpperCase());
  expect(names).toEqual(['STANDBY', 'CONFIGURED', 'RUNNING', 'CONFIGURE', 'START', 'STOP', 'RESET']);
});
