// Charts of users with pod templates of their own.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { pathOf } from '../binaries.ts';
import { run } from '../run.ts';

/** What helm says of a chart of a user's own with this pod template: its objects, or why there are none. */
async function rendered(template: string, statefulset = '{}'): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-chart-'));
  try {
    mkdirSync(join(folder, 'templates'));
    mkdirSync(join(folder, 'charts'));
    symlinkSync(resolve('charts/partition'), join(folder, 'charts', 'partition'));
    const dependencies = [{ name: 'partition', version: '0.1.0', repository: '' }];
    const chart = { apiVersion: 'v2', name: 'own', version: '1.0.0', dependencies };
    writeFileSync(join(folder, 'Chart.yaml'), JSON.stringify(chart));
    const texts = `"template" ${JSON.stringify(template)} "statefulset" ${JSON.stringify(statefulset)}`;
    writeFileSync(
      join(folder, 'templates', 'own.yaml'),
      `{{ include "baton.segment" (dict "root" . "segment" "writer" ${texts}) }}`,
    );
    const segments = [{ name: 'writer', members: 1, adapter: { port: 5000 } }];
    const input = JSON.stringify({ partition: { spec: { machine: 'minimal', segments } } });
    return await run(pathOf('helm'), ['template', 'own', folder, '--values', '-'], { input }).catch(String);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const POD = '{spec: {containers: [{name: app, image: app}]}}';

test('a pod template and a StatefulSet of a user’s own are taken', async () => {
  const text = await rendered(POD, '{minReadySeconds: 3}');
  expect(text).toContain('minReadySeconds: 3');
  expect(text).toContain('image: baton-sidecar');
});

test('the sidecar comes before all that a user has', async () => {
  const own = 'initContainers: [{name: first, image: first}], containers';
  const text = await rendered(POD.replace('containers', own));
  expect(text.indexOf('image: baton-sidecar')).toBeGreaterThan(0);
  expect(text.indexOf('image: first')).toBeGreaterThan(text.indexOf('image: baton-sidecar'));
});

test.each([
  [
    'replicas',
    POD,
    '{replicas: 3}',
    'statefulset.replicas of segment writer: want nothing, since Baton sets it',
  ],
  [
    'a probe of its own',
    POD.replace('image', 'livenessProbe: {}, image'),
    '{}',
    'want no livenessProbe in container app',
  ],
  [
    'a hook of its own',
    POD.replace('image', 'lifecycle: {preStop: {sleep: {seconds: 1}}}, image'),
    '{}',
    'want no preStop',
  ],
  [
    'a grace of its own',
    POD.replace('spec: {', 'spec: {terminationGracePeriodSeconds: 3, '),
    '{}',
    'which comes from stop.gracePeriod',
  ],
  [
    'a container of the sidecar’s name',
    POD.replace('name: app', 'name: baton'),
    '{}',
    'want no container baton',
  ],
  ['no container', '{spec: {}}', '{}', 'want spec.containers, got none'],
  ['a text that is no YAML', '{', '{}', 'template of segment writer: want YAML of an object'],
])('%s in a user’s own template is refused', async (_, template, statefulset, words) => {
  expect(await rendered(template, statefulset)).toContain(words);
});
