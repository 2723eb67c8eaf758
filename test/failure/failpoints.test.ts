import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FAILPOINT_VARIABLE, failpoints, parseArming } from '../../protos/failure/failpoints.ts';
import { problemLine } from '../../protos/failure/trouble.ts';
import { minimal } from '../../protos/machine/minimal.ts';

const RUN = {
  reaching: join(import.meta.dirname, 'reaching.ts'),
  coordinator: join(import.meta.dirname, '../../coordinator/main.ts'),
  sidecar: join(import.meta.dirname, '../../sidecar/main.ts'),
  document: join(import.meta.dirname, '../testdata/documents/daq.yaml'),
};

type Ended = { readonly code: number | null; readonly signal: string | null; out: string; err: string };

function run(armed: string, ...words: readonly string[]): Ended {
  const env = { ...process.env, [FAILPOINT_VARIABLE]: armed };
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, words, { env, encoding: 'utf8' });
  return { code: status, signal, out: stdout, err: stderr };
}

test('what may stand in the variable', () => {
  expect(parseArming('journal.led')).toEqual({ point: 'journal.led', during: undefined, time: 1 });
  expect(parseArming('sidecar.doing-persisted@12')).toMatchObject({ during: undefined, time: 12 });
  expect(parseArming('journal.wave-done/stop_run@3')).toMatchObject({ during: 'stop_run', time: 3 });
});

test.each([
  ['sidecar.doing-persited', ' (did you mean "sidecar.doing-persisted"?)'],
  ['hook', ' (there are sidecar.hook-called, sidecar.hook-runs, sidecar.hook-ended)'],
  ['nothing.like.this-at-all', ''],
  ['journal.led@0', ''],
  ['journal.led@1000001', ''],
  ['journal.led/', ''],
  ['journal.led@1/conf', ''],
  ['@1', ''],
])('%s is refused', (text, hint) => {
  const arming = parseArming(text);
  expect('path' in arming ? problemLine(arming) : arming).toBe(
    `BATON_FAILPOINT: want a point of \`baton failpoints\`, then perhaps /OPERATION and @TIME (1..1000000), got "${text}"${hint}`,
  );
});

test('each point is of one component and says in a sentence what is and what is not yet', () => {
  for (const { name, component, sentence } of failpoints()) {
    expect(name).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/);
    expect(name.startsWith('sidecar.') ? 'sidecar' : 'coordinator').toBe(component);
    expect(sentence).toMatch(/^[a-z].*[a-z]$/);
  }
});

test('the process ends at the point, at its time, during its word, and does nothing further', () => {
  const words = ['sidecar.hook-ended', 'sidecar.hook-ended/stop', 'sidecar.answer-sent/stop'];
  const ended = run('sidecar.hook-ended/stop@2', RUN.reaching, ...words, ...words);
  expect(ended).toEqual({
    code: null,
    signal: 'SIGKILL',
    out: [...words, words[0]].map((word) => `passed ${word}\n`).join(''),
    err: 'ends itself at failpoint sidecar.hook-ended\n',
  });
});

test('nothing armed, or a point of the other component: nothing happens', () => {
  for (const armed of ['', 'journal.led']) {
    expect(run(armed, RUN.reaching, 'journal.led', 'sidecar.hook-ended')).toMatchObject({ code: 0, err: '' });
  }
});

test('the coordinator and the sidecar refuse to start with a point that is none', () => {
  const wrong = 'BATON_FAILPOINT: want a point of `baton failpoints`';
  const flags = [
    '--document',
    RUN.document,
    '--journal',
    '/nowhere/journal',
    '--targets',
    '/nowhere/targets',
  ];
  expect(run('journal.let', RUN.coordinator, ...flags)).toMatchObject({
    code: 2,
    err: expect.stringContaining(`coordinator: no failpoint can be armed\n  ${wrong}`),
  });
  const file = join(temporary(), 'sidecar.json');
  writeFileSync(file, JSON.stringify(CONFIG));
  expect(run('sidecar.hookended', RUN.sidecar, '--config', file)).toMatchObject({
    code: 2,
    err: expect.stringContaining(`no failpoint can be armed\n  ${wrong}`),
  });
});

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'baton-failpoints-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

const CONFIG = {
  partition: 'daq',
  segment: 'readout',
  ordinal: 0,
  podUid: 'pod-1',
  machine: minimal,
  adapter: { type: 'grpc', address: '127.0.0.1:1' },
  listen: { grpc: '127.0.0.1:0', probes: '127.0.0.1:0' },
  stateFile: '/nowhere/state',
  gracePeriodMs: 30_000,
  marginMs: 5_000,
};
