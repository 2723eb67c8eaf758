import { expect, test } from 'vitest';
import { minimal } from '../../protos/machine/minimal.ts';
import { compileMachine } from '../../sidecar/machine/compile.ts';
import { createMetrics } from '../../sidecar/probes/metrics.ts';
import { freshMemory, initialSidecar } from '../../sidecar/rules/memory.ts';
import { viewOf } from '../../sidecar/rules/view.ts';

const compiled = compileMachine(minimal);
const settings = {
  target: 'readout-3',
  partition: 'daq',
  podUid: 'pod-1',
  compiled,
  machineHash: 'hash',
  preStopAnswerMs: 25_000,
};

function metrics(nowMs: () => number, hasCertificate = false) {
  const memory = freshMemory('memory');
  const view = viewOf(initialSidecar(settings, memory));
  const pod = { sentence: '', restarts: 2 };
  const present = () => ({ settings, memory, view, pod, sinceMs: 0 });
  const clock = { nowMs, after: () => () => {} };
  const certificateSeconds = hasCertificate ? () => 60 : undefined;
  return createMetrics({ present, clock, version: '1.2.3', certificateSeconds });
}

test('durations are counted on the clock from the beginning of the hook to its end, by outcome', async () => {
  let nowMs = 1_000;
  const figures = metrics(() => nowMs);
  nowMs = 5_000;
  figures.note({ type: 'hookBegan', transition: 'start' });
  nowMs = 7_000;
  figures.note({ type: 'hookEnded', transition: 'start', outcome: 'failed' });
  const text = await figures.render();
  expect(text).toContain('baton_transition_duration_seconds_sum{transition="start",outcome="failed"} 2\n');
  expect(text).toContain('baton_process_restarts 2\n');
  expect(text).toContain('baton_build_info{version="1.2.3",contract="1"} 1\n');
});

test('a transition that the machine does not have makes no series of its own', async () => {
  const figures = metrics(() => 0);
  figures.note({ type: 'hookEnded', transition: 'invented-7', outcome: 'failed' });
  const text = await figures.render();
  expect(text).toContain('transition="other"');
  expect(text).not.toContain('invented');
});

test('before a process has attached it is in no state', async () => {
  const text = await metrics(() => 0).render();
  expect(text).toContain('baton_state{state="idle"} 0\n');
  expect(text).toContain('baton_process_attached 0\n');
});

test('peers that were turned away are counted by what they lacked', async () => {
  const figures = metrics(() => 0, true);
  figures.refused({ reason: 'name', peer: '10.0.0.7', why: 'it is an operator' });
  const text = await figures.render();
  expect(text).toContain('baton_peers_refused_total{reason="name"} 1\n');
  expect(text).toContain('baton_peers_refused_total{reason="handshake"} 0\n');
  expect(text).not.toContain('10.0.0.7');
});

test('two sidecars in one process keep their figures apart', async () => {
  const [one, other] = [metrics(() => 0), metrics(() => 0)];
  one.note({ type: 'refused', code: 'BUSY' });
  expect(await one.render()).toContain('baton_refusals_total{code="BUSY"} 1');
  expect(await other.render()).not.toContain('code="BUSY"');
});
