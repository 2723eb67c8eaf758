// The sidecar as a program: exit codes, ports, signals, and a kill in the middle of a hook.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { minimal } from '../../protos/machine/minimal.ts';
import { condition } from './condition.ts';
import { type FakeProcess, fakeProcess } from './fakeProcess.ts';
import { TestCoordinator } from './testCoordinator.ts';

const MAIN = fileURLToPath(new URL('../../sidecar/main.ts', import.meta.url));

let folder = '';
let daq: FakeProcess;
const started: ChildProcess[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'baton-program-'));
  daq = await fakeProcess();
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await daq[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

type Run = {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exit: Promise<number | null>;
};

/** Starts the program with a good configuration, changed by `changed`. */
function start(changed: object = {}, flags: readonly string[] = []): Run {
  const path = join(folder, 'config.json');
  const portFile = join(folder, 'ports');
  rmSync(portFile, { force: true });
  const config = {
    partition: 'daq',
    segment: 'readout',
    ordinal: 3,
    podUid: 'pod-1',
    machine: minimal,
    adapter: { type: 'grpc', address: daq.address },
    listen: { grpc: '127.0.0.1:0', probes: '127.0.0.1:0' },
    stateFile: join(folder, 'state'),
    gracePeriodMs: 30_000,
    marginMs: 5_000,
    portFile,
    ...changed,
  };
  writeFileSync(path, JSON.stringify(config));
  return run(['--config', path, ...flags]);
}

function run(flags: readonly string[]): Run {
  const child = spawn(process.execPath, [MAIN, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += String(text);
    });
  }
  const exit = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null));
  return { child, output: () => output, exit };
}

type Ports = { readonly grpc: string; readonly probes: string; readonly pid: number };

async function ports(): Promise<Ports> {
  const path = join(folder, 'ports');
  await condition('ports are told', () => existsSync(path));
  return JSON.parse(readFileSync(path, 'utf8'));
}

test('it tells its real ports and stops in good order on SIGTERM, leaving the process as it is', async () => {
  const program = start();
  const { probes, pid } = await ports();
  expect(pid).toBe(program.child.pid);
  await condition('attached', async () => (await fetch(`http://${probes}/process/startupz`)).status === 200);
  program.child.kill('SIGTERM');
  expect(await program.exit).toBe(0);
  const lines = program
    .output()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({ msg: 'sidecar listens', partition: 'daq', target: 'readout-3', probes });
  expect(lines).toContainEqual(expect.objectContaining({ msg: 'sidecar stops', signal: 'SIGTERM' }));
  expect(daq.performed).toHaveLength(0);
});

test('all problems of a configuration at once, exit code 2, and nothing listens', async () => {
  const program = start({ ordinal: -1, marginMs: 'long', machine: { ...minimal, initial: 'nowhere' } });
  expect(await program.exit).toBe(2);
  for (const path of ['ordinal: want', 'marginMs: want', 'machine.initial: want']) {
    expect(program.output()).toContain(path);
  }
  expect(existsSync(join(folder, 'ports'))).toBe(false);
});

test.each([
  [[], '--config is missing'],
  [['--bogus'], "Unknown option '--bogus'"],
  [['--config', '/nowhere/config.json'], 'no such file'],
])('arguments %j: exit code 2 and how it is used', async (flags, words) => {
  const program = run(flags);
  expect(await program.exit).toBe(2);
  expect(program.output()).toContain(words);
  expect(program.output()).toContain('usage: ');
});

test.each(['grpc', 'probes'] as const)('a port in use for %s: one clear line, exit code 1', async (face) => {
  const listen = { grpc: '127.0.0.1:0', probes: '127.0.0.1:0', [face]: daq.address };
  const program = start({ listen });
  expect(await program.exit).toBe(1);
  const told = `cannot listen on ${daq.address}: another program listens there; stop it or choose another port`;
  expect(program.output().trim().split('\n')).toHaveLength(1);
  expect(JSON.parse(program.output())).toMatchObject({ msg: 'sidecar cannot go on', trouble: told });
});

test('plaintext beyond loopback needs the flag by name', async () => {
  const listen = { grpc: '0.0.0.0:0', probes: '127.0.0.1:0' };
  const refused = start({ listen });
  expect(await refused.exit).toBe(2);
  expect(refused.output()).toContain('--insecure-listen');
  const allowed = start({ listen }, ['--insecure-listen']);
  expect((await ports()).grpc).toMatch(/^0\.0\.0\.0:\d+$/);
  allowed.child.kill('SIGTERM');
  expect(await allowed.exit).toBe(0);
});

test('credentials that cannot be used: file and reason, exit code 2, and nothing listens', async () => {
  const program = start({ tls: { directory: folder }, listen: { grpc: '0.0.0.0:0', probes: '127.0.0.1:0' } });
  expect(await program.exit).toBe(2);
  expect(program.output()).toContain(`the credentials in ${folder} cannot be used`);
  expect(program.output()).toContain(`  ${folder}/tls.crt: want a file that can be read, got no such file`);
  expect(existsSync(join(folder, 'ports'))).toBe(false);
});

test('a state file that cannot be made: one clear line, exit code 1', async () => {
  const program = start({ stateFile: join(folder, 'missing', 'state') });
  expect(await program.exit).toBe(1);
  expect(program.output()).toContain('cannot open the state file');
});

test('a second sidecar on the same state file is refused with the pid of the first', async () => {
  const first = start();
  const { pid } = await ports();
  const second = start();
  expect(await second.exit).toBe(1);
  expect(second.output()).toContain(`is in use by process ${pid}; end that sidecar`);
  first.child.kill('SIGTERM');
  expect(await first.exit).toBe(0);
});

test('killed in the middle of a hook and started again, it does not run the hook again', async () => {
  const first = start();
  using before = await TestCoordinator.welcomed((await ports()).grpc);
  daq.behaviour = 'hang';
  await before.ask(1, 'start');
  await condition('begun', () => daq.performed.length === 1);
  const incarnation = before.state?.incarnation;
  first.child.kill('SIGKILL');
  await first.exit;
  start();
  using after = await TestCoordinator.welcomed((await ports()).grpc);
  await after.until('attached', () => after.state?.attached === true);
  expect(after.state).toMatchObject({ incarnation, doingTransition: 'start' });
  await after.ask(1, 'start');
  daq.performed[0]?.end({ outcome: 'PERFORM_OUTCOME_EXECUTED', state: 'running' });
  await after.untilAnswers('1:executed');
  expect(daq.performed).toHaveLength(1);
});

test('a state file of another machine is void, told in the log, and the process is unknown until recover', async () => {
  const first = start();
  using before = await TestCoordinator.welcomed((await ports()).grpc);
  await before.ask(1, 'start');
  await before.untilAnswers('1:executed');
  first.child.kill('SIGKILL');
  await first.exit;
  const machine = { ...minimal, states: minimal.states.map((state) => ({ ...state, description: 'other' })) };
  const second = start({ machine });
  using after = await TestCoordinator.welcomed((await ports()).grpc);
  await after.until('attached', () => after.state?.attached === true);
  expect(after.state).toMatchObject({ state: '', inError: true });
  expect(after.state?.incarnation).not.toBe(before.state?.incarnation);
  expect(second.output()).toContain('another machine wrote it');
});
