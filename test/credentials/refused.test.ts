import { expect, test } from 'vitest';
import { NEWS_MAX, newsFilter, type Refused } from '../../protos/credentials/refused.ts';

const refused = (why: string, peer = '10.0.0.7'): Refused => ({ reason: 'certificate', peer, why });

test('the same refusal of the same peer is news once', () => {
  const isNews = newsFilter(() => 0);
  expect([refused('a'), refused('a'), refused('b'), refused('a', '10.0.0.8')].map(isNews)).toEqual([
    true,
    false,
    true,
    true,
  ]);
});

test('whoever shows another certificate each time is told only so often in a minute', () => {
  let nowMs = 0;
  const isNews = newsFilter(() => nowMs);
  const told = (count: number, from: string) =>
    Array.from({ length: count }, (_, at) => isNews(refused(`${from} ${at}`))).filter(Boolean).length;
  expect(told(NEWS_MAX + 10, 'first')).toBe(NEWS_MAX);
  nowMs = 59_999;
  expect(told(1, 'second')).toBe(0);
  nowMs = 60_000;
  expect(told(NEWS_MAX + 10, 'third')).toBe(NEWS_MAX);
  // By now the first ones are forgotten.
  for (let minute = 2; minute < 8; minute += 1) {
    nowMs = minute * 60_000;
    told(NEWS_MAX, `minute ${minute}`);
  }
  nowMs = 480_000;
  expect(isNews(refused('first 0'))).toBe(true);
});
