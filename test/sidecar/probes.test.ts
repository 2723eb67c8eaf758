// P14 probes tell the FSM: ready is true iff the state is in the ready set and the process answered; live is
// false only if the process cannot recover by itself, never because of a run, a transition or the coordinator.

import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { dune } from '../../protos/machine/dune.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { PLAIN_HTTP_CROWD } from '../../protos/plainHttp.ts';
import { decide, type Facts, PROBES } from '../../sidecar/probes/decide.ts';
import type { View } from '../../sidecar/rules/view.ts';
import { condition } from './condition.ts';
import { rig } from './rig.ts';
import { TestCoordinator } from './testCoordinator.ts';

const { connectionsMax, connectionsOfPeerMax } = PLAIN_HTTP_CROWD;

const token = { operationNumber: 1, step: 0, operationId: 'op' };
const view: View = {
  incarnation: 'pod.life',
  stateNumber: 3,
  state: 'idle',
  inError: false,
  attached: true,
  doing: undefined,
  doingTransition: '',
  leaving: false,
  cause: '',
};

function facts(changedView: Partial<View>, changed: Partial<Facts> = {}): Facts {
  const changedFacts = {
    detachedForMs: 0,
    detachCause: '',
    detachedLimitMs: 30_000,
    listening: true,
    ...changed,
  };
  return { machine: minimal, view: { ...view, ...changedView }, ...changedFacts };
}

function ok(probe: (typeof PROBES)[number], of: Facts): boolean {
  return decide(probe, of).ok;
}

const machines = [dune, minimal];
const everyState = machines.flatMap((machine) =>
  machine.states.flatMap((state) =>
    [true, false].flatMap((attached) =>
      [true, false].flatMap((inError) =>
        [undefined, token].map((doing) => ({ machine, state, attached, inError, doing })),
      ),
    ),
  ),
);

describe('P14 over all states', () => {
  test.each(everyState)(
    '$machine.name $state.name attached=$attached inError=$inError doing=$doing',
    (at) => {
      const { machine, state, attached, inError, doing } = at;
      for (const leaving of [true, false]) {
        const of = facts({ state: state.name, attached, inError, doing, leaving }, { machine });
        expect(ok('/process/readyz', of)).toBe(attached && !inError && state.ready);
        expect(ok('/process/livez', of)).toBe(true);
        expect(ok('/process/startupz', of)).toBe(attached);
        for (const own of ['/startupz', '/readyz', '/livez'] as const) expect(ok(own, of)).toBe(true);
      }
    },
  );

  test('an unknown state is not ready and says why; the process lives', () => {
    const of = facts({ state: '', inError: true, cause: 'recover it' });
    expect(decide('/process/readyz', of)).toEqual({
      ok: false,
      sentence: 'the state of the process is unknown: recover it',
    });
    expect(ok('/process/livez', of)).toBe(true);
  });

  test.each([
    [0, true],
    [30_000, true],
    [30_001, false],
  ])('after %i ms without a process it is live: %s', (detachedForMs, live) => {
    const of = facts({ attached: false }, { detachedForMs, detachCause: 'the process is gone' });
    const verdict = decide('/process/livez', of);
    expect(verdict.ok).toBe(live);
    expect(verdict.sentence).toContain('the process is gone');
  });

  test('before it listens only the sidecar itself is not ready', () => {
    const of = facts({}, { listening: false });
    expect(PROBES.filter((probe) => !ok(probe, of))).toEqual(['/startupz', '/readyz']);
  });

  test('each refusal is one sentence that is not empty', () => {
    const of = facts({ attached: false, state: '' }, { listening: false, detachedForMs: 99_999 });
    for (const probe of PROBES) expect(decide(probe, of).sentence).toMatch(/^[a-z].{10,}[^.]$/);
  });
});

describe('liveness of a process that has gone', () => {
  test('/process/livez fails once the process has been away for longer than its limit', async () => {
    await using all = await rig({ detachedLimitMs: 100 });
    await condition('attached', async () => (await all.get('/process/livez')).startsWith('200'));
    all.process.die();
    await condition('dead', async () =>
      (await all.get('/process/livez')).startsWith('503 nothing has been attached'),
    );
    all.process.startId = 'start-2';
    await all.process.live();
    await condition('alive', async () => (await all.get('/process/livez')) === '200 the process is attached');
  });

  test('once a hook is called, and once it is answered, the next life has its whole time to attach', async () => {
    await using all = await rig({ detachedLimitMs: 500 });
    await condition('attached', async () => (await all.get('/process/livez')).startsWith('200'));
    all.process.die();
    const isDead = async () => (await all.get('/process/livez')).startsWith('503');
    await condition('dead', isDead);
    const hasTime = async () => /^200 .*it has time to come back$/.test(await all.get('/process/livez'));
    let isAnswered = false;
    const answered = all.get('/prestop', { 'x-baton-prestop': '1' }).then(() => {
      isAnswered = true;
    });
    await condition('alive', hasTime);
    expect(isAnswered).toBe(false);
    await answered;
    expect(await hasTime()).toBe(true);
    await condition('dead again', isDead);
  });
});

describe('a crowd at the door', () => {
  test('those who connect and say nothing make room for the kubelet', async () => {
    await using all = await rig();
    const [host, port] = all.sidecar.probes.split(':');
    const peers = connectionsMax / connectionsOfPeerMax;
    // The kubelet's own address is none of theirs.
    const mute = Array.from({ length: connectionsMax }, (_, at) =>
      connect({ port: Number(port), host: host ?? '', localAddress: `127.0.0.${2 + (at % peers)}` }),
    );
    for (const socket of mute) socket.on('error', () => {});
    await Promise.all(mute.map((socket) => once(socket, 'connect')));
    await expect(all.get('/livez')).rejects.toThrow();
    await condition('room', () =>
      all.get('/livez').then(
        () => true,
        () => false,
      ),
    );
    for (const socket of mute) socket.destroy();
  });

  test('one address that takes all it may keeps nobody else out', async () => {
    await using all = await rig();
    const [host = '', port] = all.sidecar.probes.split(':');
    const open = () => connect({ port: Number(port), host, localAddress: '127.0.0.2' }).on('error', () => {});
    const mute = Array.from({ length: connectionsOfPeerMax }, open);
    await Promise.all(mute.map((socket) => once(socket, 'connect')));
    const more = Array.from({ length: connectionsMax }, open);
    await Promise.all(more.map((socket) => once(socket, 'close')));
    expect(await all.get('/livez')).toBe('200 the sidecar is alive');
    mute[0]?.destroy();
    await condition('there is room for one more', async () => {
      const socket = open();
      socket.write('GET /livez HTTP/1.1\r\nHost: pod\r\n\r\n');
      const answered = await Promise.race([
        once(socket, 'data').then(() => true),
        once(socket, 'close').then(() => false),
      ]);
      socket.destroy();
      return answered;
    });
    for (const socket of mute) socket.destroy();
  });
});

describe('over HTTP', () => {
  test('all are answered while a transition hangs, and when the coordinator is gone', async () => {
    await using all = await rig();
    const coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
    await coordinator.incarnation();
    all.process.behaviour = 'hang';
    await coordinator.ask(1, 'start');
    await coordinator.until('doing', () => coordinator.state?.doingTransition === 'start');
    coordinator[Symbol.dispose]();
    for (const probe of PROBES) expect(await all.get(probe)).toMatch(/^200 /);
  });

  test('what is not a probe says what is', async () => {
    await using all = await rig();
    expect(await all.get('/healthz')).toMatch(
      /^404 \/healthz is none of \/startupz, .*\/prestop, \/metrics$/,
    );
    const posted = await fetch(`http://${all.sidecar.probes}/livez`, { method: 'POST' });
    expect(`${posted.status} ${await posted.text()}`).toBe('405 /livez takes GET, not POST\n');
  });

  test('/metrics tells state, transitions by outcome and refusals by code', async () => {
    await using all = await rig();
    using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
    await coordinator.ask(1, 'start');
    await coordinator.untilAnswers('1:executed');
    await coordinator.ask(2, 'start');
    await coordinator.untilAnswers('1:executed', '2:NOT_ALLOWED');
    const figures = await all.get('/metrics');
    for (const line of [
      'baton_state{state="running"} 1',
      'baton_state{state="idle"} 0',
      'baton_process_attached 1',
      'baton_in_error 0',
      'baton_transition_running 0',
      'baton_transition_duration_seconds_count{transition="start",outcome="executed"} 1',
      'baton_refusals_total{code="NOT_ALLOWED"} 1',
      'baton_target_info{partition="daq",target="readout-3",machine="minimal"} 1',
    ]) {
      expect(figures).toContain(line);
    }
  });
});
