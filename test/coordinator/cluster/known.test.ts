import { expect, test } from 'vitest';
import { Known, OBJECTS_MAX } from '../../../coordinator/cluster/client/known.ts';

type Life = { readonly uid: string; readonly resourceVersion: string; readonly phase?: string };

const pod = (name: string, { uid, resourceVersion, phase }: Life) => ({
  metadata: { name, namespace: 'daq', uid, resourceVersion, managedFields: ['a lot'] },
  status: { phase },
});

/** Knows the phase of pods, and counts how often it looks at one. */
function knownPhases() {
  const looks: string[] = [];
  const known = new Known<{ readonly phase: string }>((object) => {
    const { metadata, status } = object as ReturnType<typeof pod>;
    looks.push(`${metadata.name} ${metadata.resourceVersion}`);
    return status.phase === undefined ? undefined : { phase: status.phase };
  });
  return { known, looks };
}

test('one version is looked at once, and a picture that is the same stays the same value', () => {
  const { known, looks } = knownPhases();
  known.is(pod('a', { uid: 'u', resourceVersion: '1', phase: 'Running' }));
  const first = known.get('daq/a');
  expect(known.is(pod('a', { uid: 'u', resourceVersion: '1', phase: 'Running' }))).toEqual([]);
  expect(looks).toEqual(['a 1']);
  expect(known.is(pod('a', { uid: 'u', resourceVersion: '2', phase: 'Running' }))).toEqual([]);
  expect(known.get('daq/a')).toBe(first);
});

test('another object under the same name comes as an end and a beginning, though it looks the same', () => {
  const { known } = knownPhases();
  known.is(pod('a', { uid: 'u', resourceVersion: '1', phase: 'Running' }));
  const running = { phase: 'Running' };
  expect(known.is(pod('a', { uid: 'v', resourceVersion: '1', phase: 'Running' }))).toEqual([
    { key: 'daq/a', before: running, after: undefined },
    { key: 'daq/a', before: undefined, after: running },
  ]);
});

test('what becomes nothing to us is gone, and comes back as new', () => {
  const { known } = knownPhases();
  known.is(pod('a', { uid: 'u', resourceVersion: '1', phase: 'Running' }));
  expect(known.is(pod('a', { uid: 'u', resourceVersion: '2' }))).toEqual([
    { key: 'daq/a', before: { phase: 'Running' }, after: undefined },
  ]);
  expect([...known.all()]).toEqual([]);
  expect(known.is(pod('a', { uid: 'u', resourceVersion: '3', phase: 'Failed' }))).toEqual([
    { key: 'daq/a', before: undefined, after: { phase: 'Failed' } },
  ]);
  expect(known.gone(pod('never seen', { uid: 'u', resourceVersion: '1' }))).toEqual([]);
});

test('one object more than the limit is refused, and what is known stays', () => {
  const { known } = knownPhases();
  const life = { uid: 'u', resourceVersion: '1', phase: 'Running' };
  for (let index = 0; index < OBJECTS_MAX; index += 1) known.is(pod(`p${index}`, life));
  expect(() => known.is(pod('more', life))).toThrow(/more than 50000 objects; narrow the selector/);
  expect(known.get('daq/p0')).toEqual({ phase: 'Running' });
  expect(known.is(pod('p0', { ...life, resourceVersion: '2', phase: 'Failed' }))).toHaveLength(1);
});

test('what is no object is refused', () => {
  expect(() => knownPhases().known.is({ metadata: { name: 'half' } })).toThrow(/no full metadata/);
});
