// One pod, its hook and its liveness, while nobody leads it.

import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOOK_ANSWERED, HOOK_CALLED } from '../../e2e/fromLogs.ts';
import type { Entry } from '../../e2e/logs.ts';
import { condition } from '../../sidecar/condition.ts';
import { failedLiveness } from '../failedProbes.ts';
import { ask, type LonePods, openLonePods, take } from '../lone.ts';
import { pauseContainer } from '../trouble.ts';

let pods: LonePods;

beforeAll(async () => {
  pods = await openLonePods('hooks');
});

afterAll(async () => pods?.[Symbol.asyncDispose]());

const said = (pod: string, container: 'writer' | 'baton') => pods.logs.entries({ pod, container });

async function when(pod: string, container: 'writer' | 'baton', words: string): Promise<Entry> {
  let found: Entry | undefined;
  await condition(`${container} of ${pod}: ${words}`, () => {
    found = said(pod, container).findLast((entry) => entry.words === words || entry.kind === words);
    return found !== undefined;
  });
  if (found === undefined) throw new Error('a condition holds when it returns');
  return found;
}

const isGone = (pod: string) =>
  pods.site.kubectl('wait', '--for=delete', `pod/${pod}`, '--timeout=60s').then(() => undefined);

test('trap-17, trap-18, trap-26, seen-1.4, seen-1.6: a stop that hangs: the hook is answered in time, the sidecar lives until its process has gone', async () => {
  await pods.start('hangs', { grace: 14, margin: 6 });
  pods.suffer('hangs', { stop: { kind: 'hang', deaf: true } });
  await pods.run('hangs', 1);
  const address = await pods.field('hangs', '{.status.podIP}');
  await pods.site.kubectl('delete', 'pod', 'hangs', '--wait=false');
  const called = await when('hangs', 'baton', HOOK_CALLED);
  expect((await fetch(`http://${address}:7402/livez`)).status).toBe(200);
  const answered = await when('hangs', 'baton', HOOK_ANSWERED);
  expect(answered.fields).toMatchObject({ clean: false });
  expect(answered.atMs - called.atMs).toBeLessThan(8_500);
  const processEnds = await when('hangs', 'writer', 'ended');
  const sidecarStops = await when('hangs', 'baton', 'sidecar stops');
  expect(processEnds.atMs).toBeGreaterThanOrEqual(answered.atMs);
  expect(sidecarStops.atMs).toBeGreaterThanOrEqual(processEnds.atMs);
  await isGone('hangs');
  // Its kubelet may ask once more before it has noticed that the sidecar has ended.
  expect(await failedLiveness(pods.site, 'hangs', sidecarStops.atMs)).toEqual([]);
});

test('seen-1.5: a second deletion with less grace takes no time from a hook that waits', async () => {
  await pods.start('hurried');
  // For ten seconds at most: its stop path has no more for it.
  pods.suffer('hurried', { drain_dataflow: { kind: 'held' } });
  await pods.run('hurried', 1);
  await pods.site.kubectl('delete', 'pod', 'hurried', '--wait=false');
  await condition(
    'its stop is held',
    () => said('hurried', 'writer').at(-1)?.fields['transition'] === 'drain_dataflow',
  );
  await pods.site.kubectl('delete', 'pod', 'hurried', '--wait=false', '--grace-period=1');
  await condition('its grace is short', async () => {
    return (await pods.field('hurried', '{.metadata.deletionGracePeriodSeconds}')) === '1';
  });
  // Of the grace itself, and of the two seconds that a kubelet gives in any case.
  await wait(4_000);
  expect(said('hurried', 'baton').filter(({ words }) => words === HOOK_ANSWERED)).toEqual([]);
  expect(said('hurried', 'writer').filter(({ kind }) => kind === 'ended')).toEqual([]);
  pods.suffer('hurried', {});
  expect((await when('hurried', 'baton', HOOK_ANSWERED)).fields).toMatchObject({
    clean: true,
    sentence: 'stopped: it is in configured',
  });
  await isGone('hurried');
});

test('trap-4, seen-1.9: a process that was killed by liveness has time to come back, and is commanded by nobody before its pod was looked at', async () => {
  const liveness = { failureThreshold: 1, terminationGracePeriodSeconds: 2 };
  await pods.start('silent', { detachedLimit: 8, liveness });
  using coordinator = await pods.commanded('silent', 1);
  const before = await coordinator.incarnation();
  await take(coordinator, 1, ['conf']);
  // Longer than a probe is patient, and less than the limit.
  pods.suffer('silent', { attach: { kind: 'slow', ms: 1_500 } });
  await pauseContainer(pods.site, { pod: 'silent', container: 'writer' });
  const restarts = () => pods.field('silent', '{.status.containerStatuses[0].restartCount}');
  await condition('its kubelet starts it again', async () => (await restarts()) === '1', 60_000);
  await condition('its next life attaches', () => coordinator.state?.incarnation !== before);
  await ask(coordinator, 20, 'start');
  const { state } = coordinator;
  expect(state?.state).toBe('initial');
  // A coordinator would tell by its pod that it stays.
  await coordinator.untilAnswers('1:executed', '20:LEAVING');
  await condition('it is ready', () => pods.isReady('silent'));
  expect(await restarts()).toBe('1');
  expect((await when('silent', 'baton', HOOK_ANSWERED)).fields).toMatchObject({
    sentence: expect.stringMatching(/^(nothing to stop: no process is attached|stopped: it is in initial)$/),
  });
});

test('trap-9: a process in error that nobody leads is not ready, and is not killed for it', async () => {
  await pods.start('ill', { liveness: { failureThreshold: 1 } });
  pods.suffer('ill', { start: { kind: 'fail' } });
  {
    using coordinator = await pods.commanded('ill', 1);
    await take(coordinator, 1, ['conf']);
    await ask(coordinator, 2, 'start');
    await coordinator.untilAnswers('1:executed', '2:failed');
  }
  await condition('it is not ready', async () => !(await pods.isReady('ill')));
  // Two of readiness have failed by then, each a second after the other, and as many of liveness have not.
  expect(await failedLiveness(pods.site, 'ill')).toEqual([]);
  expect(await pods.field('ill', '{.status.containerStatuses[0].restartCount}')).toBe('0');
  expect(said('ill', 'baton').filter(({ words }) => words === HOOK_CALLED)).toEqual([]);
});
