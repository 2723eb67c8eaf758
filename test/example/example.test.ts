// The example of the README as a reader would try it: one's own process, attached to Baton.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { credentials, status } from '@grpc/grpc-js';
import { expect, test, vi } from 'vitest';
import { openPorts } from '../../coordinator/up/ports.ts';
import type { ObserveResponse__Output } from '../../protos/generated/baton/v1/ObserveResponse.ts';
import { CHANNEL_OPTIONS, v1 } from '../../protos/load.ts';
import { attach, type Driven, perform } from '../daq/drive.ts';
import { TEST_MS_MAX } from '../e2e/site.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { condition } from '../sidecar/condition.ts';
import { startRunOf } from './running.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

const file = (name: string) => join(import.meta.dirname, name);

test('baton up takes a run with it, and stops it in order', async () => {
  using home = temporaryDirectory();
  await using run = await startRunOf(file('partition.yaml'), home);
  const { out } = await run.baton('status');
  expect(out).toMatch(/^counter-0 +● running/m);
  expect(out).toMatch(/^counter-1 +● running/m);
  await run.stopRun();
  await run.end();
});

test('it keeps the contract: nothing twice, nothing for strangers, each change is told', async () => {
  await using process = await startExample();
  const { client, startId } = process;
  const told: string[] = [];
  const stream = client.observe({ attachment: 1, startId, intervalMs: 60_000 });
  stream.on('error', () => undefined);
  stream.on('data', ({ state }: ObserveResponse__Output) => {
    told.push(`${state?.state}${state?.busy ? ' busy' : ''}${state?.executed ? ' executed' : ''}`);
  });
  await condition('it tells its state at once', () => told.length === 1);
  const start = { transition: 'start', operation: 7 };
  const executed = { outcome: 'PERFORM_OUTCOME_EXECUTED', state: 'running' };
  const both = await Promise.all([perform(process, start), perform(process, start)]);
  expect(both).toMatchObject([executed, executed]);
  expect(await perform(process, start)).toMatchObject(executed);
  await condition('each change is told', () => told.length === 3);
  expect(told).toEqual(['idle', 'idle busy', 'running executed']);
  expect(await perform(process, { transition: 'fly' })).toMatchObject({
    outcome: 'PERFORM_OUTCOME_REFUSED',
    cause: 'no fly now',
  });
  expect(await attach(client, { attachment: 2, ordinal: 0 })).toBe(startId);
  const stop = { transition: 'stop', operation: 8 };
  await expect(perform(process, stop)).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
  expect(await perform({ ...process, attachment: 2 }, stop)).toMatchObject({ state: 'idle' });
  stream.cancel();
});

/** The process alone, attached once, as a sidecar would find it. */
async function startExample(): Promise<Driven & AsyncDisposable> {
  const port = await openPorts(Math.random).take(0);
  const child = spawn(process.execPath, [file('process.ts'), String(port)], { stdio: 'ignore' });
  const client = new v1.Process(`127.0.0.1:${port}`, credentials.createInsecure(), CHANNEL_OPTIONS);
  const ready = Promise.withResolvers<void>();
  client.waitForReady(Date.now() + 20_000, (error) => (error ? ready.reject(error) : ready.resolve()));
  await ready.promise;
  const startId = await attach(client, { attachment: 1, ordinal: 0 });
  return {
    ...{ name: 'example', child, client, startId, attachment: 1, lines: [] },
    [Symbol.asyncDispose]: async () => {
      client.close();
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
