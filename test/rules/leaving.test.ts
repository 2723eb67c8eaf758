// What a real kubelet was seen to do with preStop hooks, and what the sidecar makes of it.

import { expect, test } from 'vitest';
import { minimal } from '../../protos/machine/minimal.ts';
import type { Verdict } from '../../sidecar/rules/model.ts';
import { viewOf } from '../../sidecar/rules/view.ts';
import { Rig } from './rig.ts';

class Pod extends Rig {
  constructor(preStopAnswerMs?: number) {
    super(minimal, preStopAnswerMs);
  }

  /** In a run, with a coordinator. */
  static running(preStopAnswerMs?: number): Pod {
    const pod = new Pod(preStopAnswerMs);
    pod.hello().attach('idle').ask(1, 'start', 'idle', 'running').ends('running');
    pod.take();
    return pod;
  }

  hook(): this {
    return this.on({ type: 'preStop' });
  }

  verdict(verdict: Verdict): this {
    const stream = this.sidecar.stream?.id ?? 0;
    return this.on({ type: 'leave', stream, incarnation: this.sidecar.memory.incarnation, verdict });
  }

  ended(cause = 'the connection ended'): this {
    return this.on({ type: 'detached', attachment: this.sidecar.attachment?.id ?? 0, cause });
  }

  /** What a request for `start` comes to, in the life that is here. */
  started(): readonly string[] {
    const { incarnation } = this.sidecar.memory;
    this.take();
    return this.ask(9, 'start', 'idle', 'running', { incarnation }).take();
  }
}

const REFUSED = ['refused LEAVING'];
const STOPPED = ['perform stop', 'preStop clean: stopped: it is in idle'];

test('a forced deletion: the pod is gone already, and the stop begins in the same moment', () => {
  const pod = Pod.running().hook();
  expect(pod.take()).toEqual([]);
  expect(pod.verdict('forced').take()).toEqual(['perform stop']);
  expect(pod.ends('idle').take()).toEqual(['preStop clean: stopped: it is in idle']);
});

test.each([
  [5_000, 0, 1_000],
  [30_000, 20_000, 5_000],
  [120_000, 110_000, 10_000],
])(
  'of %d ms for the answer, the local stop waits %d ms, and the verdict is waited for %d ms',
  (answer, localStop, verdict) => {
    const pod = Pod.running(answer).hook();
    expect(pod.armed()).toEqual({ preStopAnswer: answer, localStop, verdict });
    pod.verdict('ordered').take();
    expect(pod.on({ type: 'streamClosed', stream: 1 }).armed()).toEqual({ verdict });
  },
);

test.each([
  [3_000, 3_000],
  [60_000, 5_000],
])('of %d ms for the answer, %d ms are left for the process to attach', (preStopAnswer, life) => {
  expect(new Pod(preStopAnswer).hook().armed()).toEqual({ preStopAnswer, life });
});

test('a forced deletion without a coordinator stops at once too, as nobody can be asked', () => {
  const pod = Pod.running().on({ type: 'streamClosed', stream: 1 });
  expect(pod.hook().ends('idle').take()).toEqual(STOPPED);
});

test('a container that liveness restarts is stopped, and its next life is in service again', () => {
  const pod = Pod.running().hook().verdict('restart').ends('idle');
  expect(pod.take()).toEqual(STOPPED);
  pod.ended().attach('idle', { life: '2', id: 2 });
  expect(pod.sidecar.memory.leaving).toBe('no');
  expect(pod.started()).toEqual(['perform start']);
});

test('a pod that is deleted in such a restart: the hook comes before the next process has said a word', () => {
  const pod = Pod.running().hook().verdict('restart').ends('idle').ended();
  pod.take();
  // SIGTERM follows the answer: a process that does not listen for it yet would never hear it.
  expect(pod.hook().hook().take()).toEqual([]);
  // The coordinator sees that the pod has its timestamp by now.
  pod.verdict('ordered');
  expect(pod.attach('idle', { life: '2', id: 2 }).take()).toContain('preStop clean: stopped: it is in idle');
  expect(viewOf(pod.sidecar)).toMatchObject({ incarnation: 'pod.2', leaving: true });
  expect(pod.started()).toEqual(REFUSED);
});

test('a container that liveness restarts twice: the second hook is for the life to come, the third life is in service', () => {
  const pod = Pod.running().hook().verdict('restart').ends('idle').ended().hook();
  pod.take();
  expect(pod.attach('idle', { life: '2', id: 2 }).take()).toContain('preStop clean: stopped: it is in idle');
  expect(pod.started()).toEqual(REFUSED);
  pod.ended().attach('idle', { life: '3', id: 3 });
  expect(pod.started()).toEqual(['perform start']);
});

test.each([
  [
    'a further life',
    () => Pod.running().hook().verdict('local').ends('idle').ended().hook().verdict('local'),
  ],
  ['a first life', () => new Pod().hook()],
])('%s that does not come is not waited for longer than some seconds', (_, hooked) => {
  const pod = hooked();
  pod.take();
  expect(pod.on({ type: 'timer', timer: 'life' }).take()).toEqual([
    'preStop clean: nothing to stop: no process is attached',
  ]);
});

test('a pod that is deleted while its process begins is not taken into command, and is not answered before', () => {
  const pod = new Pod().hook().hook();
  expect(pod.take()).toEqual([]);
  pod.hello().attach('idle');
  expect(pod.take()).toContain('preStop clean: stopped: it is in idle');
  expect(pod.started()).toEqual(REFUSED);
});

test('a process whose connection is lost as its hook is called is stopped once it is there again', () => {
  const pod = Pod.running().ended().hook();
  expect(pod.take()).toEqual([]);
  pod.attach('running', { id: 2 });
  expect(pod.on({ type: 'timer', timer: 'life' }).take()).toEqual(['perform stop']);
  expect(pod.ends('idle').take()).toEqual(['preStop clean: stopped: it is in idle']);
});

test('a process that comes late and hangs does not hold the answer beyond the grace', () => {
  const pod = Pod.running().ended().hook().attach('running', { id: 2 });
  pod.take();
  expect(pod.on({ type: 'timer', timer: 'preStopAnswer' }).take()).toEqual([
    'preStop unclean: the stop did not end within the grace period',
  ]);
});

test('a startup probe that gives up calls the hook too: with the verdict the next life is in service', () => {
  const pod = new Pod();
  pod.hello().hook().verdict('restart').on({ type: 'timer', timer: 'life' }).attach('idle');
  expect(pod.started()).toEqual(['perform start']);
});

test('a hook that a restarted kubelet calls again joins the stop that runs', () => {
  const pod = Pod.running().hook().verdict('local').hook().hook();
  expect(pod.take()).toEqual(['perform stop']);
  expect(pod.ends('idle').take()).toEqual(['preStop clean: stopped: it is in idle']);
  expect(pod.hook().take()).toEqual(['preStop clean: stopped: it is in idle']);
});

test('a process that ends by itself had no hook, and leaves nothing', () => {
  const pod = Pod.running().ended().attach('idle', { life: '2', id: 2 });
  expect(pod.sidecar.memory.leaving).toBe('no');
  expect(pod.started()).toEqual(['perform start']);
});

test('a sidecar that was killed in the hook goes on to stop what it finds', () => {
  const pod = Pod.running().hook().verdict('local');
  expect(pod.take()).toEqual(['perform stop']);
  const token = pod.sidecar.memory.local?.token;
  pod.restart().attach('running', { id: 2, busy: token });
  expect(pod.take()).toEqual([]);
  pod.on({
    type: 'observed',
    attachment: 2,
    process: { state: 'idle', busy: undefined, executed: token, trouble: '' },
  });
  expect([pod.sidecar.memory.value.state, pod.take()]).toEqual(['idle', []]);
});

test('what the platform tells of the pod is why nothing is attached', () => {
  const pod = Pod.running();
  const sentence = 'the process was OOMKilled, 3 restarts';
  pod.on({ type: 'podFacts', stream: 1, pod: { sentence, restarts: 3 } });
  expect(viewOf(pod.sidecar).cause).toBe('');
  const before = pod.sidecar.memory.stateNumber;
  pod.ended();
  expect(viewOf(pod.sidecar).cause).toBe(`${sentence}; the connection ended`);
  expect(pod.sidecar.memory.stateNumber).toBe(before + 1);
  pod.on({ type: 'podFacts', stream: 7, pod: { sentence: 'of an older stream', restarts: 9 } });
  expect(pod.sidecar.pod.restarts).toBe(3);
  pod.hello(2);
  expect(viewOf(pod.sidecar).cause).toBe('the connection ended');
});
