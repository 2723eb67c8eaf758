// Charts of users with pod templates of their own.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { pathOf } from '../binaries.ts';
import { run } from '../run.ts';

/** What helm says of a chart of a user's own with these files: its objects, or why there are none. */
async function chartOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-chart-'));
  try {
    mkdirSync(join(folder, 'templates'));
    mkdirSync(join(folder, 'charts'));
    symlinkSync(resolve('charts/partition'), join(folder, 'charts', 'partition'));
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
    return await run(pathOf('helm'), ['template', 'own', folder]).catch(String);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const CHART = `apiVersion: v2
name: own
version: 1.0.0
dependencies:
  - { name: partition, version: 0.2.0, repository: "" }
`;

/** The objects of one segment with this pod template, and more of its StatefulSet. */
async function rendered(template: string, statefulset = '{}'): Promise<string> {
  const segments = [{ name: 'writer', members: 1, adapter: { port: 5000 } }];
  const texts = `"template" ${JSON.stringify(template)} "statefulset" ${JSON.stringify(statefulset)}`;
  return chartOf({
    'Chart.yaml': CHART,
    'values.yaml': JSON.stringify({ partition: { spec: { machine: 'minimal', segments } } }),
    'templates/own.yaml': `{{ include "baton.segment" (dict "root" . "segment" "writer" ${texts}) }}`,
  });
}

test('the example of the README is a chart', async () => {
  const readme = readFileSync('charts/README.md', 'utf8');
  const block = (path: string) => readme.split(`\`\`\`yaml\n# ${path}`)[1]?.split('\n```\n')[0] ?? '';
  const text = await chartOf({
    'Chart.yaml': `apiVersion: v2\nname: own\nversion: 1.0.0\n#${block('Chart.yaml')}`,
    'values.yaml': `#${block('values.yaml')}`,
    'templates/daq.yaml': block('templates/daq.yaml').trimStart(),
  });
  const kinds = text.match(/^kind: \w+$/gm) ?? [text];
  expect(kinds.sort()).toEqual(
    ['ConfigMap', 'Partition', 'Service', 'StatefulSet'].map((kind) => `kind: ${kind}`),
  );
});

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
