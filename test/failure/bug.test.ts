// A bug that is put into each program as it runs: a stack is in the log at most, never before a person.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { BATON_BUG } from '../../coordinator/cli/exit.ts';
import { COORDINATOR_BUG } from '../../coordinator/failures.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { SIDECAR_BUG } from '../../sidecar/failures.ts';
import { startFake } from '../cli/fakeCoordinator.ts';
import { fakeWorld, run } from '../cli/fakeWorld.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { condition } from '../sidecar/condition.ts';
import { fakeProcess } from '../sidecar/fakeProcess.ts';

const SOURCES = join(import.meta.dirname, '../..');

/** What no stack is without. */
const STACK = /\n\s+at |\.ts:\d+/;

/** A module that is loaded before the program: SIGUSR2 throws where nobody catches. */
const BUG = `data:text/javascript,process.on('SIGUSR2',()=>{throw new TypeError('injected')})`;

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Runs a program with the bug in it. */
function start(program: string, words: readonly string[]) {
  const child = spawn(process.execPath, ['--import', BUG, join(SOURCES, program), ...words]);
  started.push(child);
  const said = { out: '', err: '' };
  child.stdout.on('data', (text) => {
    said.out += String(text);
  });
  child.stderr.on('data', (text) => {
    said.err += String(text);
  });
  const exit = once(child, 'close').then(([code]) => code as unknown);
  return { said, exit, hit: () => child.kill('SIGUSR2') };
}

/** The one line of the log that tells of the bug. */
function bugLine(out: string): Record<string, unknown> {
  const lines = out
    .trim()
    .split('\n')
    .filter((line) => line.includes('a bug'));
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '');
}

test('in the coordinator: one line of the log, with the stack in a field of its own', async () => {
  using directory = temporaryDirectory();
  const segments = [{ name: 'readout', members: 1, adapter: { type: 'grpc', port: 5000 } }];
  const document = {
    apiVersion: 'baton.dev/v1alpha1',
    kind: 'Partition',
    metadata: { name: 'daq' },
    spec: { machine: 'minimal', segments },
  };
  writeFileSync(directory.file('p.yaml'), JSON.stringify(document));
  const flags = {
    '--document': directory.file('p.yaml'),
    '--journal': directory.file('journal.db'),
    '--targets': directory.file('targets.json'),
    '--listen': '127.0.0.1:0',
    '--port-file': directory.file('port'),
  };
  const program = start('coordinator/main.ts', Object.entries(flags).flat());
  await condition('it listens', () => existsSync(directory.file('port')));
  program.hit();
  expect(await program.exit).toBe(COORDINATOR_BUG.exit);
  const line = bugLine(program.said.out);
  const { now, next } = COORDINATOR_BUG;
  expect(line).toMatchObject({ level: 60, msg: `a bug: injected; now: ${now}; next: ${next}` });
  expect(line).toMatchObject({ err: { stack: expect.stringMatching(STACK) } });
  expect(program.said.err).toBe('');
});

test('in the sidecar: one line of the log, with the stack in a field of its own', async () => {
  using directory = temporaryDirectory();
  await using daq = await fakeProcess();
  const config = {
    partition: 'daq',
    segment: 'readout',
    ordinal: 3,
    podUid: 'pod-1',
    machine: minimal,
    adapter: { type: 'grpc', address: daq.address },
    listen: { grpc: '127.0.0.1:0', probes: '127.0.0.1:0' },
    stateFile: directory.file('state'),
    gracePeriodMs: 30_000,
    marginMs: 5_000,
    portFile: directory.file('ports'),
  };
  writeFileSync(directory.file('config.json'), JSON.stringify(config));
  const program = start('sidecar/main.ts', ['--config', directory.file('config.json')]);
  await condition('it listens', () => existsSync(directory.file('ports')));
  program.hit();
  expect(await program.exit).toBe(SIDECAR_BUG.exit);
  const line = bugLine(program.said.out);
  expect(line).toMatchObject({ level: 60, msg: expect.stringMatching(/^a bug: injected; now: .*; next: /) });
  expect(line).toMatchObject({ err: { stack: expect.stringMatching(STACK) } });
  expect(program.said.err).toBe('');
});

test('in baton: three lines for whoever typed it', async () => {
  await using fake = await startFake();
  const program = start('coordinator/cli/baton.ts', ['watch', '--address', fake.address]);
  await fake.watched();
  program.hit();
  expect(await program.exit).toBe(BATON_BUG.exit);
  expect(program.said.err).toBe(`baton: a bug: injected\nnow: ${BATON_BUG.now}\nnext: ${BATON_BUG.next}\n`);
});

test('in a command of baton: the same', async () => {
  const broken = {
    ...fakeWorld('127.0.0.1:1'),
    randomId: (): string => {
      throw new TypeError('injected\n    at nowhere (nowhere.ts:1:1)');
    },
  };
  await using fake = await startFake();
  const { code, err } = await run({ ...broken, environment: { BATON_ADDRESS: fake.address } }, 'send start');
  expect(code).toBe(BATON_BUG.exit);
  expect(err).toBe(`baton: a bug: injected\nnow: ${BATON_BUG.now}\nnext: ${BATON_BUG.next}\n`);
});
