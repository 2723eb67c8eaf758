// Small changes to valid specimens: most of what comes out is nearly right, which is where parsers err.

import type { Dice } from './dice.ts';

const CHANGES_MAX = 4;

/** Values that programs tend to trip over. */
const ODD: readonly unknown[] = [
  ...[null, true, '', 0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, [], {}, [[]], 'a'.repeat(5_000)],
  ...['__proto__', 'constructor', 'toString', 'NaN', '\u0000', '\ud800', '😀', '../..', '1e9', '30s', '-1s'],
];

const TOKENS = [
  ...[
    '\n',
    '\t',
    ': ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '&a ',
    '*a',
    '|',
    '>',
    '!!',
    '---\n',
    'null',
    '#',
  ],
  ...[
    '\u0000',
    '\u00a0',
    '\ufeff',
    '\r',
    '😀',
    '%',
    '@',
    '`',
    '?',
    '<<: ',
    '0x1F',
    '.inf',
    '2026-01-01',
    '~',
  ],
];

/** A text with some characters, words or lines changed. */
export function mutateText(dice: Dice, text: string): string {
  return repeatedly(dice, text, (before) => {
    const at = dice.below(before.length + 1);
    switch (dice.below(4)) {
      case 0:
        return before.slice(0, at) + before.slice(at + 1 + dice.below(20));
      case 1:
        return before.slice(0, at) + dice.pick(TOKENS) + before.slice(at);
      case 2:
        return mutateLines(dice, before);
      default:
        return before.slice(0, at) + String(dice.pick(ODD)) + before.slice(at + dice.below(8));
    }
  });
}

function mutateLines(dice: Dice, text: string): string {
  const lines = text.split('\n');
  const [from, to] = [dice.below(lines.length), dice.below(lines.length)];
  const line = lines[from] ?? '';
  switch (dice.below(3)) {
    case 0:
      lines.splice(from, 1);
      break;
    case 1:
      lines.splice(to, 0, line);
      break;
    default:
      lines[from] = ' '.repeat(dice.below(5)) + line.trimStart();
  }
  return lines.join('\n');
}

/** Bytes with some flipped, cut, repeated or put in. */
export function mutateBytes(dice: Dice, bytes: Buffer): Buffer {
  return repeatedly(dice, bytes, (before) => {
    const at = dice.below(before.length + 1);
    switch (dice.below(4)) {
      case 0:
        return before.subarray(0, at);
      case 1:
        return Buffer.concat([before.subarray(0, at), Buffer.from([dice.below(256)]), before.subarray(at)]);
      case 2:
        return Buffer.concat([before.subarray(0, at), before.subarray(dice.below(at + 1))]);
      default: {
        const changed = Buffer.from(before);
        if (at < changed.length) changed[at] = dice.below(256);
        return changed;
      }
    }
  });
}

/** A JSON value with some parts removed, doubled, exchanged or odd. */
export function mutateValue(dice: Dice, value: unknown): unknown {
  return repeatedly(dice, value, (before) => mutatePart(dice, before));
}

function mutatePart(dice: Dice, value: unknown): unknown {
  // Deeper more often than not: the outermost parts are few.
  if (typeof value !== 'object' || value === null || dice.chance(0.1)) return oddOrNear(dice, value);
  if (Array.isArray(value)) return mutateArray(dice, value);
  const entries = Object.entries(value);
  if (entries.length === 0) return { [String(dice.pick(ODD))]: dice.pick(ODD) };
  const at = dice.below(entries.length);
  const [key, held] = entries[at] ?? ['', undefined];
  switch (dice.below(8)) {
    case 0:
      return Object.fromEntries(entries.toSpliced(at, 1));
    case 1:
      return Object.fromEntries([...entries, [String(dice.pick(ODD)), held]]);
    case 2:
      return Object.fromEntries([...entries.toSpliced(at, 1), [`${key}s`, held]]);
    default:
      return Object.fromEntries(entries.toSpliced(at, 1, [key, mutatePart(dice, held)]));
  }
}

function mutateArray(dice: Dice, values: readonly unknown[]): unknown {
  if (values.length === 0) return [dice.pick(ODD)];
  const at = dice.below(values.length);
  switch (dice.below(6)) {
    case 0:
      return values.toSpliced(at, 1);
    case 1:
      return values.toSpliced(dice.below(values.length), 0, values[at]);
    case 2:
      return values.toReversed();
    default:
      return values.toSpliced(at, 1, mutatePart(dice, values[at]));
  }
}

function oddOrNear(dice: Dice, value: unknown): unknown {
  if (typeof value === 'number' && dice.chance(0.5)) return value + dice.pick([-1, 1, 0.5, 256, -value]);
  if (typeof value === 'boolean' && dice.chance(0.5)) return !value;
  if (typeof value === 'string' && dice.chance(0.5)) return mutateText(dice, value);
  return dice.pick(ODD);
}

function repeatedly<T>(dice: Dice, value: T, change: (before: T) => T): T {
  let changed = value;
  for (let changes = dice.below(CHANGES_MAX); changes >= 0; changes -= 1) changed = change(changed);
  return changed;
}
