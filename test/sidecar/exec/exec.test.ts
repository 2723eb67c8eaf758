// A command per transition: what it is told, what its end means, and commands that behave badly.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { type ExecSettings, execFaults, execShape } from '../../../protos/adapter/exec.ts';
import { minimal } from '../../../protos/machine/minimal.ts';
import { identify, lives } from '../../../protos/procfs.ts';
import { condition } from '../condition.ts';
import { driveExec } from './driven.ts';

const sh = (script: string): string[] => ['sh', '-c', script];
const STATE = { command: ['cat', 'state'] };

test('a command is told in its words, its environment and on its standard input', async () => {
  await using daq = driveExec({
    command: [
      'sh',
      '-c',
      'cat > input; env > environment; test ! -e /proc/$$/fd/3 || echo gate > open; echo done $0 $1',
      '{transition}',
      'x{transition}',
    ],
    environment: { SITE: 'north' },
  });
  expect(await daq.told('attached')).toMatchObject({
    attachment: { startId: 'exec' },
    process: { state: 'idle', busy: undefined, executed: undefined },
  });
  const token = daq.perform(1, 'start');
  expect(await daq.told('hookEnded')).toMatchObject({
    token,
    outcome: 'executed',
    state: 'running',
    cause: '',
  });
  expect(daq.words()).toBe('done start xstart\n');
  expect(JSON.parse(daq.read('input'))).toEqual({
    token,
    transition: 'start',
    arguments: { rate: 5, mode: 'a b' },
    from: 'idle',
    to: 'running',
    budgetMs: 1_000,
    runNumber: 7,
    stopPath: false,
  });
  // The gate is shut behind it.
  expect(daq.read('open')).toBe('');
  const lines = daq.read('environment').split('\n');
  for (const line of [
    'BATON_TRANSITION=start',
    'BATON_TOKEN=1.0.op%201',
    'BATON_FROM=idle',
    'BATON_TO=running',
    'BATON_RUN_NUMBER=7',
    'BATON_BUDGET_MS=1000',
    'BATON_STOP_PATH=false',
    'BATON_ARG_RATE=5',
    'BATON_ARG_MODE=a b',
    'BATON_PARTITION=daq',
    'BATON_SEGMENT=readout',
    'BATON_ORDINAL=3',
    'SITE=north',
    `HOME=${process.env['HOME']}`,
  ]) {
    expect(lines).toContain(line);
  }
});

test.each([
  ['exit 3', 'ended with exit code 3'],
  ['echo "no high" >&2; echo voltage >&2; exit 3', 'ended with exit code 3: no high voltage'],
  ['kill -SEGV $$', 'was ended by SIGSEGV'],
  ['exec ./missing', /^ended with exit code 127: .*missing.*not found$/],
])('%s: failed, and the cause says so', async (script, cause) => {
  await using daq = driveExec({ command: sh(script) });
  await daq.told('attached');
  daq.perform(1, 'start');
  const ended = await daq.told('hookEnded');
  // Without a state command nobody can say where a command that failed has left the process.
  expect(ended).toMatchObject({ outcome: 'failed', state: '' });
  expect(ended.cause).toMatch(cause);
});

test('of a megabyte of complaints the end is the cause', async () => {
  await using daq = driveExec({
    command: sh('yes "a long complaint" | head -c 1000000 >&2; echo the end >&2; exit 1'),
  });
  await daq.told('attached');
  daq.perform(1, 'start');
  const { cause } = await daq.told('hookEnded');
  expect(cause).toHaveLength(500);
  expect(cause).toMatch(/^ended with exit code 1: ….*a long complaint .*the end$/);
});

test('given up, a command and what it has started get SIGTERM, then SIGKILL', async () => {
  const deaf = 'trap "echo deaf >> heard" TERM; echo $$ >> pids; while :; do sleep 0.05; done';
  await using daq = driveExec({ command: sh(`sh -c '${deaf}' & ${deaf}`) });
  await daq.told('attached');
  const token = daq.perform(1, 'start');
  await condition('both run', () => daq.read('pids').split('\n').length === 3);
  const pids = daq
    .read('pids')
    .trim()
    .split('\n')
    .map((pid) => identify(Number(pid)));
  daq.giveUp({ ...token, step: 1 });
  daq.giveUp(token);
  daq.giveUp(token);
  const { cause } = await daq.told('hookEnded');
  expect(cause).toMatch(/^it was given up and was ended by SIGKILL/);
  await condition('nobody is left', () => !pids.some(lives));
  expect(daq.read('heard')).toBe('deaf\ndeaf\n');
});

test('given up, a command that ends at once takes with it what it has started and what does not hear', async () => {
  const deaf = 'trap "" TERM; echo $$ > pid; while :; do sleep 0.05; done';
  await using daq = driveExec({ command: sh(`sh -c '${deaf}' & wait`), giveUpGraceMs: 20_000 });
  await daq.told('attached');
  const token = daq.perform(1, 'start');
  await condition('both run', () => daq.read('pid') !== '');
  const left = identify(Number(daq.read('pid')));
  daq.giveUp(token);
  await daq.told('hookEnded');
  await condition('nobody is left', () => !lives(left));
});

test('what a command leaves in the background lives on, and holds up nothing', async () => {
  await using daq = driveExec({ command: sh('sleep 30 & echo $! > pid') });
  await daq.told('attached');
  const begunMs = performance.now();
  daq.perform(1, 'start');
  expect(await daq.told('hookEnded')).toMatchObject({ outcome: 'executed' });
  expect(performance.now() - begunMs).toBeLessThan(5_000);
  const left = identify(Number(daq.read('pid')));
  expect(lives(left)).toBe(true);
  process.kill(left.pid, 'SIGKILL');
});

test('the state command is asked when it attaches and after a failure, and not after a success', async () => {
  await using daq = driveExec({
    transitions: { start: sh('echo running > state'), stop: sh('exit 1') },
    state: { command: sh('echo asked >> asked; cat state') },
  });
  expect(await daq.told('detached')).toMatchObject({
    cause: expect.stringMatching(/^the state command ended with exit code 1: cat: .*No such file/),
  });
  daq.write('state', 'idle\n');
  expect(await daq.told('attached')).toMatchObject({ process: { state: 'idle' } });
  const asked = () => daq.read('asked').split('\n').length;
  const before = asked();
  daq.perform(1, 'start');
  await daq.told('hookEnded');
  expect(asked()).toBe(before);
  daq.perform(2, 'stop');
  expect(await daq.told('hookEnded', 2)).toMatchObject({ outcome: 'failed', state: 'running' });
  expect(asked()).toBe(before + 1);
});

test.each([
  ['', 'the state command printed nothing on its first line'],
  ['idle\nlife-1\nlast week', 'the state command printed a token that is none'],
  [`idle\n${'x'.repeat(65)}`, 'a start id of 65 characters instead of 1 to 64'],
])('a state command that prints %j is told', async (text, cause) => {
  await using daq = driveExec({ command: ['true'], state: STATE });
  daq.write('state', text);
  await condition('told', () =>
    daq.events.some((event) => event.type === 'detached' && event.cause.includes(cause)),
  );
});

test('a state command that does not end is killed, and told', async () => {
  await using daq = driveExec({
    command: ['true'],
    state: { command: sh('sh -c "echo \\$\\$ > pid; exec sleep 60"'), timeoutMs: 300 },
  });
  expect(await daq.told('detached')).toMatchObject({ cause: 'the state command took longer than 300 ms' });
  const left = identify(Number(daq.read('pid')));
  await condition('it is gone', () => !lives(left));
});

test('a health command that fails detaches it, with the cause once; well again, it is attached', async () => {
  await using daq = driveExec({
    command: ['true'],
    state: STATE,
    health: { command: sh('test ! -e sick || { echo no beam >&2; exit 1; }'), intervalMs: 100 },
  });
  daq.write('state', 'idle\nlife-1');
  expect(await daq.told('attached')).toMatchObject({ attachment: { startId: 'life-1' } });
  const before = daq.events.length;
  daq.write('sick', '');
  const { attachment } = await daq.told(
    'detached',
    daq.events.filter(({ type }) => type === 'detached').length + 1,
  );
  expect(daq.events.at(-1)).toMatchObject({ cause: 'the health command ended with exit code 1: no beam' });
  rmSync(daq.file('sick'));
  await condition('attached again', () => daq.events.at(-1)?.type === 'attached');
  expect(daq.events.slice(before).map(({ type }) => type)).toEqual(['detached', 'attached']);
  expect(daq.events.at(-1)).toMatchObject({ attachment: { startId: 'life-1' } });
  expect(attachment).toBeGreaterThan(0);
});

test('between transitions a state that changes by itself is observed, and another life is another attachment', async () => {
  await using daq = driveExec({
    command: ['true'],
    state: STATE,
    health: { command: ['true'], intervalMs: 100 },
  });
  daq.write('state', 'idle\nlife-1');
  await condition('attached', () => daq.events.at(-1)?.type === 'attached');
  daq.write('state', 'running\nlife-1');
  expect(await daq.told('observed')).toMatchObject({ process: { state: 'running' } });
  daq.perform(1, 'stop');
  await daq.told('hookEnded');
  daq.write('state', 'idle\nlife-2');
  await condition('another life', () => daq.events.at(-1)?.type === 'attached');
  expect(daq.events.at(-1)).toMatchObject({
    attachment: { startId: 'life-2' },
    process: { state: 'idle', executed: undefined },
  });
});

test('a look that goes on when a transition begins is given up: what it saw was of before', async () => {
  const look = 's=$(cat state); echo looks >> looks; while test -e slow; do sleep 0.05; done; echo $s';
  await using daq = driveExec({
    transitions: { start: sh('echo running > state; rm slow'), stop: 'skip' },
    state: { command: sh(look), timeoutMs: 50_000 },
    health: { command: ['true'], intervalMs: 100 },
  });
  daq.write('state', 'idle\n');
  await condition('attached', () => daq.events.at(-1)?.type === 'attached');
  const looks = () => daq.read('looks').split('\n').length;
  const before = looks();
  daq.write('slow', '');
  await condition('it looks', () => looks() > before);
  daq.perform(1, 'start');
  expect(await daq.told('hookEnded')).toMatchObject({ outcome: 'executed', state: 'running' });
  const seen = looks();
  await condition('it has looked again', () => looks() > seen + 1);
  expect(daq.events.filter(({ type }) => type === 'observed')).toEqual([]);
});

test('a process that was replaced while its command failed is another life, and gives no answer', async () => {
  await using daq = driveExec({
    transitions: { start: sh('echo "idle\nlife-2" > state; exit 1'), stop: 'skip' },
    state: STATE,
  });
  daq.write('state', 'idle\nlife-1');
  await condition('attached', () => daq.events.at(-1)?.type === 'attached');
  const before = daq.events.length;
  daq.perform(1, 'start');
  await condition('another life', () => daq.events.length === before + 2);
  expect(daq.events.slice(before)).toMatchObject([
    { type: 'detached', cause: 'the process is another one than before' },
    { type: 'attached', attachment: { startId: 'life-2' }, process: { busy: undefined } },
  ]);
});

test('skip does nothing; recover runs its command and then asks for the state', async () => {
  await using daq = driveExec({
    transitions: { start: 'skip', stop: 'skip', recover: sh('echo idle > state') },
    state: STATE,
  });
  daq.write('state', 'running\n');
  await condition('attached', () => daq.events.at(-1)?.type === 'attached');
  daq.perform(1, 'start');
  expect(await daq.told('hookEnded')).toMatchObject({ outcome: 'executed', state: 'running' });
  daq.perform(2, 'recover', { to: '' });
  expect(await daq.told('hookEnded', 2)).toMatchObject({ outcome: 'executed', state: 'idle' });
});

test('recover without any command is refused; with only its own it leads to the initial state', async () => {
  await using poor = driveExec({ transitions: { start: sh('exit 1'), stop: ['true'] } });
  await poor.told('attached');
  poor.perform(1, 'recover', { to: '' });
  expect(await poor.told('hookEnded')).toMatchObject({
    outcome: 'refused',
    cause: 'it has neither a command for recover nor one that tells its state',
  });
  await using rich = driveExec({ transitions: { start: sh('exit 1'), stop: ['true'], recover: ['true'] } });
  await rich.told('attached');
  rich.perform(1, 'start');
  expect(await rich.told('hookEnded')).toMatchObject({ outcome: 'failed', state: '' });
  rich.perform(2, 'recover', { to: '' });
  expect(await rich.told('hookEnded', 2)).toMatchObject({ outcome: 'executed', state: 'idle' });
});

test('what cannot be told to a command, or not be remembered, is refused, and nothing is begun', async () => {
  await using daq = driveExec({ command: sh('echo begun >> begun') }, 'missing/notes');
  await daq.told('attached');
  daq.perform(1, 'start', { argumentsJson: '{"mode":"a\\u0000b"}' });
  expect(await daq.told('hookEnded')).toMatchObject({
    outcome: 'refused',
    cause: 'BATON_ARG_MODE holds a NUL, which no environment can',
  });
  daq.perform(2, 'start');
  expect(await daq.told('hookEnded', 2)).toMatchObject({
    outcome: 'refused',
    state: 'idle',
    cause: 'its sidecar cannot remember that a command runs: see its log',
  });
  expect(daq.log.join('')).toContain('cannot write the notes');
  expect(daq.read('begun')).toBe('');
});

test('a command that the system refuses on the spot is refused, and the next one is begun', async () => {
  await using daq = driveExec({ command: ['true'] });
  await daq.told('attached');
  daq.perform(1, 'start', { argumentsJson: `{"mode":"${'x'.repeat(200_000)}"}` });
  expect(await daq.told('hookEnded')).toMatchObject({
    outcome: 'refused',
    state: 'idle',
    cause: `could not be started: spawn E2BIG in ${daq.folder}`,
  });
  daq.perform(2, 'start');
  expect(await daq.told('hookEnded', 2)).toMatchObject({ outcome: 'executed' });
});

const LONG = 'echo begun >> begun; while test ! -e go; do sleep 0.05; done; echo running > state';

test('a command that runs when its sidecar is started again is not begun again; the state command is the proof', async () => {
  await using daq = driveExec({ command: sh(LONG), state: STATE });
  daq.write('state', 'idle\nlife-1');
  await condition('attached', () => daq.events.at(-1)?.type === 'attached');
  const token = daq.perform(1, 'start');
  await condition('it runs', () => daq.read('begun') !== '');
  await daq.restart();
  expect(await daq.told('attached')).toMatchObject({
    attachment: { startId: 'life-1' },
    process: { busy: token, executed: undefined },
  });
  daq.write('go', '');
  const again = await daq.told('attached', 2);
  expect(again).toMatchObject({ process: { state: 'running', busy: undefined, executed: undefined } });
  expect(daq.events.some(({ type }) => type === 'hookEnded')).toBe(false);
  expect(daq.read('begun')).toBe('begun\n');
});

test('a state command that knows the token of what was executed last shows that it was this', async () => {
  const script = `${LONG}; echo life-1 >> state; echo $BATON_TOKEN >> state`;
  await using daq = driveExec({ command: sh(script), state: STATE });
  daq.write('state', 'idle\nlife-1\n');
  await condition('attached', () => daq.events.at(-1)?.type === 'attached');
  const token = daq.perform(1, 'start');
  await condition('it runs', () => daq.read('begun') !== '');
  await daq.restart();
  await daq.told('attached');
  daq.write('go', '');
  expect(await daq.told('attached', 2)).toMatchObject({ process: { state: 'running', executed: token } });
});

test('it can still be given up then; without a state command nobody knows where it led', async () => {
  await using daq = driveExec({ command: sh(LONG) });
  await daq.told('attached');
  const token = daq.perform(1, 'start');
  await condition('it runs', () => daq.read('begun') !== '');
  await daq.restart();
  await daq.told('attached');
  daq.giveUp(token);
  expect(await daq.told('attached', 2)).toMatchObject({ process: { state: '', busy: undefined } });
});

test('given up then, it takes with it what it has started and what does not hear', async () => {
  const deaf = 'trap "" TERM; echo $$ > pid; while :; do sleep 0.05; done';
  await using daq = driveExec({ command: sh(`sh -c '${deaf}' & wait`), giveUpGraceMs: 20_000 });
  await daq.told('attached');
  const token = daq.perform(1, 'start');
  await condition('both run', () => daq.read('pid') !== '');
  const left = identify(Number(daq.read('pid')));
  onTestFinished(() => {
    if (lives(left)) process.kill(left.pid, 'SIGKILL');
  });
  await daq.restart();
  await daq.told('attached');
  daq.giveUp(token);
  await daq.told('attached', 2);
  await condition('nobody is left', () => !lives(left));
});

test('what was executed is remembered across a restart of the sidecar, with its token', async () => {
  await using daq = driveExec({ command: ['true'] });
  await daq.told('attached');
  const token = daq.perform(1, 'start');
  await daq.told('hookEnded');
  await daq.restart();
  expect(await daq.told('attached')).toMatchObject({
    process: { state: 'running', executed: token, busy: undefined },
  });
});

test('a sidecar that is killed before its command is remembered begins nothing', async () => {
  await using daq = driveExec({ command: ['true'] });
  const program = `
    import { prepare } from ${JSON.stringify(join(import.meta.dirname, '../../../sidecar/process/exec/command.ts'))};
    const environment = process.env;
    const command = prepare({ command: ['sh', '-c', 'echo x > begun'], workingDirectory: '.', environment, input: '' }, () => {});
    process.stdout.write(String(command.identity.pid), () => process.kill(process.pid, 'SIGKILL'));
  `;
  const sidecar = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    cwd: daq.file('.'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [pid] = await once(sidecar.stdout, 'data');
  const left = identify(Number(pid));
  await condition('its gate is gone', () => !lives(left));
  expect(daq.read('begun')).toBe('');
});

test('what a machine needs and what it does not know is told with its path', () => {
  const settings: ExecSettings = z
    .strictObject(execShape)
    .parse({ transitions: { strat: ['true'], start: ['true'] } });
  expect([...execFaults(settings, minimal)].map(({ path, want }) => `${path.join('.')}: ${want}`)).toEqual([
    'transitions.strat: a transition of machine minimal (start, stop, recover) (did you mean "start"?)',
    'transitions.stop: a command for stop, or skip',
  ]);
});
