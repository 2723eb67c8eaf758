import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { problemLine } from '../../protos/failure/trouble.ts';
import { parseArguments, parseArgumentText } from '../../protos/machine/arguments.ts';
import { dune } from '../../protos/machine/dune.ts';
import { type Argument, findTransition, type MachineTransition } from '../../protos/machine/table.ts';

function argument(change: Partial<Argument>): Argument {
  return { name: 'x', type: 'number', unit: '', required: false, oneOf: [], description: '', ...change };
}

function transition(...taken: readonly Argument[]): MachineTransition {
  const start = findTransition(dune, 'start');
  if (start === undefined) throw new Error('dune has start');
  return { ...start, arguments: taken };
}

const start = transition(...(findTransition(dune, 'start')?.arguments ?? []));

/** The faults as lines, or the values. */
function outcome(of: MachineTransition, given: Record<string, unknown>): unknown {
  const parsed = parseArguments(of, given);
  return 'values' in parsed ? parsed.values : parsed.problems.map(problemLine);
}

describe('parseArguments', () => {
  test('fills in defaults and leaves out what has none', () => {
    expect(outcome(start, {})).toEqual({ disable_data_storage: false, production_vs_test: 'TEST' });
  });

  test('takes what was given', () => {
    const given = { disable_data_storage: true, trigger_rate: 2.5, production_vs_test: 'PROD' };
    expect(outcome(start, given)).toEqual(given);
  });

  test('takes nothing for nothing', () => {
    expect(outcome(transition(), {})).toEqual({});
  });

  test('tells all problems at once', () => {
    const given = { disable_data_storage: 'yes', triger_rate: 1, trigger_rate: -1, production_vs_test: 'x' };
    expect(outcome(start, given)).toEqual([
      'arguments.triger_rate: want an argument of start (disable_data_storage, trigger_rate, production_vs_test) (did you mean "trigger_rate"?), got 1',
      'arguments.disable_data_storage: want true or false, got "yes"',
      'arguments.trigger_rate: want a number of at least 0 Hz, got -1',
      'arguments.production_vs_test: want one of TEST, PROD, got "x"',
    ]);
  });

  test('a required argument must be given', () => {
    const of = transition(argument({ type: 'integer', min: 1, max: 9, required: true }));
    expect(outcome(of, {})).toEqual(['arguments.x: want an integer in 1..9, got nothing']);
    expect(outcome(of, { x: null })).toEqual(['arguments.x: want an integer in 1..9, got nothing']);
    expect(outcome(of, { x: 9 })).toEqual({ x: 9 });
  });

  test('an argument called like a part of every object is missing until it is given', () => {
    const of = transition(argument({ name: 'constructor', required: true }));
    expect(outcome(of, {})).toEqual(['arguments.constructor: want a number, got nothing']);
    expect(outcome(of, { constructor: 1 })).toEqual({ constructor: 1 });
  });

  test.each([
    [{ type: 'integer' }, 1.5],
    [{ type: 'integer' }, 2 ** 53],
    [{ type: 'integer' }, '1'],
    [{ type: 'number' }, Number.NaN],
    [{ type: 'number' }, Number.POSITIVE_INFINITY],
    [{ type: 'number', max: 1 }, 1.1],
    [{ type: 'boolean' }, 0],
    [{ type: 'string' }, 1],
    [{ type: 'string' }, 'x'.repeat(4_097)],
    [{ type: 'string' }, ['a']],
  ] satisfies [Partial<Argument>, unknown][])('%o does not take %o', (change, value) => {
    expect(parseArguments(transition(argument(change)), { x: value })).toHaveProperty('problems.length', 1);
  });
});

describe('parseArgumentText', () => {
  test.each([
    ['integer', '-12', -12],
    ['number', '1e3', 1000],
    ['number', '.5', 0.5],
    ['number', '+2.', 2],
    ['boolean', 'true', true],
    ['boolean', 'false', false],
    ['string', '', ''],
    ['string', '007', '007'],
  ] as const)('%s of "%s"', (type, text, value) => {
    expect(parseArgumentText(argument({ type }), text)).toEqual({ value });
  });

  test.each([
    ['integer', '1.5'],
    ['integer', ''],
    ['integer', '9007199254740993'],
    ['number', '0x10'],
    ['number', 'NaN'],
    ['number', 'Infinity'],
    ['number', '1e999'],
    ['number', '1 '],
    ['number', '.'],
    ['boolean', 'yes'],
    ['boolean', 'TRUE'],
    ['boolean', ''],
  ] as const)('%s not of "%s"', (type, text) => {
    const parsed = parseArgumentText(argument({ type }), text);
    expect('problem' in parsed && parsed.problem.path).toBe('arguments.x');
  });

  test('keeps to limits and choices', () => {
    expect(parseArgumentText(argument({ min: 1, unit: 'Hz' }), '0')).toEqual({
      problem: { path: 'arguments.x', want: 'a number of at least 1 Hz', got: '"0"' },
    });
  });

  test('reads back every number that it is given as text', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseArgumentText(argument({}), String(value))).toEqual({ value: Number(String(value)) });
      }),
    );
  });
});
