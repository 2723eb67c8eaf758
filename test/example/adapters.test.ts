// The examples of the other adapters, as a reader would try them.

import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { startBaton } from '../e2e/child.ts';
import { baton } from '../e2e/person.ts';
import { TEST_MS_MAX } from '../e2e/site.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { condition } from '../sidecar/condition.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

test('child: baton up takes a run with lines and signals, and stops it in order', async () => {
  using home = temporaryDirectory();
  const document = join(import.meta.dirname, 'child/partition.yaml');
  await using up = startBaton(home.path, `up -f ${document}`);
  await up.says('example is up: 2 targets attached');
  const address = readFileSync(home.file('.baton/address'), 'utf8').trim();
  expect(await baton(address, 'send start_run')).toMatchObject({
    code: 0,
    out: expect.stringContaining('now: example is running, run 1 goes on\n'),
  });
  const { out } = await baton(address, 'status');
  expect(out).toMatch(/^counter-0 +● running/m);
  expect(out).toMatch(/^lamp-0 +● running/m);
  const log = (name: string) => readFileSync(home.file(`.baton/logs/${name}.log`), 'utf8');
  await condition('what it says is in its log', () => log('counter-0').includes('\nrun 1: 1\n'));
  expect(log('lamp-0')).toContain('\nthe lamp is on\n');
  expect(log('lamp-0.sidecar')).not.toContain('the lamp is on');
  expect(await baton(address, 'send stop_run')).toMatchObject({
    code: 0,
    out: expect.stringContaining('now: example is idle, run 1 ended clean\n'),
  });
  up.interrupt();
  expect(await up.ended).toBe(0);
});

test('exec: baton up takes a run with a command per transition, and stops it in order', async () => {
  using home = temporaryDirectory();
  // Its switches lie beside its document.
  cpSync(join(import.meta.dirname, 'exec'), home.file('example'), { recursive: true });
  await using up = startBaton(home.path, `up -f ${home.file('example/partition.yaml')}`);
  await up.says('example is up: 2 targets attached');
  const address = readFileSync(home.file('.baton/address'), 'utf8').trim();
  expect(await baton(address, 'send start_run')).toMatchObject({
    code: 0,
    out: expect.stringContaining('now: example is running, run 1 goes on\n'),
  });
  expect(readFileSync(home.file('example/switch-1'), 'utf8')).toBe('running\n');
  const log = () => readFileSync(home.file('.baton/logs/switch-1.sidecar.log'), 'utf8');
  await condition('what a command prints is in the log', () => log().includes('\nrun 1: switched on\n'));
  rmSync(home.file('example/switch-0'));
  const failed = await baton(address, 'send stop_run');
  expect(failed).toMatchObject({
    code: 1,
    out: expect.stringContaining('ended with exit code 1: there is no switch'),
  });
  expect(await baton(address, 'recover')).toMatchObject({
    code: 0,
    out: expect.stringContaining('now: example is idle'),
  });
  up.interrupt();
  expect(await up.ended).toBe(0);
});
