import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Line, LineReader } from '../../sidecar/process/lineReader.ts';

function read(chunks: readonly Buffer[], bytesMax?: number): readonly Line[] {
  const lines: Line[] = [];
  const reader = new LineReader((line) => lines.push(line), bytesMax);
  for (const chunk of chunks) reader.push(chunk);
  return lines;
}

test('however a text is cut into chunks, its lines are the same', () => {
  const text = fc.array(fc.string({ unit: 'binary' }).map((line) => line.replaceAll(/[\r\n]/g, ' ')));
  fc.assert(
    fc.property(text, fc.array(fc.nat(40)), (lines, sizes) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const ends = [...sizes, bytes.length]
        .map((size) => Math.min(size, bytes.length))
        .toSorted((a, b) => a - b);
      const chunks = ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
      expect(read(chunks).map((line) => line.text)).toEqual(lines);
    }),
  );
});

test('of a line that is too long its beginning is kept, and the next one is whole', () => {
  const chunks = ['abc', 'def', 'g\nhi', '\n12345\n123456\nhalf'].map((text) => Buffer.from(text));
  expect(read(chunks, 5)).toEqual([
    { text: 'abcde', cut: true },
    { text: 'hi', cut: false },
    { text: '12345', cut: false },
    { text: '12345', cut: true },
  ]);
});
