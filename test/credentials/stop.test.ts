import { expect, test } from 'vitest';
import { newAuthority } from './authority.ts';
import { filesOf, issue } from './folder.ts';
import { dialSidecar, identity, sidecarServer } from './rig.ts';

const root = newAuthority('root');

test('a stop lets a call end that has begun, over TLS too', async () => {
  using own = identity('sidecar', filesOf(issue(root, 'sidecar'), [root]));
  using operator = identity('operator', filesOf(issue(root, 'operator'), [root]));
  const began = Promise.withResolvers<void>();
  const may = Promise.withResolvers<void>();
  const server = await sidecarServer(own.store, undefined, () => {
    began.resolve();
    return may.promise;
  });
  using client = dialSidecar(server.address, operator.store);
  const described = client.describe();
  await began.promise;
  const stopped = server[Symbol.asyncDispose]();
  may.resolve();
  expect(await described).toBe('m');
  await stopped;
});
