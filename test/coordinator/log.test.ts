import { expect, test } from 'vitest';
import { GATHERED_MAX, gatherLines } from '../../coordinator/log.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('the lines of one turn are written at once, in their order, when it ends', async () => {
  const written: string[] = [];
  const lines = gatherLines((text) => written.push(text));
  lines.write('one\n');
  lines.write('two\n');
  expect(written).toEqual([]);
  await turn();
  expect(written).toEqual(['one\ntwo\n']);
  lines.write('three\n');
  await turn();
  await turn();
  expect(written).toEqual(['one\ntwo\n', 'three\n']);
});

test('a process that ends writes what is left, and nothing twice', async () => {
  const written: string[] = [];
  const lines = gatherLines((text) => written.push(text));
  lines.write('last\n');
  lines.flushSync();
  expect(written).toEqual(['last\n']);
  lines.flushSync();
  await turn();
  expect(written).toEqual(['last\n']);
});

test('more than GATHERED_MAX characters do not wait', () => {
  const written: string[] = [];
  const lines = gatherLines((text) => written.push(text));
  const line = 'x'.repeat(GATHERED_MAX);
  lines.write(line);
  expect(written).toEqual([]);
  lines.write('\n');
  expect(written).toEqual([`${line}\n`]);
});
