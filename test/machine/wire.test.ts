import fc from 'fast-check';
import { expect, test } from 'vitest';
import { problemLine, RunControlError } from '../../protos/failure/trouble.ts';
import type { Machine__Output } from '../../protos/generated/baton/v1/Machine.ts';
import { v1 } from '../../protos/load.ts';
import { dune } from '../../protos/machine/dune.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import type { Machine } from '../../protos/machine/table.ts';
import { machineFromWire, machineToWire } from '../../protos/machine/wire.ts';
import { machines } from './arbitrary.ts';

/** Through the very bytes that travel. */
function received(machine: Machine): Machine__Output {
  const { responseSerialize, responseDeserialize } = v1.Coordinator.service.GetMachine;
  const message = responseDeserialize(responseSerialize({ machine: machineToWire(machine) }));
  if (!message.machine) throw new Error('the machine was sent');
  return message.machine;
}

function problemsOf(message: Machine__Output): readonly string[] {
  try {
    machineFromWire(message);
  } catch (cause) {
    if (cause instanceof RunControlError && cause.code === 'MALFORMED')
      return cause.problems.map(problemLine);
    throw cause;
  }
  return [];
}

test.each([dune, minimal])('$name arrives as it was sent', (machine) => {
  expect(machineFromWire(received(machine))).toStrictEqual(machine);
});

test('every machine arrives as it was sent', () => {
  fc.assert(
    fc.property(machines, (machine) => {
      expect(machineFromWire(received(machine))).toStrictEqual(machine);
    }),
  );
});

test('an argument with limits and each kind of default arrives as it was sent', () => {
  const [start, stop] = minimal.transitions;
  if (!start || !stop) throw new Error('minimal has transitions');
  const common = { unit: 's', required: false, oneOf: [], description: 'd' };
  const machine: Machine = {
    ...minimal,
    transitions: [
      {
        ...start,
        arguments: [
          { ...common, name: 'a', type: 'integer', min: 0, max: 0, default: 0 },
          { ...common, name: 'b', type: 'boolean', default: false },
          { ...common, name: 'c', type: 'string', default: '' },
          { ...common, name: 'd', type: 'number', min: -1.5 },
        ],
      },
      stop,
    ],
  };
  expect(machineFromWire(received(machine))).toStrictEqual(machine);
});

test('a machine whose hash is another one is refused', () => {
  const message = { ...received(dune), hash: '0000000000000000' };
  expect(problemsOf(message)).toEqual(['hash: want a135366ec14ae1cc, got "0000000000000000"']);
});

test('an empty message is refused', () => {
  const { responseDeserialize, responseSerialize } = v1.Coordinator.service.GetMachine;
  const message = responseDeserialize(responseSerialize({ machine: {} })).machine;
  expect(message && problemsOf(message)).toEqual([
    'states: want 1 to 64 entries, got 0',
    'name: want small letters, digits and _, a letter first, got ""',
    'initial: want a state of the machine, got ""',
  ]);
});

test('kinds that this build does not know, and defaults that are no JSON, are refused by name', () => {
  const message = received(dune);
  const [conf, start, ...others] = message.transitions;
  const [storage, ...rest] = start?.arguments ?? [];
  if (!conf || !start || !storage) throw new Error('dune has transitions');
  const transitions = [
    { ...conf, onFailure: 'ON_FAILURE_UNSPECIFIED' as const },
    {
      ...start,
      arguments: [{ ...storage, type: 'ARGUMENT_TYPE_UNSPECIFIED' as const, defaultJson: '{' }, ...rest],
    },
    ...others,
  ];
  expect(problemsOf({ ...message, transitions })).toEqual([
    'transitions[1].arguments[0].defaultJson: want JSON, got "{"',
    'transitions[0].onFailure: want one of stop, continue, got "ON_FAILURE_UNSPECIFIED"',
    'transitions[1].arguments[0].type: want one of integer, number, boolean, string, got "ARGUMENT_TYPE_UNSPECIFIED"',
  ]);
});
