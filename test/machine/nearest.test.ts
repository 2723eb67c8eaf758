import fc from 'fast-check';
import { expect, test } from 'vitest';
import { didYouMean, nearest } from '../../protos/machine/nearest.ts';

const KEYS = ['segments', 'members', 'minMembers', 'machine', 'order', 'stop'];

test.each([
  ['segmnets', 'segments'],
  ['segment', 'segments'],
  ['memebrs', 'members'],
  ['minmembers', 'minMembers'],
  ['oder', 'order'],
  ['stpo', 'stop'],
  ['stpx', undefined],
  ['x', undefined],
  ['', undefined],
  ['something', undefined],
] as const)('%s -> %s', (word, meant) => {
  expect(nearest(word, KEYS)).toBe(meant);
});

test('a word that is there is its own nearest, and one slip of the hand is forgiven', () => {
  const words = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 4, maxLength: 12 });
  fc.assert(
    fc.property(words, fc.nat(3), (word, at) => {
      expect(nearest(word, ['zzzz', word])).toBe(word);
      expect(nearest(word.slice(0, at) + word.slice(at + 1), [word])).toBe(word);
      expect(nearest(`${word.slice(0, at)}z${word.slice(at)}`, [word])).toBe(word);
      expect(nearest(`${word.slice(0, at)}z${word.slice(at + 1)}`, [word])).toBe(word);
      const swapped =
        word.slice(0, at) +
        word
          .slice(at, at + 2)
          .split('')
          .reverse()
          .join('') +
        word.slice(at + 2);
      expect(nearest(swapped, [word])).toBe(word);
    }),
  );
});

test('the question is asked only when there is something to ask', () => {
  expect(didYouMean('oder', KEYS)).toBe(' (did you mean "order"?)');
  expect(didYouMean('wxyz', KEYS)).toBe('');
});
