import { expect, test } from 'vitest';
import { newAuthority } from '../../../../coordinator/cluster/identity/certificate.ts';
import { RETIRED_MAX } from '../../../../coordinator/cluster/identity/decide.ts';
import {
  ask,
  authoritiesIn,
  DAY_MS,
  decided,
  emptySecret,
  freshSecrets,
  LIFE_MS,
  settle,
  take,
} from './world.ts';

test('from nothing: an authority first, then what each namespace shows', () => {
  const secrets = freshSecrets('physics', 'beam');
  expect(decided(secrets).steps).toEqual([{ type: 'found' }]);
  expect(settle(secrets)).toEqual(['found', 'issue', 'issue']);
  expect(decided(secrets)).toMatchObject({ steps: [], isLooking: false, troubles: [], waits: [] });
  expect(decided(secrets).againAtMs).toBeGreaterThan(secrets.nowMs + LIFE_MS / 2);
});

test('half written: only what is missing is issued', () => {
  const secrets = freshSecrets('physics', 'beam');
  settle(secrets);
  secrets.sidecars.set('beam', emptySecret());
  expect(decided(secrets).steps).toEqual([{ type: 'issue', namespace: 'beam', why: 'it has none yet' }]);
});

test('two thirds of its life on, a certificate is renewed', () => {
  const secrets = freshSecrets('physics');
  settle(secrets);
  const { againAtMs = 0 } = decided(secrets);
  secrets.nowMs = againAtMs - 1;
  expect(decided(secrets).steps).toEqual([]);
  secrets.nowMs = againAtMs;
  expect(decided(secrets).steps).toMatchObject([{ type: 'issue', why: 'two thirds of its life are over' }]);
  expect(settle(secrets)).toEqual(['issue']);
});

test('a change of the authority: trusted, then issuing once it was seen, then alone after the last end', () => {
  const secrets = freshSecrets('physics', 'beam');
  settle(secrets);
  const first = authoritiesIn(secrets).current.name;
  ask(secrets, 'today');
  expect(settle(secrets)).toEqual(['prepare', 'issue', 'issue']);
  expect(authoritiesIn(secrets)).toMatchObject({ current: { name: first }, retired: [] });
  expect(decided(secrets)).toMatchObject({ isLooking: true, steps: [], waits: [] });
  secrets.unseen = ['physics/mini-readout-0'];
  expect(decided(secrets)).toMatchObject({
    isLooking: true,
    steps: [],
    waits: ['the next authority issues once these sidecars trust it: physics/mini-readout-0'],
  });
  const next = authoritiesIn(secrets).next?.name;
  secrets.unseen = [];
  expect(settle(secrets)).toEqual(['promote', 'issue', 'issue']);
  const after = authoritiesIn(secrets);
  expect(after).toMatchObject({ current: { name: next }, next: undefined, retired: [{ name: first }] });
  expect(after.retired).toEqual([{ ...after.retired[0], untilMs: secrets.nowMs + LIFE_MS }]);
  secrets.nowMs += LIFE_MS - 1;
  // They are renewed meanwhile.
  expect(settle(secrets)).toEqual(['issue', 'issue']);
  secrets.nowMs += 1;
  expect(settle(secrets)).toEqual(['drop', 'issue', 'issue']);
  expect(authoritiesIn(secrets)).toMatchObject({ current: { name: next }, retired: [] });
  expect(settle(secrets)).toEqual([]);
});

test('the same word asks once; another one asks again, after the first', () => {
  const secrets = freshSecrets('physics');
  settle(secrets);
  ask(secrets, 'one');
  expect(settle(secrets)).toEqual(['prepare', 'issue']);
  ask(secrets, 'two');
  expect(settle(secrets)).toEqual([]);
  secrets.unseen = [];
  expect(settle(secrets)).toEqual(['promote', 'issue', 'prepare', 'issue']);
  secrets.unseen = [];
  expect(settle(secrets)).toEqual(['promote', 'issue']);
});

test('there is a limit to those that are trusted still; the next change waits for the end of one', () => {
  const secrets = freshSecrets('physics');
  settle(secrets);
  for (let word = 1; word <= RETIRED_MAX; word += 1) {
    ask(secrets, `${word}`);
    settle(secrets);
    secrets.unseen = [];
    settle(secrets);
    secrets.nowMs += 1_000;
  }
  expect(authoritiesIn(secrets).retired).toHaveLength(RETIRED_MAX);
  ask(secrets, 'one more');
  expect(settle(secrets)).toEqual([]);
  secrets.nowMs += LIFE_MS - RETIRED_MAX * 1_000;
  settle(secrets);
  expect(authoritiesIn(secrets).next).toBeDefined();
});

test('an authority of which two thirds are over is changed without being asked', () => {
  const secrets = freshSecrets('physics');
  settle(secrets);
  secrets.nowMs += 6 * 365 * DAY_MS;
  expect(settle(secrets)).not.toContain('prepare');
  secrets.nowMs += 365 * DAY_MS;
  expect(settle(secrets)).toContain('prepare');
});

test('a Secret that is not there is made by nobody here, and told; the others get theirs', () => {
  const secrets = freshSecrets('physics', 'beam');
  secrets.sidecars.set('beam', undefined);
  expect(settle(secrets)).toEqual(['found', 'issue']);
  expect(decided(secrets).troubles).toEqual([
    'namespace beam has no Secret for its sidecars: helm upgrade the coordinator, which makes it',
  ]);
  secrets.authority = undefined;
  expect(decided(secrets)).toMatchObject({
    steps: [],
    troubles: ['the Secret for the authority is not there: helm upgrade the coordinator, which makes it'],
  });
});

test('while a namespace cannot be read the others get theirs, and the authority stays as it is', () => {
  const secrets = freshSecrets('physics');
  secrets.isBlind = true;
  expect(settle(secrets)).toEqual(['found', 'issue']);
  ask(secrets, 'today');
  expect(settle(secrets)).toEqual([]);
  secrets.isBlind = false;
  expect(settle(secrets)).toEqual(['prepare', 'issue']);
  secrets.isBlind = true;
  secrets.unseen = [];
  expect(decided(secrets)).toMatchObject({ steps: [], isLooking: false });
});

test('what a hand has spoiled of a namespace is written anew; of the authority nothing is touched', () => {
  const secrets = freshSecrets('physics');
  settle(secrets);
  const good = secrets.sidecars.get('physics')?.texts ?? {};
  const stranger = newAuthority('x', { fromMs: secrets.nowMs - 1, toMs: secrets.nowMs + LIFE_MS });
  for (const spoiled of [
    { ...good, 'tls.key': stranger.key },
    { ...good, 'tls.crt': 'nothing' },
    { ...good, 'ca.crt': stranger.certificate },
    { ...good, 'ca.crt': `${good['ca.crt']}${stranger.certificate}` },
  ]) {
    secrets.sidecars.set('physics', { ...emptySecret(), texts: spoiled });
    expect(settle(secrets)).toEqual(['issue']);
  }
  const texts = secrets.authority?.texts ?? {};
  for (const [spoiled, why] of [
    [{ ...texts, 'tls.key': stranger.key }, 'tls.key: want the key of tls.crt, got another'],
    [{ ...texts, 'tls.key': '' }, 'tls.crt and tls.key: want an authority in PEM form'],
    [{ ...texts, 'next.crt': 'x' }, 'next.crt and next.key: want an authority in PEM form'],
    [{ ...texts, 'retired.json': '[{}]' }, 'retired.json: want a list of certificates'],
    [{ ...texts, 'tls.crt': good['tls.crt'] ?? '' }, 'tls.crt: want the certificate of an authority'],
  ] as const) {
    secrets.authority = { ...emptySecret(), texts: spoiled };
    const { steps, troubles } = decided(secrets);
    expect({ steps, troubles }).toEqual({ steps: [], troubles: [expect.stringContaining(why)] });
  }
});

test('an authority whose time is over is not used', () => {
  const secrets = freshSecrets('physics');
  settle(secrets);
  secrets.nowMs += 11 * 365 * DAY_MS;
  expect(decided(secrets).troubles).toEqual([expect.stringContaining('got one that ended 2036')]);
});

test('each step is whole: whoever goes on after any of them comes to the same end', () => {
  const secrets = freshSecrets('physics', 'beam');
  const story: string[] = [];
  // One step for each leader, who has seen nothing of what the one before him knew.
  for (let leader = 0; leader < 40; leader += 1) {
    if (leader === 10) ask(secrets, 'today');
    const { steps, isLooking } = decided(secrets);
    const [step] = steps;
    secrets.unseen = isLooking ? [] : undefined;
    if (step === undefined) continue;
    take(secrets, step);
    story.push(step.type);
  }
  expect(story.join(' ')).toBe('found issue issue prepare issue issue promote issue issue');
});
