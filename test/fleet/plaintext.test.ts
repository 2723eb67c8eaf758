// Pods of before, which have no identity, beside those that have one.

import { expect, test } from 'vitest';
import type { Role } from '../../protos/credentials/names.ts';
import { obedientSidecar } from '../coordinator/obedient.ts';
import { newAuthority } from '../credentials/authority.ts';
import { filesOf, issue } from '../credentials/folder.ts';
import { identity } from '../credentials/rig.ts';
import { condition } from '../sidecar/condition.ts';
import { placeOf, rig } from './rig.ts';

const root = newAuthority('root');
const files = (role: Role) => filesOf(issue(root, role, { realm: 'physics' }), [root]);

test('one is reached in plaintext where somebody has said so, and nowhere else', async () => {
  using own = identity('coordinator', files('coordinator'), 'physics');
  await using before = await obedientSidecar('readout-0');
  await using unsaid = await obedientSidecar('readout-1');
  using all = rig({
    targets: ['readout-0', 'readout-1'],
    places: { 'readout-0': { ...placeOf(before), isPlaintext: true }, 'readout-1': placeOf(unsaid) },
    dialling: { kind: 'tls', store: own.store, realm: 'physics' },
  });
  await condition('both are answered', () => all.events.length >= 2);
  const told = all.events.map((event) => ('target' in event ? [event.type, event.target] : [event.type]));
  expect(told.toSorted()).toEqual([
    ['disconnected', 'readout-1'],
    ['welcome', 'readout-0'],
  ]);
  expect(JSON.stringify(all.events)).toContain('what answers speaks no TLS');
});

test('a pod that has an identity by now is dialled anew', async () => {
  using own = identity('coordinator', files('coordinator'), 'physics');
  await using before = await obedientSidecar('readout-0');
  using all = rig({
    places: { 'readout-0': { ...placeOf(before), isPlaintext: true } },
    dialling: { kind: 'tls', store: own.store, realm: 'physics' },
  });
  await all.until('welcome');
  all.move({ 'readout-0': { ...placeOf(before), podUid: 'the-next-pod' } });
  expect(
    await all.until('disconnected', (event) => 'cause' in event && /TLS/.test(String(event.cause))),
  ).toMatchObject({
    target: 'readout-0',
  });
});
