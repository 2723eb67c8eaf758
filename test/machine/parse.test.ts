import { expect, test } from 'vitest';
import { problemLine } from '../../protos/failure/trouble.ts';
import { dune } from '../../protos/machine/dune.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { parseMachine } from '../../protos/machine/parse.ts';

/** What a person writes at the least. */
const short = {
  name: 'short',
  initial: 'off',
  states: [
    { name: 'off', rest: true },
    { name: 'on', inRun: true },
  ],
  transitions: [
    { name: 'up', from: ['off'], to: 'on', timeoutMs: 1_000, arguments: [{ name: 'x', type: 'string' }] },
    { name: 'down', from: ['on'], to: 'off', timeoutMs: 1_000, stopPath: true },
    { name: 'hold', from: ['on'], timeoutMs: 1_000, onFailure: 'continue' },
  ],
  sequences: [{ name: 'cycle', steps: [{ transition: 'up' }, { transition: 'down', optional: true }] }],
};

test('what is left out gets its default', () => {
  const up = {
    arguments: [],
    order: [],
    description: '',
    onFailure: 'stop',
    stopPath: false,
    timeoutMs: 1_000,
  };
  expect(parseMachine(short)).toEqual({
    machine: {
      name: 'short',
      initial: 'off',
      states: [
        { name: 'off', ready: false, inRun: false, rest: true, description: '' },
        { name: 'on', ready: false, inRun: true, rest: false, description: '' },
      ],
      transitions: [
        {
          ...up,
          name: 'up',
          from: ['off'],
          to: 'on',
          arguments: [{ name: 'x', type: 'string', unit: '', required: false, oneOf: [], description: '' }],
        },
        { ...up, name: 'down', from: ['on'], to: 'off', stopPath: true, onFailure: 'continue' },
        { ...up, name: 'hold', from: ['on'], onFailure: 'continue' },
      ],
      sequences: [
        {
          name: 'cycle',
          steps: [
            { transition: 'up', optional: false },
            { transition: 'down', optional: true },
          ],
          description: '',
        },
      ],
    },
  });
});

test.each([dune, minimal])('$name survives being written as JSON', (machine) => {
  const parsed = parseMachine(JSON.parse(JSON.stringify(machine)));
  // Strictly: a key that holds undefined is no absent key.
  expect('machine' in parsed && parsed.machine).toStrictEqual(machine);
});

test('faults of shape are told all at once, in the words of the project', async () => {
  const parsed = parseMachine({
    nmae: 'x',
    initial: null,
    states: [{ name: 'a', inrun: true }, 'b', { name: 'c', ready: 'yes' }],
    transitions: [
      { name: 'up', from: 'a', timeoutMs: '1s', onFailure: 'stpo', order: ['a'] },
      { name: 'x', from: [], timeout: 1, arguments: [{ name: 'y', type: 'int', default: [], min: '1' }] },
    ],
    sequences: { up: [] },
  });
  const lines = 'problems' in parsed ? parsed.problems.map(problemLine) : [];
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../testdata/machine/shape.txt');
});

test('faults of value are those of the validator', () => {
  const parsed = parseMachine({ ...short, initial: 'of' });
  expect('problems' in parsed && parsed.problems.map(problemLine)).toEqual([
    'initial: want a state of the machine (did you mean "off"?), got "of"',
  ]);
});

test.each([undefined, null, 7, 'dune', []])('%o is no machine', (raw) => {
  expect(parseMachine(raw)).toMatchObject({ problems: [{ path: 'the whole', want: 'a map of keys' }] });
});
