import { expect, test } from 'vitest';
import { holderOf, identityOf } from '../../../coordinator/cluster/leader/identity.ts';
import { noLeader } from '../../../coordinator/cluster/leader/noLeader.ts';

const POD = { namespace: 'daq', name: 'baton-1', uid: 'u' };
const OTHER = { ...POD, name: 'baton-0' };
const IDENTITY = identityOf(POD, '10.88.1.2:7400', 'ab12');

test('a holder of the Lease tells its pod and where it listens; a stranger only its name', () => {
  expect(holderOf(IDENTITY)).toEqual({ pod: 'baton-1', address: '10.88.1.2:7400', isStranger: false });
  expect(holderOf('somebody_else')).toEqual({ pod: 'somebody_else', address: '', isStranger: true });
});

test('a standby says who leads, and where', () => {
  const { code, message, facts } = noLeader(IDENTITY, OTHER);
  expect([code, message]).toEqual([
    'NO_LEADER',
    'this coordinator stands by: baton-1 at 10.88.1.2:7400 leads',
  ]);
  expect(facts).toEqual({ pod: 'baton-1', leader: '10.88.1.2:7400' });
  // Its own life before, which has not expired yet, leads nobody.
  for (const holder of [undefined, identityOf(OTHER, '10.88.1.3:7400', 'cd34')])
    expect(noLeader(holder, OTHER).message).toBe('this coordinator stands by: nobody leads yet');
});

test('a stranger who holds the Lease is named, with what to do', () => {
  const { code, message } = noLeader('another program', OTHER);
  expect(code).toBe('NO_LEADER');
  expect(message).toContain('held by "another program", which is no coordinator of Baton, so nobody leads');
  expect(message).toContain('kubectl delete lease baton-coordinator');
});
