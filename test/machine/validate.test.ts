import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { problemLine } from '../../protos/failure/trouble.ts';
import { dune } from '../../protos/machine/dune.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { validateMachine } from '../../protos/machine/validate.ts';
import { machines } from './arbitrary.ts';
import { FAULTS, withArgument, withStart } from './faults.ts';

describe('validateMachine', () => {
  test.each(FAULTS)('finds %s', (_, machine) => {
    expect(validateMachine(machine)).not.toEqual([]);
  });

  test('says of each fault where it is, what is wanted and what was got', async () => {
    const text = FAULTS.map(([title, machine]) =>
      [`# ${title}`, ...validateMachine(machine).map(problemLine), ''].join('\n'),
    ).join('\n');
    await expect(text).toMatchFileSnapshot('../testdata/machine/faults.txt');
  });

  test('finds all faults at once', () => {
    const problems = validateMachine({
      ...dune,
      name: 'Dune',
      initial: 'nowhere',
      transitions: dune.transitions.map((t) => ({ ...t, timeoutMs: 0, order: [['a'], ['a']] })),
      sequences: dune.sequences.map((sequence) => ({ ...sequence, name: 'conf' })),
    });
    const paths = problems.map((problem) => problem.path);
    expect(paths).toContain('name');
    expect(paths).toContain('initial');
    for (const at of dune.transitions.keys()) {
      expect(paths).toContain(`transitions[${at}].timeoutMs`);
      expect(paths).toContain(`transitions[${at}].order[1][0]`);
    }
    expect(paths).toContain('sequences[2].name');
  });

  test('has nothing to say of any machine that is valid by construction', () => {
    fc.assert(
      fc.property(machines, (machine) => {
        expect(validateMachine(machine)).toEqual([]);
      }),
    );
  });

  test('accepts each limit itself', () => {
    expect(validateMachine(withStart({ timeoutMs: 2_147_483_647 }))).toEqual([]);
    expect(validateMachine(withStart({ timeoutMs: 1 }))).toEqual([]);
    expect(validateMachine(withArgument({ name: 'x'.repeat(63) }))).toEqual([]);
    expect(validateMachine(withArgument({ min: 1, max: 1, default: 1 }))).toEqual([]);
    expect(validateMachine(withStart({ order: [['x'.repeat(52)]] }))).toEqual([]);
    const longest = 'x'.repeat(4_096);
    expect(validateMachine(withArgument({ type: 'string', oneOf: [longest], default: longest }))).toEqual([]);
    expect(
      validateMachine({
        ...minimal,
        states: minimal.states.map((state) => ({ ...state, description: 'x'.repeat(500) })),
      }),
    ).toEqual([]);
  });
});
