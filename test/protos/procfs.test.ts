import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { identify, lives } from '../../protos/procfs.ts';
import { condition } from '../sidecar/condition.ts';

test('this very process lives; nobody else who may have its pid does', () => {
  const me = identify(process.pid);
  expect(lives(me)).toBe(true);
  expect(lives({ ...me, startTime: '1' })).toBe(false);
  expect(lives({ pid: process.pid, startTime: '' })).toBe(false);
});

test('who has ended and was not asked for by its parent lives no more', async () => {
  // The longer sleep takes the place of the shell and never asks for the shorter.
  const parent = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 1000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    parent.kill('SIGKILL');
    await once(parent, 'close');
  });
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(line);
  await condition('it is a zombie', () => / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
  expect(lives(identify(pid))).toBe(false);
});
