import { expect, test } from 'vitest';
import { causeOf, HEAD_BYTES_MAX, Head, TAIL_BYTES_MAX, Tail } from '../../../sidecar/process/exec/output.ts';

test('of what is printed the beginning or the end is kept, however it comes', () => {
  const [head, tail] = [new Head(), new Tail()];
  const text = Array.from({ length: 3_000 }, (_, n) => `${n} `).join('');
  for (let at = 0; at < text.length; at += 1_000) {
    const chunk = Buffer.from(text.slice(at, at + 1_000));
    head.push(chunk);
    tail.push(chunk);
  }
  expect(head.text()).toBe(text.slice(0, HEAD_BYTES_MAX));
  expect(tail.text()).toBe(text.slice(-TAIL_BYTES_MAX));
});

test('a character that lost its beginning is left out', () => {
  const tail = new Tail();
  tail.push(Buffer.from(`€${'x'.repeat(TAIL_BYTES_MAX - 1)}`));
  expect(tail.text()).toBe('x'.repeat(TAIL_BYTES_MAX - 1));
});

test('a cause has its end in sight, and at most 500 characters', () => {
  const exit = { kind: 'code', code: 2 } as const;
  expect(causeOf(exit, '')).toBe('ended with exit code 2');
  expect(causeOf(exit, ' no\n beam \n')).toBe('ended with exit code 2: no beam');
  const cause = causeOf(exit, `${'x'.repeat(600)} beam`);
  expect(cause).toHaveLength(500);
  expect(cause).toMatch(/^ended with exit code 2: …x+ beam$/);
});
