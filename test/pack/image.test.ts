// The sidecar as its image has it: what it is made of, that it starts with what was compiled before, its memory.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleImage } from '../../coordinator/pack/image.ts';
import { condition } from '../sidecar/condition.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Of the issue: a sidecar beside each process, on every node. */
const RSS_MB_MAX = 80;

const folder = mkdtempSync(join(tmpdir(), 'baton-image-'));
const environment = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'cache'), MALLOC_ARENA_MAX: '1' };
let made: Metafile;

beforeAll(async () => {
  made = await bundleImage(folder, { sidecar: 'sidecar/main.ts' });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** What the image starts, as its Dockerfile says it, with the program of this test. */
function command(): readonly string[] {
  const [, words = '[]'] =
    /^ENTRYPOINT (.*)$/m.exec(readFileSync(join(ROOT, 'sidecar/Dockerfile'), 'utf8')) ?? [];
  const parsed: readonly string[] = JSON.parse(words);
  return parsed.map(
    (word) => ({ node: process.execPath, '/baton/sidecar.js': join(folder, 'sidecar.js') })[word] ?? word,
  );
}

test('no client of Kubernetes and one language are in it', () => {
  const inputs = Object.keys(made.inputs);
  expect(inputs.filter((path) => path.includes('@kubernetes'))).toEqual([]);
  expect(inputs.filter((path) => /zod\/v4\/locales\//.test(path))).toHaveLength(2);
});

/** `name@version` of the package that a file belongs to: the nearest that has both. */
function packageAbove(path: string): string {
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    const file = join(ROOT, folder, 'package.json');
    if (!existsSync(file)) continue;
    const { name, version }: { name?: string; version?: string } = JSON.parse(readFileSync(file, 'utf8'));
    if (name !== undefined && version !== undefined) return `${name}@${version}`;
  }
  throw new Error(`${path} is of no package`);
}

test('its bill of materials names what is in it, and nothing else, with what the lock says of each', () => {
  type Materials = {
    components: { name: string; version: string; hashes: { alg: string; content: string }[] }[];
  };
  const { components }: Materials = JSON.parse(readFileSync(join(folder, 'sbom.json'), 'utf8'));
  const inputs = Object.keys(made.inputs).filter((path) => path.includes('node_modules/'));
  expect(inputs.length).toBeGreaterThan(100);
  const held = new Set(inputs.map(packageAbove));
  expect(components.map(({ name, version }) => `${name}@${version}`).sort()).toEqual([...held].sort());
  const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  for (const { hashes } of components) {
    const [hash] = hashes;
    expect(hash?.alg).toBe('SHA-512');
    expect(lock).toContain(`sha512-${Buffer.from(hash?.content ?? '', 'hex').toString('base64')}`);
  }
});

test('what Node compiles is kept while the image is built, with the words of its entry point', () => {
  const dockerfile = readFileSync(join(ROOT, 'sidecar/Dockerfile'), 'utf8');
  const [, warmed = ''] = /warm\.ts", (.*)\]$/m.exec(dockerfile) ?? [];
  expect(dockerfile).toContain(`ENTRYPOINT [${warmed}]`);
  execFileSync(process.execPath, ['coordinator/pack/warm.ts', ...command()], { cwd: ROOT, env: environment });
  expect(readdirSync(environment.NODE_COMPILE_CACHE, { recursive: true }).length).toBeGreaterThan(1);
}, 60_000);

test(`it stays below ${RSS_MB_MAX} MB`, async () => {
  const portFile = join(folder, 'ports.json');
  const config = {
    ...{
      partition: 'daq',
      segment: 'readout',
      ordinal: 0,
      podUid: 'pod',
      machine: 'dune',
      segments: ['readout'],
    },
    adapter: { type: 'grpc', address: '127.0.0.1:1' },
    listen: { grpc: '127.0.0.1:0', probes: '127.0.0.1:0' },
    ...{ stateFile: join(folder, 'state'), portFile, gracePeriod: '30s', margin: '5s', log: 'silent' },
  };
  writeFileSync(join(folder, 'sidecar.json'), JSON.stringify(config));
  const [program = '', ...words] = command();
  const child = spawn(program, [...words, '--config', join(folder, 'sidecar.json')], { env: environment });
  const ended = once(child, 'exit');
  try {
    await condition('the sidecar listens', () => existsSync(portFile));
    const ports: { readonly probes: string } = JSON.parse(readFileSync(portFile, 'utf8'));
    for (const path of ['/startupz', '/metrics', '/process/livez'])
      expect((await fetch(`http://${ports.probes}${path}`)).status).toBe(200);
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
    expect(Number(kilobytes) / 1_024).toBeLessThan(RSS_MB_MAX);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}, 60_000);
