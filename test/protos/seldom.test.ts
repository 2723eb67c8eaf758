import { expect, test } from 'vitest';
import { SELDOM_MS, seldom } from '../../protos/seldom.ts';

test('a line now and then stands for all that were not told', () => {
  let nowMs = 5;
  const told: string[] = [];
  const now = seldom(() => nowMs);
  const call = () => now((untold) => told.push(`${nowMs}: ${untold}`));
  for (let calls = 0; calls < 4; calls += 1) call();
  nowMs += SELDOM_MS - 1;
  call();
  nowMs += 1;
  call();
  expect(told).toEqual(['5: 0', `${5 + SELDOM_MS}: 4`]);
});
