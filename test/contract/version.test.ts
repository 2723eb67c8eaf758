// A release has one version, wherever it is written.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { VERSION } from '../../sidecar/assemble.ts';
import { PREVIOUS } from '../previous.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

function read(path: string): ReturnType<typeof parse> {
  return parse(readFileSync(join(ROOT, path), 'utf8'));
}

test('packages, charts, images and the sidecar say the same version, and it is another than that of before', () => {
  const packages = ['.', 'protos', 'sidecar', 'coordinator'].map(
    (name) => read(`${name}/package.json`).version,
  );
  const charts = ['baton', 'partition', 'minidaq'].map((name) => read(`charts/${name}/Chart.yaml`));
  const said = [
    ...packages,
    ...charts.flatMap(({ version, appVersion, dependencies = [] }) => [
      version,
      appVersion,
      ...dependencies.map((each: { readonly version: string }) => each.version),
    ]),
    read('charts/partition/values.yaml').sidecar.image.tag,
    read('charts/minidaq/values.yaml').image.tag,
    VERSION,
  ];
  expect(said).toHaveLength(15);
  expect(new Set(said)).toEqual(new Set([VERSION]));
  expect(VERSION).not.toBe(PREVIOUS.version);
});
