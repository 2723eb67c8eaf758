import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readMachine } from '../../coordinator/document/machine.ts';
import { parseDocument } from '../../coordinator/document/parse.ts';
import { dune } from '../../protos/machine/dune.ts';
import { machineHash } from '../../protos/machine/hash.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { findTransition, type Machine } from '../../protos/machine/table.ts';
import { DOCUMENTS, edited, GOOD, PATH, problemsOf } from './documents.ts';

async function machineOf(text: string): Promise<Machine> {
  return (await parseDocument(text, PATH)).machine;
}

function orderOf(machine: Machine, transition: string): unknown {
  return findTransition(machine, transition)?.order;
}

describe('the machine of a good document', () => {
  test('sets timeouts and orders in place of those of the machine, and only these', async () => {
    const machine = await machineOf(
      `${GOOD}  timeouts: { stop: 1.5s }\n  orders: { start: [[sink], [source]] }\n`,
    );
    expect(machine.transitions.map(({ name, timeoutMs, order }) => ({ name, timeoutMs, order }))).toEqual([
      { name: 'start', timeoutMs: 10_000, order: [['sink'], ['source']] },
      { name: 'stop', timeoutMs: 1_500, order: [] },
    ]);
    expect(machineHash(machine)).not.toBe(machineHash(minimal));
  });

  test('may take an order of the machine away: all segments at once', async () => {
    const text = edited(GOOD, 'machine: minimal', 'machine: { file: machine.yaml }');
    expect(orderOf(await machineOf(`${text}  orders: { stop: [] }\n`), 'stop')).toEqual([]);
  });

  test('needs no orders for segments of other names once it gives its own for each ordered transition', async () => {
    const orders = dune.transitions
      .filter((transition) => transition.order.length > 0)
      .map(({ name }) => `    ${name}: [[source], [sink]]\n`)
      .join('');
    const machine = await machineOf(`${edited(GOOD, 'minimal', 'dune')}  orders:\n${orders}`);
    expect(orderOf(machine, 'conf')).toEqual([['source'], ['sink']]);
    expect(orderOf(machine, 'change_rate')).toEqual([]);
  });

  test('may have fewer segments than the machine knows: they are left out of the orders', async () => {
    const two = edited(edited(edited(GOOD, 'minimal', 'dune'), 'source', 'readout'), 'sink', 'trigger');
    const machine = await machineOf(two);
    expect(orderOf(machine, 'conf')).toEqual([['readout'], ['trigger']]);
    expect(orderOf(machine, 'enable_triggers')).toEqual([['readout'], ['trigger']]);
    const shared = await machineOf(edited(GOOD, 'machine: minimal', 'machine: { file: machine.yaml }'));
    expect(orderOf(shared, 'start')).toEqual([['sink'], ['source']]);
    expect(orderOf(shared, 'stop')).toEqual([['source'], ['sink']]);
  });

  test('fits its grace period to the millisecond', async () => {
    const { machine } = await parseDocument(`${GOOD}  timeouts: { stop: 28s }\n`, PATH);
    expect(findTransition(machine, 'stop')?.timeoutMs).toBe(28_000);
  });

  test('takes a file by its absolute path', async () => {
    const file = resolve(DOCUMENTS, 'machine.yaml');
    expect((await machineOf(edited(GOOD, 'machine: minimal', `machine: { file: ${file} }`))).name).toBe(
      'shared',
    );
  });
});

describe('readMachine', () => {
  test('gives the table of a file', async () => {
    const machine = await readMachine(`${DOCUMENTS}/machine.yaml`);
    expect(machine.name).toBe('shared');
    // A machine of its own keeps the segments that one partition or another does not have.
    expect(orderOf(machine, 'start')).toEqual([['sink'], ['monitor'], ['source']]);
    expect(findTransition(machine, 'stop')?.onFailure).toBe('continue');
  });

  test('tells all faults with their lines', async () => {
    const path = `${DOCUMENTS}/machine-with-faults.yaml`;
    expect((await problemsOf(readMachine(path))).map((line) => line.split(': want')[0])).toEqual([
      `${path}:2 initial`,
      `${path}:8 transitions[0].timeoutMs`,
      `${path}:11 transitions[0].timeout`,
    ]);
  });

  test('refuses a file that is not there', async () => {
    expect(await problemsOf(readMachine('nowhere.yaml'))).toEqual([
      'nowhere.yaml: want a file that can be read, got no such file',
    ]);
  });
});
