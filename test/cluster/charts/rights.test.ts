import { expect, test } from 'vitest';
import type { Asked } from '../audit.ts';
import { rightsOf, rightsUsed } from '../rights.ts';
import { RELEASE, render } from './helm.ts';

test('the rights of an account are those of all roles that are bound to it', async () => {
  const rights = rightsOf(await render('baton'), `${RELEASE}-baton`);
  expect(rights).toContain('patch baton.dev/partitions/status');
  expect(rights).toContain('watch nodes');
  expect(rights).not.toContain('delete nodes');
  // That is for callers.
  expect(rights).not.toContain('force baton.dev/partitions/control');
});

function asked(verb: string, resource: string, more: Partial<Asked> = {}): Asked {
  const user = 'system:serviceaccount:physics:baton';
  return {
    verb,
    user,
    group: '',
    resource,
    subresource: '',
    namespace: 'physics',
    name: '',
    status: 200,
    ...more,
  };
}

test('what an account did is told from what others did and from what was refused', () => {
  const { rights, refused } = rightsUsed(
    [
      asked('list', 'pods'),
      asked('patch', 'runs', { group: 'baton.dev', status: 201 }),
      asked('patch', 'partitions', { group: 'baton.dev', subresource: 'status' }),
      asked('delete', 'nodes', { status: 403 }),
      asked('watch', 'secrets', { user: 'system:serviceaccount:physics:other' }),
      asked('update', 'secrets', { user: 'system:node:physics:baton' }),
      // A path that is no resource, such as /version.
      asked('get', ''),
    ],
    'baton',
  );
  expect([...rights].sort()).toEqual([
    'create baton.dev/runs',
    'list pods',
    'patch baton.dev/partitions/status',
    'patch baton.dev/runs',
  ]);
  expect([...refused]).toEqual(['delete nodes']);
});
