import { expect, test } from 'vitest';
import { partitionHead } from '../../coordinator/api/view.ts';
import { SENTENCE_CHARACTERS_MAX } from '../../protos/sentence.ts';
import { coreOf, partitionOf } from './cluster/fleet.ts';

test('notices are told with the partition, eight at most and none too long', () => {
  const core = coreOf(partitionOf('readout 1'));
  expect(partitionHead(core, {}).notices).toEqual([]);
  const many = Array.from({ length: 20 }, (_, i) => `${i} ${'x'.repeat(2_000)}`);
  const { notices } = partitionHead(core, { notices: () => many });
  expect(notices).toHaveLength(8);
  expect(notices?.every((notice) => notice.length === SENTENCE_CHARACTERS_MAX)).toBe(true);
});
