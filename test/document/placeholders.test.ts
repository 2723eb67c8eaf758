import { expect, test } from 'vitest';
import { fillPlaceholders, misspeltPlaceholders } from '../../coordinator/document/placeholders.ts';

const values = { partition: 'mini', segment: 'readout', ordinal: 3, port: 7_003 };

test.each([
  ['{partition}/{segment}-{ordinal}:{port}', 'mini/readout-3:7003'],
  ['{ordinal}{ordinal}', '33'],
  ['{"a": 1}', '{"a": 1}'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: text of a shell, not of JavaScript.
  ['${HOME}', '${HOME}'],
  ['{Port}', '{Port}'],
  ['', ''],
])('%s becomes %s', (text, filled) => {
  expect(fillPlaceholders(text, values)).toBe(filled);
});

test('a value is put in as it is, whatever it holds', () => {
  expect(fillPlaceholders('{segment}', { ...values, segment: '$&{port}' })).toBe('$&{port}');
});

test('only what was most likely meant as a placeholder is spoken of', () => {
  const told = [...misspeltPlaceholders(['x'], '{segmnet} {port} {json} {PORT} {a} {Ordinal}')];
  expect(told).toEqual([
    { path: ['x'], want: '{segment}', got: '{segmnet}' },
    { path: ['x'], want: '{port}', got: '{PORT}' },
    { path: ['x'], want: '{ordinal}', got: '{Ordinal}' },
  ]);
});
