// The label that the Service follows: it is moved so that somebody always has it.

import { expect, test } from 'vitest';
import { takeLabel } from '../../../coordinator/cluster/leader/label.ts';
import { LEADER_LABEL } from '../../../coordinator/cluster/names.ts';

/** Moves the label to `a` from those that have it; tells who has it after each write. */
async function steps(labelled: readonly string[]): Promise<readonly (readonly string[])[]> {
  const having = new Set(labelled);
  const seen: (readonly string[])[] = [];
  await takeLabel(
    {
      list: async () => ({ items: [...having].map((name) => ({ metadata: { name } })) }),
      patch: async (_, { name = '' }, { body }) => {
        if (JSON.stringify(body) === JSON.stringify({ metadata: { labels: { [LEADER_LABEL]: 'true' } } }))
          having.add(name);
        else having.delete(name);
        seen.push([...having].toSorted());
      },
    },
    { namespace: 'n', name: 'a', uid: 'u' },
  );
  return seen;
}

test('it is put on the new leader before it is taken off the old one', async () => {
  expect(await steps(['b'])).toEqual([['a', 'b'], ['a']]);
  expect(await steps(['b', 'c'])).toEqual([['a', 'b', 'c'], ['a', 'c'], ['a']]);
});

test('nobody has it, or only the new leader: one write, or none', async () => {
  expect(await steps([])).toEqual([['a']]);
  expect(await steps(['a'])).toEqual([]);
});
