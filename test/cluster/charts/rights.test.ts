import { expect, test } from 'vitest';
import { rightsIn, rightsOf } from '../rights.ts';
import { render } from './helm.ts';

test('the rights of a chart are those of all its roles', async () => {
  const rights = rightsOf(await render('baton'));
  expect(rights).toContain('patch baton.dev/partitions/status');
  expect(rights).toContain('watch nodes');
  expect(rights).not.toContain('delete nodes');
});

const OURS = 'system:serviceaccount:physics:baton';

function line(verb: string, resource: string, more: object = {}): string {
  return JSON.stringify({
    stage: 'ResponseComplete',
    verb,
    requestURI: '/',
    requestReceivedTimestamp: '2026-01-01T00:00:10.000000Z',
    user: { username: OURS },
    objectRef: { resource },
    responseStatus: { code: 200 },
    ...more,
  });
}

test('what a user did is told from what others did, what was before, and what was refused', () => {
  const log = [
    line('list', 'pods'),
    line('patch', 'runs', {
      objectRef: { resource: 'runs', apiGroup: 'baton.dev' },
      responseStatus: { code: 201 },
    }),
    line('patch', 'partitions', {
      objectRef: { resource: 'partitions', apiGroup: 'baton.dev', subresource: 'status' },
    }),
    line('delete', 'nodes', { annotations: { 'authorization.k8s.io/decision': 'forbid' } }),
    line('watch', 'secrets', { user: { username: 'system:admin', on_behalf: OURS } }),
    line('get', 'leases', { requestReceivedTimestamp: '2026-01-01T00:00:01.000000Z' }),
    line('get', 'healthz', { objectRef: undefined }),
  ];
  const { rights, refused } = rightsIn(log, 'baton', Date.parse('2026-01-01T00:00:05Z'));
  expect([...rights].sort()).toEqual([
    'create baton.dev/runs',
    'list pods',
    'patch baton.dev/partitions/status',
    'patch baton.dev/runs',
  ]);
  expect([...refused]).toEqual(['delete nodes']);
});
