import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identify, lives } from '../../../protos/procfs.ts';
import { pathOf } from '../binaries.ts';
import { type ControlPlane, startControlPlane } from '../controlPlane.ts';

let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane();
}, 120_000);

afterAll(async () => plane[Symbol.asyncDispose]());

/** What kubectl says, as a user. */
function kubectl(kubeconfig: string, ...args: string[]): string {
  return execFileSync(pathOf('kubectl'), ['--kubeconfig', kubeconfig, '--request-timeout=2s', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

test('the administrator may write, and the audit log has it', () => {
  kubectl(plane.kubeconfig, 'create', 'configmap', 'noted');
  const lines = readFileSync(plane.auditLog, 'utf8').trim().split('\n');
  const events = lines.map((line): { verb: string; objectRef?: { name?: string } } => JSON.parse(line));
  expect(events.some(({ verb, objectRef }) => verb === 'create' && objectRef?.name === 'noted')).toBe(true);
});

test('others may do what RBAC grants, and nothing else', () => {
  const shift = plane.kubeconfigOf('shift', 'crew');
  expect(() => kubectl(shift, 'get', 'configmaps')).toThrow(/User "shift" cannot list resource/);
  kubectl(plane.kubeconfig, 'create', 'clusterrole', 'look', '--verb=list', '--resource=configmaps');
  kubectl(plane.kubeconfig, 'create', 'clusterrolebinding', 'look', '--clusterrole=look', '--group=crew');
  expect(kubectl(shift, 'get', 'configmaps', '--output=name')).toContain('configmap/');
});

test('a paused API server answers nothing, and all when it is resumed', () => {
  plane.pause();
  try {
    expect(() => kubectl(plane.kubeconfig, 'get', 'namespaces')).toThrow(/timeout|deadline|Timeout/);
  } finally {
    plane.resume();
  }
  expect(kubectl(plane.kubeconfig, 'get', 'namespace', 'default', '--output=name')).toBe(
    'namespace/default\n',
  );
});

test('a killed API server comes back with what it knew', async () => {
  kubectl(plane.kubeconfig, 'create', 'configmap', 'kept');
  await plane.kill();
  expect(() => kubectl(plane.kubeconfig, 'get', 'configmap', 'kept')).toThrow(/refused/);
  await plane.start();
  expect(kubectl(plane.kubeconfig, 'get', 'configmap', 'kept', '--output=name')).toBe('configmap/kept\n');
});

test('nothing is left of one that was disposed of', async () => {
  const other = await startControlPlane();
  const pids = execFileSync('pgrep', ['--full', dirname(dirname(other.kubeconfig))], {
    encoding: 'utf8',
  }).trim();
  const started = pids.split('\n').map((pid) => identify(Number(pid)));
  expect(started.map(lives)).toEqual([true, true]);
  await other[Symbol.asyncDispose]();
  expect(existsSync(other.kubeconfig)).toBe(false);
  expect(started.map(lives)).toEqual([false, false]);
});
