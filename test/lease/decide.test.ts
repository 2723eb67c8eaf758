import { expect, test } from 'vitest';
import { decideLease, type LeaseDecision } from '../../coordinator/lease/decide.ts';
import { isSameRenewal, type LeaseRecord, leaseBody, parseLease } from '../../coordinator/lease/record.ts';

const RECORD: LeaseRecord = {
  holder: 'pod-0/10.0.0.1:7400/life',
  durationMs: 5_000,
  renewedAt: '2026-11-21T12:00:00.000000Z',
  acquiredAt: '2026-11-21T11:00:00.000000Z',
  transitions: 3,
  version: '17',
  metadata: { resourceVersion: '17', labels: { team: 'daq' } },
};

const held = (untilMs: number): LeaseDecision => ({ kind: 'wait', holder: RECORD.holder, untilMs });

test.each<[string, LeaseRecord | undefined, number, LeaseDecision]>([
  ['there is none', undefined, 0, { kind: 'create' }],
  ['nobody holds it', { ...RECORD, holder: '' }, 0, { kind: 'take' }],
  ['it is ours', { ...RECORD, holder: 'me' }, 0, { kind: 'renew' }],
  ['it is ours, and was not renewed for long', { ...RECORD, holder: 'me' }, 60_000, { kind: 'renew' }],
  ['just renewed', RECORD, 0, held(6_000)],
  ['its last millisecond', RECORD, 4_999, held(6_000)],
  ['expired', RECORD, 5_000, { kind: 'take' }],
  ['by the duration of the record, not ours', { ...RECORD, durationMs: 60_000 }, 5_000, held(61_000)],
  // The clocks of others may be any.
  ['renewed in the future', { ...RECORD, renewedAt: '2099-01-01T00:00:00.000000Z' }, 5_000, { kind: 'take' }],
  ['renewed in the past', { ...RECORD, renewedAt: '1999-01-01T00:00:00.000000Z' }, 0, held(6_000)],
])('%s', (_, record, silentMs, decision) => {
  const seen = { identity: 'me', sinceMs: 1_000, nowMs: 1_000 + silentMs };
  expect(decideLease(record, seen)).toEqual(decision);
});

test.each<[string, LeaseRecord, number, LeaseDecision]>([
  ['its holder may not know yet', RECORD, 4_999, held(6_000)],
  ['its holder has had its time', RECORD, 5_000, { kind: 'create' }],
  ['nobody held it', { ...RECORD, holder: '' }, 0, { kind: 'create' }],
  ['it was ours', { ...RECORD, holder: 'me' }, 0, { kind: 'create' }],
])('deleted: %s', (_, gone, silentMs, decision) => {
  const seen = { identity: 'me', sinceMs: 1_000, nowMs: 1_000 + silentMs, gone };
  expect(decideLease(undefined, seen)).toEqual(decision);
});

test('another label is no renewal', () => {
  expect(isSameRenewal(RECORD, { ...RECORD, version: '18', metadata: {} })).toBe(true);
  expect(isSameRenewal(RECORD, { ...RECORD, renewedAt: 'later' })).toBe(false);
  expect(isSameRenewal(RECORD, { ...RECORD, holder: '' })).toBe(false);
  expect(isSameRenewal(RECORD, undefined)).toBe(false);
});

const written = (before: LeaseRecord | undefined, holder: string) =>
  leaseBody({ name: 'baton', before, holder, durationMs: 5_000, nowMs: Date.UTC(2026, 10, 21, 13, 0, 0, 7) });

const NOW = '2026-11-21T13:00:00.007000Z';

test('a renewal keeps when it was acquired; who takes it counts one more; what others put there stays', () => {
  expect(written(RECORD, RECORD.holder)).toMatchObject({
    metadata: { name: 'baton', resourceVersion: '17', labels: { team: 'daq' } },
    spec: { acquireTime: RECORD.acquiredAt, renewTime: NOW, leaseTransitions: 3, leaseDurationSeconds: 5 },
  });
  expect(written(RECORD, 'me')).toMatchObject({
    spec: { holderIdentity: 'me', acquireTime: NOW, leaseTransitions: 4 },
  });
  expect(written(undefined, 'me')).toMatchObject({ spec: { holderIdentity: 'me', leaseTransitions: 0 } });
});

test('given back it has no holder', () => {
  const body = written(RECORD, '');
  expect(body).not.toHaveProperty('spec.holderIdentity');
  expect(parseLease(body)?.holder).toBe('');
});

test('what says nothing is held by nobody', () => {
  expect(parseLease({ metadata: { resourceVersion: '1' }, spec: { leaseDurationSeconds: 5 } })?.holder).toBe(
    '',
  );
  expect(parseLease({ metadata: { resourceVersion: '1' } })?.durationMs).toBe(15_000);
  expect(parseLease('nonsense')).toBeUndefined();
});
