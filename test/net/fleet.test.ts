// Coordinator and sidecars over a wire that fails while a hook runs: whatever it does, the hook runs once, the
// operation ends with every target's own answer, and no promise is broken.

import { expect, test } from 'vitest';
import { HEARTBEATS_MISSED_MAX } from '../../coordinator/fleet/silence.ts';
import type { TargetView__Output } from '../../protos/generated/baton/v1/TargetView.ts';
import { finished, START, submit } from '../coordinator/calls.ts';
import { condition } from '../sidecar/condition.ts';
import type { FaultProxy } from './proxy.ts';
import { type World, world } from './world.ts';

const SPOILT = 'readout-0';

/** The present wave's hook runs at every process until `endHooks`. */
async function beginHooks({ client, sidecars }: World): Promise<void> {
  for (const { process } of sidecars) process.behaviour = 'hang';
  await submit(client, { operationId: 'up', command: START });
  await condition('every hook runs', () => sidecars.every(({ process }) => process.performed.length === 1));
}

function endHooks({ sidecars }: World): void {
  for (const { process } of sidecars) {
    process.performed[0]?.end({ outcome: 'PERFORM_OUTCOME_EXECUTED', state: 'running' });
    process.behaviour = 'execute';
  }
}

async function seen({ eye }: World, sentence: string, holds: (view: TargetView__Output) => boolean) {
  const { targets } = await eye.until(sentence, (picture) => {
    const view = picture.targets.get(SPOILT)?.view;
    return view !== undefined && holds(view);
  });
  return targets.get(SPOILT)?.view;
}

/** Both hooks have ended: the operation does too, then the partition obeys as ever, and each hook ran once. */
async function goesOn(all: World): Promise<void> {
  expect(await finished(all.client, 'up')).toMatchObject({
    status: 'OPERATION_STATUS_SUCCEEDED',
    troubles: [],
  });
  await seen(all, 'it is back', (view) => view.connected && view.state === 'running');
  await submit(all.client, { operationId: 'down', command: { transition: 'stop' } });
  expect(await finished(all.client, 'down')).toMatchObject({ status: 'OPERATION_STATUS_SUCCEEDED' });
  for (const { process } of all.sidecars) {
    expect(process.performed.map(({ request }) => request.transition)).toEqual(['start', 'stop']);
  }
  const history = await all.judged();
  expect(history.filter(({ kind }) => kind === 'hookStarted')).toHaveLength(2 * all.sidecars.length);
}

const SILENT = /silent for three heartbeats/;
const BROKEN = /closed the stream|ended:/;

type Fault = {
  readonly spoil: (wire: FaultProxy) => void;
  /** Why the coordinator gives the stream up; absent when what comes from the sidecar goes on coming. */
  readonly why?: RegExp;
  /** It stays lost until the wire is healed. */
  readonly lasts?: true;
};

const faults: Readonly<Record<string, Fault>> = {
  'is cut': { spoil: (wire) => wire.cut(), why: BROKEN },
  'resets every connection': { spoil: (wire) => wire.goAway(), why: BROKEN, lasts: true },
  'is a black hole': { spoil: (wire) => wire.blackHole(), why: SILENT, lasts: true },
  'lets nothing back from the sidecar': {
    spoil: (wire) => wire.blackHole(['down']),
    why: SILENT,
    lasts: true,
  },
  'lets nothing more through to the sidecar': { spoil: (wire) => wire.blackHole(['up']) },
  'forgets the coordinator, and the sidecar is never told': {
    spoil: (wire) => wire.halfOpen('client'),
    why: BROKEN,
  },
  'forgets the sidecar, and the coordinator is never told': {
    spoil: (wire) => wire.halfOpen('upstream'),
    why: SILENT,
  },
  'says everything twice': { spoil: (wire) => wire.repeat(), why: BROKEN },
};

test.each(Object.keys(faults))('a wire that %s in the middle of a wave', async (name) => {
  const { spoil, why, lasts } = faults[name] ?? {};
  await using all = await world();
  await beginHooks(all);
  const [wire] = all.wires;
  if (wire === undefined || spoil === undefined) throw new Error('there is a wire, and a fault');
  spoil(wire);
  if (why !== undefined) await condition('it is lost', () => isLost(all, why));
  // P10: what is not seen now is unknown, with the reason.
  if (lasts) expect(await seen(all, 'it is unknown', ({ connected }) => !connected)).toMatchObject(UNKNOWN);
  // Silence alone ends no operation.
  expect((await all.client.partition()).operation?.status).toBe('OPERATION_STATUS_OPEN');
  endHooks(all);
  wire.heal();
  await goesOn(all);
});

const UNKNOWN = { state: '', attached: false, doing: '', trouble: expect.stringMatching(/./) };

/** The log tells of what is over before a watcher is told. */
function isLost({ log }: World, why: RegExp): boolean {
  return log().some(
    ({ fields: { target, to, cause } }) =>
      target === SPOILT && to === 'disconnected' && why.test(String(cause)),
  );
}

test('P3: a request that comes after its operation has ended is of a target that was named, and is settled', async () => {
  // A busy machine must not take its own stall for silence: the stream stands, and nothing goes down it.
  await using all = await world({ budgetMs: 200, heartbeatMs: 5_000 });
  const [wire] = all.wires;
  wire?.blackHole(['up']);
  await submit(all.client, { operationId: 'up', command: START });
  // What is sent is on its way and does not arrive: nobody knows whether it ever will.
  expect(await finished(all.client, 'up')).toMatchObject({
    status: 'OPERATION_STATUS_FAILED',
    troubles: [{ target: SPOILT, kind: 'unknown' }],
  });
  const part = /its part in operation 1 is not known yet/;
  await seen(all, 'it is awaited', ({ trouble }) => part.test(trouble));
  wire?.heal();
  await seen(all, 'it is settled', (view) => view.connected && !part.test(view.trouble) && view.doing === '');
  await submit(all.client, { operationId: 'down', command: { goTo: 'idle' } });
  expect(await finished(all.client, 'down')).toMatchObject({ status: 'OPERATION_STATUS_SUCCEEDED' });
  await all.judged();
});

test('a sidecar behind a slow wire delays nobody else', async () => {
  await using all = await world();
  const [wire] = all.wires;
  wire?.delay(300);
  await submit(all.client, { operationId: 'up', command: START });
  await all.eye.until('the other one is there before it', ({ targets }) => {
    const [slow, other] = [...targets.values()].map(({ view }) => view.state);
    return slow === 'idle' && other === 'running';
  });
  await goesOn(all);
});

test('P10: a lost heartbeat leads to unknown within three intervals, and the next Welcome back', async () => {
  const heartbeatMs = 400;
  await using all = await world({ heartbeatMs });
  const [wire] = all.wires;
  for (const round of ['once', 'again']) {
    wire?.blackHole();
    const spoiltAtMs = performance.now();
    const lost = await seen(all, `${round} unknown`, (view) => !view.connected && SILENT.test(view.trouble));
    const lostAfterMs = performance.now() - spoiltAtMs;
    // Looked at twice an interval; the rest is room for a busy machine.
    expect(lostAfterMs).toBeLessThan((HEARTBEATS_MISSED_MAX + 0.5) * heartbeatMs + 2_000);
    // Not by the end of the connection, which goes on standing, nor by the first heartbeat that is missing.
    expect(lostAfterMs).toBeGreaterThan((HEARTBEATS_MISSED_MAX - 2) * heartbeatMs);
    expect(lost?.state).toBe('');
    wire?.heal();
    await seen(all, `${round} back`, (view) => view.connected && view.state === 'idle');
  }
  await all.judged();
});
