import { pino } from 'pino';
import { expect, test } from 'vitest';
import { condition } from '../sidecar/condition.ts';
import { finished, START, submit } from './calls.ts';
import { rig } from './rig.ts';

test('one line for each change of state, with operation, run and target where they apply', async () => {
  const lines: Record<string, unknown>[] = [];
  const texts: string[] = [];
  const take = (line: string) => {
    texts.push(line);
    lines.push(JSON.parse(line));
  };
  // As a coordinator of many partitions has it.
  const log = pino({ base: null, timestamp: false }, { write: take }).child({ partition: 'daq' });
  await using world = await rig(2, { log });
  await submit(world.client, { operationId: 'op-1', command: START, operator: 'crew' });
  await finished(world.client, 'op-1');
  const of = (message: string) => lines.filter((line) => line['msg'] === message);
  expect(of('journal opened').length).toBe(1);
  expect(texts.filter((line) => line.split('"partition":').length !== 2)).toEqual([]);
  expect(of('this coordinator leads')).toMatchObject([{ epoch: 1 }]);
  const accepted = { operationId: 'op-1', number: 1, run: 1, operator: 'crew', steps: ['start'], epoch: 1 };
  expect(of('operation accepted')).toMatchObject([accepted]);
  expect(of('wave done')).toMatchObject([{ operationId: 'op-1', run: 1, step: 0, wave: 0, troubles: [] }]);
  expect(of('operation finished')).toMatchObject([{ operationId: 'op-1', run: 1, outcome: 'succeeded' }]);
  const changes = of('target changed state').filter((line) => line['to'] === 'running');
  const change = { operationId: 'op-1', run: 1, from: 'idle', to: 'running' };
  expect(changes.sort((a, b) => String(a['target']).localeCompare(String(b['target'])))).toMatchObject([
    { ...change, target: 'readout-0' },
    { ...change, target: 'readout-1' },
  ]);
  // What led to the end of the operation is told before the end.
  expect(lines.findLastIndex((line) => line['to'] === 'running')).toBeLessThan(
    lines.findIndex((line) => line['msg'] === 'operation finished'),
  );
  await world.sidecars[0]?.[Symbol.asyncDispose]();
  await condition('the loss is told', () =>
    of('target changed state').some((line) => line['to'] === 'disconnected'),
  );
  expect(of('target changed state').at(-1)).toMatchObject({ run: 1, target: 'readout-0', from: 'running' });
});
