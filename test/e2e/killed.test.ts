// kill -9 of each kind of process, in the middle of a wave and in a run.

import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { verifyRun } from '../daq/verify.ts';
import type { HistoryEvent } from '../promises/history.ts';
import { condition } from '../sidecar/condition.ts';
import { type Daq, startDaq } from './daq.ts';
import { TEST_MS_MAX } from './site.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

/** How often the hook of that transition started at a target. */
function starts(history: readonly HistoryEvent[], target: string, transition: string): number {
  return history.filter(
    (event) => event.kind === 'hookStarted' && event.target === target && event.transition === transition,
  ).length;
}

async function stopClean(daq: Daq): Promise<void> {
  const stopped = await daq.baton('send stop_run');
  expect(stopped).toMatchObject({ code: 0, out: expect.stringContaining('run 1 ended clean') });
  expect(await verifyRun(daq.site.data, 1)).toMatchObject({ ok: true, records: { incomplete: 0 } });
}

test('the coordinator, while a hook runs: the operation goes on, nothing is repeated, who waits hears its end', async () => {
  await using daq = await startDaq();
  daq.site.suffer('readout-1', { conf: { kind: 'slow', ms: 1_500 } });
  const sent = daq.baton('send start_run trigger_rate=200');
  await daq.begins('readout-1', 'conf');
  const before = daq.up.coordinatorPid();
  process.kill(before, 'SIGKILL');
  const { code, out, err } = await sent;
  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringMatching(/^start_run done: 3 steps/) });
  expect(err).toContain('goes on, trying again');
  expect([0, before]).not.toContain(daq.up.coordinatorPid());
  expect(daq.told).toContainEqual(
    expect.stringMatching(/^the coordinator was ended by SIGKILL; it is started/),
  );
  await daq.site.readOut(1, 50);
  await stopClean(daq);
  const { history } = await daq.end();
  expect(starts(history, 'readout-1', 'conf')).toBe(1);
  expect(
    history.flatMap((e) => (e.kind === 'journaled' && e.record.kind === 'led' ? [e.record.epoch] : [])),
  ).toEqual([1, 2]);
});

test('a sidecar, while a hook runs: executed on the proof of its process, and the run ends clean', async () => {
  await using daq = await startDaq();
  expect(await daq.baton('send start_run trigger_rate=200')).toMatchObject({ code: 0 });
  await daq.site.readOut(1, 50);
  daq.site.suffer('readout-1', { stop_trigger_sources: { kind: 'slow', ms: 1_000 } });
  const stopped = stopClean(daq);
  await daq.begins('readout-1', 'stop_trigger_sources');
  const pod = daq.pod('readout-1');
  const before = { sidecar: pod.sidecarPid, process: pod.processPid };
  process.kill(before.sidecar, 'SIGKILL');
  await stopped;
  expect(pod.sidecarPid).not.toBe(before.sidecar);
  expect(pod.processPid).toBe(before.process);
  const { history, unclean } = await daq.end();
  expect(unclean).toEqual([]);
  expect(starts(history, 'readout-1', 'stop_trigger_sources')).toBe(1);
});

test('a sidecar, in the moment of a stop: the stop waits for the next one, and the run ends clean', async () => {
  await using daq = await startDaq();
  expect(await daq.baton('send start_run trigger_rate=200')).toMatchObject({ code: 0 });
  await daq.site.readOut(1, 50);
  process.kill(daq.pod('readout-1').sidecarPid, 'SIGKILL');
  await daq.eye.until('its stream is closed', ({ targets }) => {
    return targets.get('readout-1')?.view.connected === false;
  });
  await stopClean(daq);
  expect((await daq.end()).unclean).toEqual([]);
});

test('a sidecar, while a hook runs that leaves no proof: interrupted, and recover asks where the process is', async () => {
  // Alone the trigger finds no peers, and says so at the end of its budget.
  await using daq = await startDaq({ members: { trigger: 1 }, spec: { timeouts: { conf: '3s' } } });
  const sent = daq.baton('send conf');
  await daq.begins('trigger-0', 'conf');
  process.kill(daq.pod('trigger-0').sidecarPid, 'SIGKILL');
  expect(await sent).toMatchObject({ code: 1, out: expect.stringContaining('trigger-0 interrupted conf') });
  const recovered = await daq.baton('recover');
  expect(recovered).toMatchObject({ code: 0, out: expect.stringContaining('now: mini is initial') });
  const { history } = await daq.end();
  expect(starts(history, 'trigger-0', 'conf')).toBe(1);
});

test('a sidecar that finds its memory torn beside a living process: unknown until recover, and the run unclean', async () => {
  await using daq = await startDaq({ members: { writer: 1 } });
  expect(await daq.baton('send start_run')).toMatchObject({ code: 0 });
  const { sidecarPid, processPid } = daq.pod('writer-0');
  truncateSync(join(daq.site.directory, 'pods', 'writer-0', 'state'), 100);
  process.kill(sidecarPid, 'SIGKILL');
  await daq.eye.until('it is back and unknown', ({ targets }) => {
    const view = targets.get('writer-0')?.view;
    return view?.attached === true && view.state === '' && view.trouble.includes('does not remember');
  });
  // Nobody drives a process of which it is not known where it is.
  expect(await daq.baton('send disable_triggers')).toMatchObject({ code: 3 });
  expect(await daq.baton('recover')).toMatchObject({
    code: 0,
    out: expect.stringContaining('mini is configured'),
  });
  expect(daq.pod('writer-0').processPid).toBe(processPid);
  expect(await daq.baton('send start_run')).toMatchObject({ code: 0 });
  expect(await daq.baton('send stop_run')).toMatchObject({ code: 0 });
  const { out } = await daq.baton('runs');
  expect(out).toMatch(/^ +2 +clean /m);
  expect(out).toMatch(/^ +1 +unclean /m);
  await daq.end();
});

test('a readout in the run: the file is written all the same, and the run is unclean by name', async () => {
  await using daq = await startDaq();
  expect(await daq.baton('send start_run trigger_rate=200')).toMatchObject({ code: 0 });
  await daq.site.readOut(1, 50);
  const pod = daq.pod('readout-1');
  const before = pod.processPid;
  // Its next life stands, but is not there for anybody.
  daq.site.suffer('readout-1', { attach: { kind: 'hang' } });
  process.kill(before, 'SIGKILL');
  await condition('it is started again', () => ![0, before].includes(pod.processPid));
  const stopped = await daq.baton('send stop_run');
  expect(stopped.code).toBe(1);
  expect(stopped.out).toMatch(/^stop_run failed.*readout-1/);
  expect(stopped.out).toMatch(/run 1 ended unclean \(.*readout-1/);
  const report = await verifyRun(daq.site.data, 1);
  expect(report.path).toMatch(/run-000001\.hdf5$/);
  expect(report.records.incomplete).toBeGreaterThan(0);
  expect(report.fragments).toMatchObject({ double: 0, corrupt: 0 });
  expect(report.fragments.missing).toBe(report.fragments.readOut - report.fragments.written);
  await daq.end();
});

test('a fresh process in the place of one that was in the run: the stop does what is left, and fails', async () => {
  await using daq = await startDaq();
  expect(await daq.baton('send start_run trigger_rate=200')).toMatchObject({ code: 0 });
  process.kill(daq.pod('readout-1').processPid, 'SIGKILL');
  await daq.eye.until('its next life stands', ({ targets }) => {
    return targets.get('readout-1')?.view.state === 'initial';
  });
  const stopped = await daq.baton('send stop_run');
  expect(stopped).toMatchObject({ code: 1, out: expect.stringContaining('replaced during the run') });
  expect(stopped.out).toMatch(/run 1 ended unclean/);
  await daq.end();
});

test('a process in the middle of a wave: gone at once, and the next one is ready for another try', async () => {
  await using daq = await startDaq({ members: { writer: 1 } });
  daq.site.suffer('writer-0', { conf: { kind: 'slow', ms: 60_000 } });
  const sent = daq.baton('send conf');
  await daq.begins('writer-0', 'conf');
  daq.site.suffer('writer-0', {});
  const killedAtMs = performance.now();
  process.kill(daq.pod('writer-0').processPid, 'SIGKILL');
  expect(await sent).toMatchObject({ code: 1, out: expect.stringContaining('writer-0 gone conf') });
  // Not the timeout of conf, which is a minute: the time in which the process starts again.
  expect(performance.now() - killedAtMs).toBeLessThan(15_000);
  expect(await daq.baton('send conf')).toMatchObject({ code: 0 });
  await daq.end();
});
