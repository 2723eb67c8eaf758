import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { RESTART_MS_MAX, restartDelayMs } from '../../coordinator/up/backoff.ts';
import { startChild } from '../../coordinator/up/child.ts';
import { FAILURES_MAX, judge, newborn } from '../../coordinator/up/health.ts';
import { endLeftovers } from '../../coordinator/up/ledger.ts';
import { openLog } from '../../coordinator/up/logfile.ts';
import { openPorts } from '../../coordinator/up/ports.ts';
import { bootId, identify } from '../../protos/procfs.ts';
import { isAlive, until } from './site.ts';

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'baton-parts-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

test('restarts wait longer and longer, the first not at all', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 1_000].map(restartDelayMs)).toEqual([
    0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
  ]);
  expect(RESTART_MS_MAX).toBe(30_000);
});

const limits = { nowMs: 5_000, startupMsMax: 10_000 };

test.each([
  ['nothing yet', newborn(0), 'no', 5_000, 'none'],
  ['it comes up', newborn(0), 'yes', 5_000, 'up'],
  ['it is late', newborn(0), 'no', 10_001, 'late'],
  ['late but there', newborn(0), 'yes', 10_001, 'up'],
  ['one failure', { begunMs: 0, isUp: true, failures: 0 }, 'no', 99_999, 'none'],
  ['one too many', { begunMs: 0, isUp: true, failures: FAILURES_MAX - 1 }, 'no', 5_000, 'dead'],
  ['silence is a failure', { begunMs: 0, isUp: true, failures: FAILURES_MAX - 1 }, 'silent', 5_000, 'dead'],
] as const)('%s', (_title, health, kind, nowMs, verdict) => {
  expect(judge(health, { kind, sentence: '' }, { ...limits, nowMs }).verdict).toBe(verdict);
});

test('one success forgets the failures before it', () => {
  const failing = { begunMs: 0, isUp: true, failures: FAILURES_MAX - 1 };
  expect(judge(failing, { kind: 'yes', sentence: '' }, limits).health.failures).toBe(0);
});

test('a child that the system refuses on the spot ends as one that was not started', async () => {
  using log = openLog(join(temporary(), 'x.log'));
  const ended: number[] = [];
  const registry = { began: () => {}, ended: ({ pid }: { pid: number }) => ended.push(pid) };
  // A file is no directory to work in.
  const program = { command: ['true'], workingDirectory: log.path, environment: {} };
  const child = startChild(program, { log }, registry);
  child.signal('SIGKILL');
  expect(await child.ended).toEqual({ kind: 'notStarted', cause: 'spawn ENOTDIR' });
  expect(ended).toEqual([0]);
  expect(log.lastLines().at(-1)).toContain('could not be started: spawn ENOTDIR');
});

test('a log is bounded: beyond the limit it begins anew and the old one is kept once', () => {
  const path = join(temporary(), 'x.log');
  {
    using log = openLog(path, 10);
    for (const text of ['1111', '2222', '3333', '4444', '5555']) log.write(`${text}\n`);
    expect(log.lastLines()).toEqual(['1111', '2222', '3333', '4444', '5555']);
  }
  expect(readFileSync(path, 'utf8')).toBe('5555\n');
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('3333\n4444\n');
});

test('a log that cannot begin anew writes into no file of others, and goes on once it can', () => {
  const path = join(temporary(), 'x.log');
  const other = `${path}.other`;
  {
    using log = openLog(path, 50);
    log.write(`${'1'.repeat(48)}\n`);
    // Where the old log shall go is a directory, for a while.
    mkdirSync(join(`${path}.1`, 'full'), { recursive: true });
    log.write('2222\n');
    const fd = openSync(other, 'w');
    log.write('3333\n');
    rmSync(`${path}.1`, { recursive: true });
    log.write('4444\n');
    writeSync(fd, 'mine');
    closeSync(fd);
  }
  expect(readFileSync(other, 'utf8')).toBe('mine');
  expect(readFileSync(`${path}.1`, 'utf8')).toBe(`${'1'.repeat(48)}\n`);
  expect(readFileSync(path, 'utf8')).toBe('\n---- 10 bytes could not be written here\n4444\n');
});

test('a closed log takes nothing more', () => {
  const path = join(temporary(), 'x.log');
  const log = openLog(path);
  log[Symbol.dispose]();
  log.write('late\n');
  log[Symbol.dispose]();
  expect(readFileSync(path, 'utf8')).toBe('');
});

test('a port is given only once, and never one in use', async () => {
  const first = await openPorts(() => 0.25).take(0);
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(first, '127.0.0.1', resolve);
  await promise;
  const ports = openPorts(() => 0.25);
  const taken = [await ports.take(0), await ports.take(0), await ports.take(0)];
  server.close();
  expect(taken).not.toContain(first);
  expect(new Set(taken).size).toBe(3);
  expect(await ports.take(7_400)).toBe(7_400);
});

test('leftovers are ended by exact match only', async () => {
  const file = join(temporary(), 'started.json');
  const sleepers = ['left', 'reborn'].map((name) => ({
    name,
    child: spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }),
  }));
  const started = sleepers.map(({ name, child }) => ({ ...identify(child.pid ?? 0), name }));
  const [left, reborn] = started;
  // The pid is the same, but somebody else has it now.
  writeFileSync(
    file,
    JSON.stringify({ bootId: bootId(), started: [left, { ...reborn, startTime: `${reborn?.startTime}0` }] }),
  );
  expect(await endLeftovers(file)).toEqual(['left']);
  await until(() => !isAlive(left?.pid ?? 0));
  expect(isAlive(reborn?.pid ?? 0)).toBe(true);
  sleepers[1]?.child.kill('SIGKILL');
});

test('a leftover that ignores SIGTERM is killed', async () => {
  const file = join(temporary(), 'started.json');
  const script = 'trap "" TERM; echo ready; while :; do sleep 1; done';
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  const started = [{ ...identify(child.pid ?? 0), name: 'deaf' }];
  writeFileSync(file, JSON.stringify({ bootId: bootId(), started }));
  expect(await endLeftovers(file)).toEqual(['deaf']);
  await until(() => !isAlive(child.pid ?? 0));
});

test('what another boot has started is nobody now', async () => {
  const file = join(temporary(), 'started.json');
  const own = { ...identify(process.pid), name: 'this very test' };
  writeFileSync(file, JSON.stringify({ bootId: 'another', started: [own] }));
  expect(await endLeftovers(file)).toEqual([]);
  writeFileSync(file, 'no JSON');
  expect(await endLeftovers(file)).toEqual([]);
});
