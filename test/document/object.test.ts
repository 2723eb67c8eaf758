// A partition as an API server holds it: the same document, without files.

import { expect, test } from 'vitest';
import { parseDocument, parseObject } from '../../coordinator/document/parse.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';

const NAME = 'partition daq/minidaq';
const HEAD = { apiVersion: 'baton.dev/v1alpha1', kind: 'Partition', metadata: { name: 'minidaq' } };
const SEGMENTS = [{ name: 'readout', members: 2, process: { command: ['readout'] } }];

async function problemsOf(raw: unknown): Promise<readonly string[]> {
  const error: unknown = await parseObject(raw, NAME).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RunControlError)) throw new Error('it was taken');
  expect(error.message).toContain(NAME);
  return error.problems.map(({ path, want, got }) => `${path}: want ${want}, got ${got}`);
}

test('it is the document that a file would be', async () => {
  const raw = { ...HEAD, spec: { machine: 'dune', segments: SEGMENTS } };
  expect(await parseObject(raw, NAME)).toEqual(await parseDocument(JSON.stringify(raw), '/minidaq.yaml'));
});

test('a machine in a file is refused, with what to do', async () => {
  const spec = { machine: { file: 'machine.yaml' }, segments: SEGMENTS };
  expect(await problemsOf({ ...HEAD, spec })).toEqual([
    'spec.machine.file: want a built-in machine (dune, occ, minimal) or the table itself: there are no files in a cluster, got "machine.yaml"',
  ]);
});

test('programs are looked for by nobody: they are in the images of the pods', async () => {
  const process = { command: ['/opt/daq/readout'], workingDirectory: '/opt/daq' };
  const spec = { machine: 'minimal', segments: [{ ...SEGMENTS[0], process }] };
  expect((await parseObject({ ...HEAD, spec }, NAME)).segments[0]?.process?.workingDirectory).toBe(
    '/opt/daq',
  );
});

test('nobody need say what starts a process: the StatefulSet does', async () => {
  const spec = { machine: 'minimal', segments: [{ name: 'readout', members: 2 }] };
  expect((await parseObject({ ...HEAD, spec }, NAME)).segments[0]?.process).toBe(undefined);
});

test('all problems at once, each with its path', async () => {
  const spec = { machine: 'dunes', segments: [{ name: 'readout', members: 0 }], colour: 'red' };
  const problems = await problemsOf({ ...HEAD, spec });
  expect(problems.map((line) => line.split(':')[0])).toEqual(
    expect.arrayContaining(['spec.machine', 'spec.segments[0].members', 'spec.colour']),
  );
  expect(await problemsOf(undefined)).not.toEqual([]);
});

test('each pod has ports of its own, so that segments may take the same one', async () => {
  const adapter = { type: 'grpc', port: 5_000 };
  const segments = ['reader', 'writer'].map((name) => ({ name, members: 2, adapter }));
  const raw = { ...HEAD, spec: { machine: 'minimal', segments } };
  expect((await parseObject(raw, NAME)).segments).toHaveLength(2);
  await expect(parseDocument(JSON.stringify(raw), '/here.yaml')).rejects.toThrow(RunControlError);
});
