import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { runBaton } from '../../coordinator/cli/main.ts';
import { startFake } from './fakeCoordinator.ts';
import { fakeWorld, run } from './fakeWorld.ts';
import { operation, partition, target, WALL_MS } from './fixtures.ts';

test('status gives the same as table, JSON and YAML', async () => {
  await using fake = await startFake();
  fake.picture = partition({ operation: operation() });
  const table = await run(fakeWorld(fake.address), 'status');
  expect(table).toMatchObject({ code: 0, err: '' });
  expect(table.out).toContain('readout-3  ● running   14 s');
  const json = await run(fakeWorld(fake.address), 'status -o json');
  expect(JSON.parse(json.out)).toMatchObject({ name: 'mini', state: 'running', operation: { number: 4 } });
  const yaml = await run(fakeWorld(fake.address), 'status -o yaml');
  expect(parse(yaml.out)).toEqual(JSON.parse(json.out));
  const wide = await run(fakeWorld(fake.address), '-o wide status');
  expect(wide.out).toContain('INCARNATION');
});

test('status -o wide tells which arguments hold in the run', async () => {
  await using fake = await startFake();
  const present = {
    number: 5,
    status: 'RUN_STATUS_OPEN',
    cause: '',
    startedAtMs: WALL_MS,
    endedAtMs: 0,
  } as const;
  const given = (number: number, argumentsJson: string, changes: Parameters<typeof operation>[0] = {}) =>
    operation({
      number,
      command: { command: 'transition', transition: 'x', argumentsJson, toTargets: null },
      ...changes,
    });
  fake.operations = [
    given(9, '{"trigger_rate":50}', { status: 'OPERATION_STATUS_FAILED' }),
    given(8, '{"trigger_rate":5}'),
    given(7, '{"trigger_rate":2,"production_vs_test":"PROD"}'),
    given(6, '{"disable_data_storage":true}', { runNumber: 4 }),
    given(10, ''),
  ];
  fake.picture = partition({ run: present });
  const told = async (line: string) => (await run(fakeWorld(fake.address), line)).out;
  expect(await told('status -o wide')).toContain('\nin use: production_vs_test=PROD, trigger_rate=50?\n');
  fake.operations = fake.operations.slice(1);
  expect(await told('status -o wide')).toContain('\nin use: production_vs_test=PROD, trigger_rate=5\n');
  expect(await told('status')).not.toContain('in use');
  fake.picture = partition({ run: { ...present, status: 'RUN_STATUS_CLEAN' } });
  expect(await told('status -o wide')).not.toContain('in use');
});

test('colour only on a terminal, without NO_COLOR and without --plain', async () => {
  await using fake = await startFake();
  const control = '\u001b[';
  expect((await run(fakeWorld(fake.address), 'status')).out).not.toContain(control);
  expect((await run(fakeWorld(fake.address, { terminal: true }), 'status')).out).toContain(control);
  expect((await run(fakeWorld(fake.address, { terminal: true }), 'status --plain')).out).not.toContain(
    control,
  );
  const environment = { NO_COLOR: '1' };
  const uncoloured = await run(fakeWorld(fake.address, { terminal: true, environment }), 'status');
  expect(uncoloured.out).not.toContain(control);
});

test('watch without a terminal tells one line per change', async () => {
  await using fake = await startFake();
  const world = fakeWorld(fake.address);
  const watching = runBaton(['watch'], world);
  await fake.watched();
  fake.tell({ target: target('readout-1', { doing: 'disable_triggers' }) });
  fake.tell({ target: target('readout-1', { doing: 'disable_triggers', sinceMs: 5 }) });
  fake.tell({ target: target('readout-1', { state: 'ready' }) });
  fake.tell({ target: target('readout-2', { connected: false, state: '' }) });
  fake.tell({ operation: operation({ number: 5 }) });
  const { operation: _left, ...rest } = partition({ state: 'mixed', targets: [] });
  fake.tell({ partition: rest });
  await world.out.shows('mini is mixed');
  world.interrupt();
  expect(await watching).toBe(130);
  await expect(world.out.text()).toMatchFileSnapshot('../testdata/cli/watch.txt');
});

test('watch on a terminal draws the table anew', async () => {
  await using fake = await startFake();
  const world = fakeWorld(fake.address, { terminal: true });
  const watching = runBaton(['watch'], world);
  await world.out.shows('readout-1  ● running');
  fake.tell({ target: target('readout-1', { doing: 'disable_triggers' }) });
  await world.out.shows('readout-1  ◐ running   14 s  disable_triggers');
  world.interrupt();
  expect(await watching).toBe(130);
  expect(world.out.text()).toBe('');
});

test('watch --plain moves nothing on a terminal and colours nothing', async () => {
  await using fake = await startFake();
  const world = fakeWorld(fake.address, { terminal: true });
  const watching = runBaton(['watch', '--plain'], world);
  await fake.watched();
  fake.tell({ target: target('readout-1', { state: 'ready' }) });
  await world.out.shows('readout-1 running → ready');
  world.interrupt();
  expect(await watching).toBe(130);
  expect(world.out.drawing()).toBe('');
  expect(world.out.text()).not.toContain('\u001b');
});

test.each([
  'status',
  'operations',
  'operations 4',
  'runs',
  'plan start_run',
  'send start_run',
  'send start_run --no-wait',
  'goto running',
  'cancel',
  'recover',
  'version',
  'wait --for operation=4',
  'machine list',
  'machine draw occ',
  'schema',
])('baton %s -o json writes JSON to standard output, and nothing else', async (line) => {
  await using fake = await startFake();
  fake.operations = [operation()];
  fake.picture = partition({ operation: operation() });
  const world = fakeWorld(fake.address, { terminal: true });
  const sleep = async () => new Promise<void>((resolve) => world.onInterrupt(resolve));
  const { code, out } = await run(line.startsWith('wait') ? { ...world, sleep } : world, `${line} -o json`);
  expect(code).toBe(0);
  expect(() => JSON.parse(out)).not.toThrow();
  expect(world.out.drawing()).toBe('');
});

test('watch as JSON is one message per line', async () => {
  await using fake = await startFake();
  const world = fakeWorld(fake.address);
  const watching = runBaton(['watch', '-o', 'json'], world);
  await fake.watched();
  fake.tell({ target: target('readout-1') });
  await world.out.shows('"target":{');
  world.interrupt();
  await watching;
  const lines = world.out.text().trimEnd().split('\n');
  expect(lines.map((line) => Object.keys(JSON.parse(line)).sort())).toEqual([
    ['change', 'revision', 'snapshot'],
    ['change', 'revision', 'target'],
  ]);
});

test('operations and runs are listed, one is shown by number or id', async () => {
  await using fake = await startFake();
  fake.operations = [operation()];
  fake.runs = [
    { number: 5, status: 'RUN_STATUS_CLEAN', cause: '', startedAtMs: WALL_MS - 9_000, endedAtMs: WALL_MS },
  ];
  expect((await run(fakeWorld(fake.address), 'operations')).out).toContain('sequence start_run  done');
  expect((await run(fakeWorld(fake.address), 'operations 4')).out).toContain('readout-0..3');
  expect((await run(fakeWorld(fake.address), 'operations op-00c0ffee00c0ffee')).code).toBe(0);
  expect((await run(fakeWorld(fake.address), 'runs')).out).toContain('clean');
  const unknown = await run(fakeWorld(fake.address), 'operations 77');
  expect(unknown).toMatchObject({ code: 3, out: '' });
  expect(unknown.err).toContain('next: see which there are with: baton operations');
});

test('plan tells the waves and sends nothing', async () => {
  await using fake = await startFake();
  const { code, out } = await run(fakeWorld(fake.address), 'plan goto running trigger_rate=3');
  expect(code).toBe(0);
  expect(out).toContain('enable_triggers     1  writer-0 builder-0..1 readout-0..3  ready → running');
  expect(fake.planned).toMatchObject([{ command: { goTo: 'running' } }]);
  expect(fake.submitted).toEqual([]);
});

test('a plan of what all take is for no targets alone', async () => {
  await using fake = await startFake();
  const { code, err } = await run(fakeWorld(fake.address), 'plan start_run --target readout-0');
  expect(code).toBe(2);
  expect(err).toContain('all targets take start_run: --target is for goto alone');
});

test('cancel follows until the operation has ended, whichever way', async () => {
  await using fake = await startFake();
  const open = operation({ status: 'OPERATION_STATUS_OPEN', finishedAtMs: 0 });
  fake.picture = partition({ operation: open });
  const world = fakeWorld(fake.address);
  const cancelling = runBaton(['cancel'], world);
  await fake.watched();
  fake.tell({ operation: operation({ status: 'OPERATION_STATUS_CANCELLED', cause: 'an operator asked' }) });
  expect(await cancelling).toBe(0);
  expect(world.out.text()).toContain('sequence start_run cancelled: an operator asked');
  // By name: asked again, it must not hit whatever is open then.
  expect(fake.cancelled).toEqual([{ operationId: open.id, partition: '' }]);
});

test('the machines are listed, drawn and checked without a coordinator', async () => {
  const world = () => fakeWorld('127.0.0.1:1');
  expect((await run(world(), 'machine list')).out).toContain('dune');
  expect((await run(world(), 'machine draw dune')).out).toContain('stateDiagram-v2');
  expect((await run(world(), 'machine draw dnue')).err).toContain('did you mean "dune"?');
  expect(JSON.parse((await run(world(), 'schema')).out)).toMatchObject({ title: 'Partition' });
  const directory = mkdtempSync(join(tmpdir(), 'baton-cli-'));
  try {
    const bad = join(directory, 'bad.yaml');
    writeFileSync(bad, 'name: x\ninitial: nowhere\nstates: [{name: a, readdy: true}]\ntransitions: 7\n');
    const { code, err } = await run(world(), `machine check ${bad}`);
    expect(code).toBe(2);
    expect(err).toContain('did you mean "ready"?');
    expect(err).toContain('transitions');
    const good = join(directory, 'good.yaml');
    writeFileSync(
      good,
      'apiVersion: baton.dev/v1alpha1\nkind: Partition\nmetadata: {name: p}\n' +
        'spec: {machine: minimal, segments: [{name: a, members: 3, adapter: {port: 7000}}]}\n',
    );
    const checked = await run(world(), `machine check ${good}`);
    expect(checked.out).toContain('partition p with machine minimal, 1 segment, 3 targets');
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('version tells the client, and the server when one answers', async () => {
  await using fake = await startFake();
  expect((await run(fakeWorld(fake.address), 'version')).out).toContain('partition mini, machine dune');
  const alone = await run(fakeWorld('127.0.0.1:1'), 'version');
  expect(alone).toMatchObject({ code: 0 });
  expect(alone.out).toContain('none answers at 127.0.0.1:1');
});

test('the program runs under the packaged node from any node, also through a link', () => {
  const program = join(import.meta.dirname, '../../coordinator/cli/baton.js');
  const told = execFileSync(process.execPath, [program, '--version'], { encoding: 'utf8' });
  expect(told).toMatch(/^\d+\.\d+\.\d+\n$/);
});
