import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { placesTrouble, readPlaces, watchPlacesFile } from '../../coordinator/fleet/discovery.ts';
import type { Problem } from '../../protos/failure/trouble.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { condition } from '../sidecar/condition.ts';

const PLACE = { address: '127.0.0.1:4000', podUid: 'pod-0' };

function replace(path: string, content: unknown): void {
  writeFileSync(`${path}.new`, typeof content === 'string' ? content : JSON.stringify(content));
  renameSync(`${path}.new`, path);
}

/** Follows the file and counts what it tells. */
function follow(path: string) {
  const told: (readonly Problem[])[] = [];
  const discovery = watchPlacesFile(path, (problems) => told.push(problems));
  let changes = 0;
  discovery.onChange(() => {
    changes += 1;
  });
  return { discovery, told, changes: () => changes, [Symbol.dispose]: () => discovery[Symbol.dispose]() };
}

test('a file that comes, changes and goes is followed', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('targets.json');
  using followed = follow(path);
  expect(followed.discovery.places().size).toBe(0);
  replace(path, { 'readout-0': PLACE });
  await condition('it came', () => followed.discovery.places().get('readout-0')?.address === PLACE.address);
  replace(path, { 'readout-0': { ...PLACE, address: '[::1]:4001' } });
  await condition('it changed', () => followed.discovery.places().get('readout-0')?.address === '[::1]:4001');
  rmSync(path);
  await condition('it went', () => followed.discovery.places().size === 0);
  expect(followed.told).toEqual([]);
});

test('the poll finds a change that the file system does not tell', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('not/yet/there.json');
  using followed = follow(path);
  mkdirSync(directory.file('not/yet'), { recursive: true });
  replace(path, { 'readout-0': PLACE });
  await condition('the poll found it', () => followed.discovery.places().size === 1);
});

test('a malformed file keeps the last good places and is told once, with every problem', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('targets.json');
  replace(path, { 'readout-0': PLACE });
  using followed = follow(path);
  replace(path, {
    'readout-0': { address: 'localhost:x', podUid: '' },
    'readout-1': { address: '127.0.0.1:0' },
  });
  await condition('it was told', () => followed.told.length > 0);
  expect(followed.discovery.places().get('readout-0')).toEqual(PLACE);
  expect(followed.changes()).toBe(0);
  const words = placesTrouble(followed.told[0] ?? []);
  expect(words).toContain(
    `${path} readout-0.address: want an IP address and a port, e.g. 127.0.0.1:4000, got "localhost:x"`,
  );
  expect(words).toContain('readout-0.podUid');
  expect(words).toContain('readout-1.address');
  expect(words).toContain('readout-1.podUid');
  replace(path, { 'readout-0': { ...PLACE, podUid: 'pod-1' } });
  await condition('it is good again', () => followed.discovery.places().get('readout-0')?.podUid === 'pod-1');
  expect(followed.told.length).toBe(1);
});

test.each([
  ['not JSON', '{"readout-0": '],
  ['a list', '[]'],
  ['a place with more', '{"readout-0": {"address": "127.0.0.1:1", "podUid": "p", "port": 1}}'],
  ['a directory', undefined],
])('%s is a problem and no crash', (_, text) => {
  using directory = temporaryDirectory();
  const path = directory.file('targets.json');
  if (text === undefined) mkdirSync(path);
  else writeFileSync(path, text);
  const { places, problems } = readPlaces(path);
  expect(places.size).toBe(0);
  expect(problems.length).toBe(1);
  expect(placesTrouble(problems)).toContain(path);
});
