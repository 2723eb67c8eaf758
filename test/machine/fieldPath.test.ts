import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathText, splitPath } from '../../protos/machine/fieldPath.ts';

test.each([
  [['spec', 'segments', 0, 'name'], 'spec.segments[0].name'],
  [['environment', 'A.B'], 'environment["A.B"]'],
  [[3], '[3]'],
  [[], ''],
  [['', 'a"b'], '[""]["a\\"b"]'],
] as const)('%o is written %s', (path, text) => {
  expect(pathText(path)).toBe(text);
});

test('what is written is read back', () => {
  const part = fc.oneof(fc.nat(99), fc.string(), fc.constantFrom('7', '0'));
  fc.assert(
    fc.property(fc.array(part), (path) => {
      expect(splitPath(pathText(path))).toEqual(path);
    }),
  );
});
