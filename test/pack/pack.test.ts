// The package as somebody without a checkout has it: installed into an empty folder, without a network.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { noticesOf } from '../../coordinator/pack/notices.ts';
import { startBaton } from '../e2e/child.ts';
import { TEST_MS_MAX } from '../e2e/site.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { reflected } from '../sidecar/reflected.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX, hookTimeout: TEST_MS_MAX });

const file = (...names: readonly string[]) => join(import.meta.dirname, '../..', ...names);

const home = temporaryDirectory();
const program = home.file('node_modules/baton/baton.js');

beforeAll(() => {
  const packed = node(home.path, [file('coordinator/pack/main.ts'), home.path]).trim();
  expect(packed).toBe(home.file(`baton-${versionOf(file('package.json'))}.tgz`));
  const words = ['install', '--offline', '--no-audit', '--no-fund', packed];
  execFileSync('npm', words, { cwd: home.path, stdio: 'pipe' });
  return () => home[Symbol.dispose]();
});

test('one program is installed, with the licences of what is in it, and no package beside it', () => {
  expect(readdirSync(home.file('node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['baton']);
  const installed = readdirSync(home.file('node_modules/baton'));
  expect(installed.toSorted()).toEqual(['NOTICES.txt', 'baton.js', 'package.json', 'parts', 'sbom.json']);
  const notices = readFileSync(home.file('node_modules/baton/NOTICES.txt'), 'utf8');
  for (const name of ['@grpc/grpc-js', '@kubernetes/client-node', 'commander', 'zod', 'xstate'])
    expect(notices).toContain(`${name} `);
  expect(noticesOf({ inputs: {}, outputs: {} })).toBe('');
});

test('kubectl finds it as its plugin, and reads the Kubernetes client only for a cluster', () => {
  const plugin = (name: string, ...words: readonly string[]) =>
    node(home.path, [home.file(`node_modules/.bin/${name}`), ...words]);
  expect(plugin('kubectl-baton', 'help')).toContain('Usage: kubectl baton [options] [command]');
  expect(plugin('kubectl_complete-baton', 'con')).toBe(
    'context\tname coordinators, and choose the one that is used without asking\n:4\n',
  );
  const parts = readdirSync(home.file('node_modules/baton/parts'));
  const client = parts.filter((name) =>
    readFileSync(home.file(`node_modules/baton/parts/${name}`), 'utf8').includes('portforward?'),
  );
  expect(client).toHaveLength(1);
  const folder = home.file('node_modules/baton/parts');
  const away = home.file('away');
  renameSync(join(folder, client[0] ?? ''), away);
  try {
    expect(baton('machine list')).toContain('dune');
    expect(() => baton('--kube-context none status')).toThrow(/Cannot find module/);
  } finally {
    renameSync(away, join(folder, client[0] ?? ''));
  }
});

test('it brings a partition up and drives it', async () => {
  expect(baton('init --machine minimal')).toContain('next: baton up -f partition.yaml');
  await using up = startBaton(home.path, 'up -f partition.yaml', program);
  await up.says('mine is up: 2 targets attached');
  expect(baton('status')).toMatch(/^process-0 +● idle/m);
  expect(baton('send start_run')).toContain('now: mine is running, run 1 goes on\n');
  expect(baton('logs process-1 --lines 1')).toBe('start of run 1: idle → running\n');
  await using watch = startBaton(home.path, 'watch -o json', program);
  await watch.says('"state":"running"');
  watch.interrupt();
  expect(await watch.ended).toBe(130);
  const [snapshot = ''] = watch.out().split('\n');
  expect(JSON.parse(snapshot)).toMatchObject({ snapshot: { name: 'mine', run: { number: 1 } } });
  expect(baton('send stop_run')).toContain('now: mine is idle, run 1 ended clean\n');
  // What reflection needs is read from files too, where there are files.
  const address = readFileSync(home.file('.baton/address'), 'utf8').trim();
  expect(await reflected(address, { listServices: '' })).toContain('"baton.v1.Coordinator"');
  const symbol = { fileContainingSymbol: 'baton.v1.Coordinator' };
  // A page of bytes when it fails, so it is not shown.
  expect((await reflected(address, symbol)).includes('"fileDescriptorProto":[{')).toBe(true);
  up.interrupt();
  expect(await up.ended).toBe(0);
});

test('it drives a coordinator of the checkout', async () => {
  using site = temporaryDirectory();
  await using up = startBaton(site.path, `up -f ${file('test/example/partition.yaml')}`);
  await up.says('example is up: 2 targets attached');
  const address = readFileSync(site.file('.baton/address'), 'utf8').trim();
  const words = ['--address', address];
  expect(baton(...words, 'send', 'start_run')).toContain('now: example is running');
  expect(JSON.parse(baton(...words, 'status', '-o', 'json'))).toMatchObject({ state: 'running' });
  expect(baton(...words, 'send', 'stop_run')).toContain('run 1 ended clean');
  up.interrupt();
  expect(await up.ended).toBe(0);
});

test('a Node that is too old is told so before anything else', () => {
  const old =
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })";
  const run = () =>
    execFileSync(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(old)}`, program], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  expect(run).toThrow(/baton: wants Node 24 or newer, this is 20\.1\.0/);
});

/** Runs the installed command to its end; what it writes to standard output. */
function baton(...words: readonly string[]): string {
  return node(home.path, [program, ...words.flatMap((word) => word.split(' '))]);
}

function node(cwd: string, words: readonly string[]): string {
  const env = { ...process.env, BATON_ADDRESS: undefined, USER: 'shift' };
  return execFileSync(process.execPath, [...words], { cwd, env, encoding: 'utf8', stdio: 'pipe' });
}

function versionOf(manifest: string): string {
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, 'utf8'));
  return version;
}
