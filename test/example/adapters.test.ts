// The examples of the other adapters, as a reader would try them.

import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { TEST_MS_MAX } from '../e2e/site.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { condition } from '../sidecar/condition.ts';
import { startRunOf } from './running.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

test('child: baton up takes a run with lines and signals, and stops it in order', async () => {
  using home = temporaryDirectory();
  const document = join(import.meta.dirname, 'child/partition.yaml');
  await using run = await startRunOf(document, home);
  const { out } = await run.baton('status');
  expect(out).toMatch(/^counter-0 +● running/m);
  expect(out).toMatch(/^lamp-0 +● running/m);
  const log = (name: string) => readFileSync(home.file(`.baton/logs/${name}.log`), 'utf8');
  await condition('what it says is in its log', () => log('counter-0').includes('\nrun 1: 1\n'));
  expect(log('lamp-0')).toContain('\nthe lamp is on\n');
  expect(log('lamp-0.sidecar')).not.toContain('the lamp is on');
  await run.stopRun();
  await run.end();
});

test('exec: baton up takes a run with a command per transition, and stops it in order', async () => {
  using home = temporaryDirectory();
  // Its switches lie beside its document.
  cpSync(join(import.meta.dirname, 'exec'), home.file('example'), { recursive: true });
  await using run = await startRunOf(home.file('example/partition.yaml'), home);
  expect(readFileSync(home.file('example/switch-1'), 'utf8')).toBe('running\n');
  const log = () => readFileSync(home.file('.baton/logs/switch-1.sidecar.log'), 'utf8');
  await condition('what a command prints is in the log', () => log().includes('\nrun 1: switched on\n'));
  rmSync(home.file('example/switch-0'));
  const failed = await run.baton('send stop_run');
  expect(failed).toMatchObject({
    code: 1,
    out: expect.stringContaining('ended with exit code 1: there is no switch'),
  });
  expect(await run.baton('recover')).toMatchObject({
    code: 0,
    out: expect.stringContaining('now: example is idle'),
  });
  await run.end();
});
