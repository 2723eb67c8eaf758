// The sidecar as an image's entry point: the parent of its process, alone and as PID 1.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { minimal } from '../../../protos/machine/minimal.ts';
import { identify, lives } from '../../../protos/procfs.ts';
import { until } from '../../up/site.ts';
import { condition } from '../condition.ts';
import { TestCoordinator } from '../testCoordinator.ts';

const MAIN = join(import.meta.dirname, '../../../sidecar/main.ts');
const NASTY = join(import.meta.dirname, 'nasty.ts');

let folder = '';
const started: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-entry-'));
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

type Entry = {
  readonly program: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly exit: Promise<{ readonly code: number | null; readonly signal: string | null }>;
};

/** Starts the sidecar with a child of its own; `above` are words before it. */
function start(command: readonly string[], changed: object = {}, above: readonly string[] = []): Entry {
  const config = {
    partition: 'daq',
    segment: 'readout',
    ordinal: 3,
    podUid: 'pod-1',
    machine: minimal,
    adapter: { type: 'child', command },
    listen: { grpc: '127.0.0.1:0', probes: '127.0.0.1:0' },
    stateFile: join(folder, 'state'),
    portFile: join(folder, 'ports'),
    gracePeriodMs: 30_000,
    marginMs: 10_000,
    ...changed,
  };
  rmSync(config.portFile, { force: true });
  writeFileSync(join(folder, 'config'), JSON.stringify(config));
  const [file = '', ...words] = [...above, process.execPath, MAIN, '--config', join(folder, 'config')];
  const program = spawn(file, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(program);
  const texts = { out: '', err: '' };
  program.stdout?.on('data', (text) => {
    texts.out += String(text);
  });
  program.stderr?.on('data', (text) => {
    texts.err += String(text);
  });
  const exit = once(program, 'close').then(([code, signal]) => ({ code, signal }));
  return { program, out: () => texts.out, err: () => texts.err, exit };
}

async function grpc(): Promise<string> {
  // A program starts when the machine has time for it: the test's own limit ends the waiting.
  await until(() => existsSync(join(folder, 'ports')));
  return JSON.parse(readFileSync(join(folder, 'ports'), 'utf8')).grpc;
}

function pidIn(entry: Entry): number {
  return Number(/"pid":(\d+),"startId"/.exec(entry.out())?.[1]);
}

const nasty = (manner: string) => [process.execPath, NASTY, manner];

test('SIGTERM is passed on, the exit code is passed back, and the coordinator hears of it first', async () => {
  const entry = start(nasty('obeys'));
  using coordinator = await TestCoordinator.welcomed(await grpc());
  await coordinator.ask(1, 'start');
  await coordinator.untilAnswers('1:executed');
  expect(entry.err()).toContain('asked {"perform":{');
  entry.program.kill('SIGTERM');
  expect(await entry.exit).toEqual({ code: 7, signal: null });
  await coordinator.until('detached', () => coordinator.state?.attached === false);
  await coordinator.until('ended with a word', () => String(coordinator.ended).includes('the sidecar stops'));
  expect(entry.out()).toContain('"exit":"ended with exit code 7","code":7');
});

test.each([
  ['exits', 3],
  ['crashes', 128 + 11],
] as const)('a process that %s in its hook takes the sidecar with it: %i', async (manner, code) => {
  const entry = start(nasty(manner));
  using coordinator = await TestCoordinator.welcomed(await grpc());
  await coordinator.ask(1, 'start');
  expect(await entry.exit).toEqual({ code, signal: null });
  expect(coordinator.answers).toEqual([]);
});

test('started again it is another incarnation, at rest, and the old request is not for it', async () => {
  const first = start(nasty('exits'));
  using before = await TestCoordinator.welcomed(await grpc());
  const incarnation = await before.incarnation();
  await before.ask(1, 'start');
  await first.exit;
  start(nasty('obeys'));
  using after = await TestCoordinator.welcomed(await grpc());
  expect(await after.incarnation()).not.toBe(incarnation);
  expect(after.state).toMatchObject({ state: 'idle', inError: false, doing: null });
  await after.ask(1, 'start', { incarnation });
  await after.untilAnswers('1:GONE');
});

test('one that does not hear SIGTERM is killed before its grace ends; so is one whose operator sends it twice', async () => {
  const late = start(nasty('deaf'), { gracePeriodMs: 1_000, marginMs: 300 });
  await grpc();
  await condition('it began', () => late.out().includes('target changed state'));
  late.program.kill('SIGTERM');
  expect(await late.exit).toEqual({ code: 128 + 9, signal: null });
  expect(late.err()).toContain('SIGTERM is ignored');
  const twice = start(nasty('deaf'));
  await grpc();
  await condition('it began', () => twice.out().includes('target changed state'));
  twice.program.kill('SIGTERM');
  await condition('told', () => twice.err().includes('SIGTERM is ignored'));
  twice.program.kill('SIGINT');
  expect(await twice.exit).toEqual({ code: 128 + 9, signal: null });
});

test('other signals are passed on', async () => {
  const script =
    'trap "echo hup >&2" HUP; trap "echo usr1 >&2" USR1; echo \'{"state":"idle"}\'; while :; do sleep 0.05; done';
  const entry = start(['sh', '-c', script]);
  await grpc();
  await condition('it began', () => entry.out().includes('target changed state'));
  for (const [signal, word] of [
    ['SIGHUP', 'hup'],
    ['SIGUSR1', 'usr1'],
  ] as const) {
    // Sent until it is heard: what comes before the process is known to the sidecar is missed.
    await condition(`${signal} arrived`, () => {
      entry.program.kill(signal);
      return entry.err().includes(word);
    });
  }
  entry.program.kill('SIGTERM');
  expect(await entry.exit).toEqual({ code: 128 + 15, signal: null });
});

test('a program that is not there: exit code 127, and why', async () => {
  const entry = start(['/nowhere/readout']);
  expect(await entry.exit).toEqual({ code: 127, signal: null });
  expect(entry.out()).toContain('the process could not be started: spawn /nowhere/readout ENOENT');
});

test.each(['obeys', 'deaf'])(
  'a sidecar that is killed leaves no process behind, not even one that is %s',
  async (manner) => {
    const entry = start(nasty(manner));
    await grpc();
    const identity = identify(pidIn(entry));
    expect(lives(identity)).toBe(true);
    entry.program.kill('SIGKILL');
    await condition('the process is gone', () => !lives(identity));
  },
);

test('a process that does not mind the end of its input gets SIGTERM first', async () => {
  const script = `trap 'echo ended > ended; exit 0' TERM; echo '{"state":"idle"}'; while :; do sleep 0.05; done`;
  const entry = start(['sh', '-c', `cd ${folder}; ${script}`]);
  await grpc();
  await condition('it began', () => entry.out().includes('target changed state'));
  entry.program.kill('SIGKILL');
  await condition('it has ended by itself', () => existsSync(join(folder, 'ended')));
});

const AS_INIT = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
const { status, stderr } = spawnSync('unshare', [...AS_INIT.slice(1), 'true'], { encoding: 'utf8' });
const cannot =
  status === 0 ? '' : `this machine does not let us make a pid namespace: ${stderr?.trim() ?? 'no unshare'}`;
if (cannot !== '') process.stderr.write(`skipped as PID 1: ${cannot}\n`);

test.skipIf(cannot !== '')('as PID 1: signals are passed on, and the exit code is passed back', async () => {
  const entry = start(nasty('obeys'), {}, AS_INIT);
  using coordinator = await TestCoordinator.welcomed(await grpc());
  await coordinator.ask(1, 'start');
  await coordinator.untilAnswers('1:executed');
  expect(JSON.parse(readFileSync(join(folder, 'ports'), 'utf8')).pid).toBe(1);
  // To the init of the namespace from outside of it, as a kubelet does.
  process.kill(initOf(entry), 'SIGTERM');
  expect(await entry.exit).toEqual({ code: 7, signal: null });
});

test.skipIf(cannot !== '')(
  'as PID 1 it is not taken in by the end of a stranger that the kernel gives it',
  async () => {
    // The shell in the middle ends at once: its child becomes one of PID 1's, and ends too.
    const script = `(sh -c 'sleep 0.1; exit 5' &); echo '{"state":"idle"}'; read -r line; exit 6`;
    const entry = start(['sh', '-c', script], {}, AS_INIT);
    using coordinator = await TestCoordinator.welcomed(await grpc());
    await coordinator.incarnation();
    // Node cannot ask for children that it did not start: the stranger stays as a zombie, and harms nobody.
    const init = initOf(entry);
    await condition('the stranger has ended', () => zombiesOf(init).length === 1);
    expect(coordinator.state).toMatchObject({ attached: true });
    await coordinator.ask(1, 'start');
    expect(await entry.exit).toEqual({ code: 6, signal: null });
  },
);

function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

function initOf(entry: Entry): number {
  const [init] = childrenOf(entry.program.pid ?? 0);
  if (init === undefined) throw new Error('unshare has started nobody');
  return init;
}

function zombiesOf(pid: number): readonly number[] {
  return childrenOf(pid).filter((child) => / Z /.test(readFileSync(`/proc/${child}/stat`, 'utf8')));
}
