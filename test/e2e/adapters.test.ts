// The miniature DAQ driven by each adapter: the same run, the same promises.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { identify, lives } from '../../protos/procfs.ts';
import { ROLES } from '../daq/run/names.ts';
import { verifyRun } from '../daq/verify.ts';
import { condition } from '../sidecar/condition.ts';
import { type Daq, startDaq } from './daq.ts';
import { TEST_MS_MAX } from './site.ts';

/** With a command for each transition of each target programs start by the dozen. */
vi.setConfig({ testTimeout: 2 * TEST_MS_MAX });

async function takeRun(daq: Daq, run: number): Promise<void> {
  expect(await daq.baton('send start_run trigger_rate=200')).toMatchObject({ code: 0 });
  await daq.site.readOut(run, 100);
}

async function endRun(daq: Daq, run: number): Promise<void> {
  expect(await daq.baton('send stop_run')).toMatchObject({
    code: 0,
    out: expect.stringContaining(`run ${run} ended clean`),
  });
  const report = await verifyRun(daq.site.data, run);
  expect(report).toMatchObject({ ok: true, notes: [], records: { incomplete: 0 } });
  expect(report.fragments.written).toBeGreaterThanOrEqual(200);
}

/** A command is a program that starts first, on a machine that others use too. */
const PATIENT = {
  spec: {
    timeouts: { disable_triggers: '15s', drain_dataflow: '30s', stop_trigger_sources: '15s', stop: '20s' },
  },
  segments: Object.fromEntries(ROLES.map((role) => [role, { stop: { gracePeriod: '100s' } }])),
};

test.each([
  ['child', {}],
  ['http', {}],
  ['exec', PATIENT],
] as const)('%s: a run is taken and stopped in order, and nothing is lost', async (face, options) => {
  await using daq = await startDaq({ face, ...options });
  expect(await daq.baton('send conf')).toMatchObject({ code: 0 });
  await takeRun(daq, 1);
  await endRun(daq, 1);
  const { unclean, history } = await daq.end();
  expect(unclean).toEqual([]);
  expect(history.filter(({ kind }) => kind === 'hookStarted')).toHaveLength(5 * 7);
});

test('child: a sidecar that is killed takes its process with it, and both come back as another life', async () => {
  await using daq = await startDaq({ face: 'child' });
  await takeRun(daq, 1);
  const pod = daq.pod('readout-1');
  const process_ = identify(pidIn(daq.site.log('readout-1.sidecar')));
  expect(lives(process_)).toBe(true);
  process.kill(pod.sidecarPid, 'SIGKILL');
  await daq.eye.until('readout-1 is back, at rest', ({ targets }) => {
    const view = targets.get('readout-1')?.view;
    return view?.attached === true && view.state === 'initial';
  });
  await condition('its process is gone', () => !lives(process_));
  expect(daq.told).toContainEqual(
    expect.stringMatching(/^readout-1 was ended by SIGKILL; it is started again/),
  );
  const { out } = await daq.baton('send stop_run');
  expect(out).toContain('run 1 ended unclean (readout-1');
  const { history } = await daq.end();
  expect(history.some(({ kind }) => kind === 'hookStarted')).toBe(true);
});

test('child: a process that dies in a hook takes its sidecar with it; its step fails and is not repeated', async () => {
  await using daq = await startDaq({
    face: 'child',
    members: { writer: 1 },
    faults: { 'writer-0': { conf: { kind: 'crash' } } },
  });
  const sent = await daq.baton('send conf');
  expect(sent).toMatchObject({ code: 1 });
  expect(sent.out).toContain('writer-0');
  expect(daq.told).toContainEqual(
    expect.stringMatching(/^writer-0 ended with exit code 1; it is started again/),
  );
  daq.site.suffer('writer-0', {});
  await daq.eye.until('it is back', ({ targets }) => targets.get('writer-0')?.view.attached === true);
  expect(await daq.baton('send conf')).toMatchObject({ code: 0 });
  await daq.end();
});

test('http: a sidecar that is killed in the middle of a job learns how it ended', async () => {
  await using daq = await startDaq({
    face: 'http',
    faults: {
      'builder-0': { conf: { kind: 'slow', ms: 3_000 } },
      'writer-0': { start: { kind: 'slow', ms: 3_000 } },
    },
  });
  const configured = daq.baton('send conf');
  await daq.begins('builder-0', 'conf');
  // It has answered that it takes it: the job is known by name.
  await condition('the job is noted', () => notes(daq, 'builder-0').includes('"accepted":true'));
  process.kill(daq.pod('builder-0').sidecarPid, 'SIGKILL');
  expect(await configured).toMatchObject({ code: 0 });
  const started = daq.baton('send start_run trigger_rate=200');
  await daq.begins('writer-0', 'start');
  process.kill(daq.pod('writer-0').sidecarPid, 'SIGKILL');
  expect(await started).toMatchObject({ code: 0 });
  await daq.site.readOut(1, 100);
  await endRun(daq, 1);
  const { unclean, history } = await daq.end();
  expect(unclean).toEqual([]);
  expect(history.filter(({ kind }) => kind === 'hookStarted')).toHaveLength(5 * 7);
});

test('http: a process that is killed in a hook comes back as another life', async () => {
  await using daq = await startDaq({
    face: 'http',
    members: { writer: 1 },
    faults: { 'writer-0': { conf: { kind: 'crash' } } },
  });
  expect(await daq.baton('send conf')).toMatchObject({ code: 1, out: expect.stringContaining('writer-0') });
  daq.site.suffer('writer-0', {});
  await daq.eye.until('it is back', ({ targets }) => {
    const view = targets.get('writer-0')?.view;
    return view?.attached === true && view.state === 'initial';
  });
  expect(await daq.baton('send conf')).toMatchObject({ code: 0 });
  await daq.end();
});

test('exec: a sidecar that is killed while its command runs finds it, and the state command is the proof', async () => {
  await using daq = await startDaq({ face: 'exec', ...PATIENT });
  await takeRun(daq, 1);
  daq.site.suffer('readout-1', { drain_dataflow: { kind: 'slow', ms: 3_000 } });
  const stopped = endRun(daq, 1);
  await daq.begins('readout-1', 'drain_dataflow');
  await condition('the process drains', () =>
    /"drain_dataflow".*"a transition begins"/.test(daq.site.log('readout-1')),
  );
  const before = daq.pod('readout-1').sidecarPid;
  process.kill(before, 'SIGKILL');
  await stopped;
  expect(daq.pod('readout-1').sidecarPid).not.toBe(before);
  const { history } = await daq.end();
  const starts = history.filter(
    (event) =>
      event.kind === 'hookStarted' && event.target === 'readout-1' && event.transition === 'drain_dataflow',
  );
  expect(starts).toHaveLength(1);
});

/** The pid of the process as its sidecar's log tells it first. */
function pidIn(log: string): number {
  return Number(/"pid":(\d+),"startId"/.exec(log)?.[1]);
}

/** What its sidecar's http adapter has noted. */
function notes(daq: Daq, target: string): string {
  return readFileSync(join(daq.site.directory, 'pods', target, 'state.http'), 'utf8');
}
