import { credentials, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import type { ObserveResponse__Output } from '../../protos/generated/baton/v1/ObserveResponse.ts';
import { CHANNEL_OPTIONS, v1 } from '../../protos/load.ts';
import { attach, type Driven, perform } from './drive.ts';
import { Clerk } from './process/clerk.ts';
import type { Fault, Faults } from './process/faults.ts';
import { serveProcess } from './process/server.ts';
import { type Duty, EXECUTED, type Order, type Outcome } from './process/steps.ts';

const disposals: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const dispose of disposals.splice(0)) await dispose();
});

type Rig = {
  readonly driven: Driven;
  readonly clerk: Clerk;
  /** The transitions that were begun. */
  readonly begun: readonly string[];
  /** Ends the transition that is running. */
  readonly finish: (outcome: Outcome) => void;
  readonly setTrouble: (sentence: string) => void;
};

/** A process whose `conf` lasts until the test ends it, attached as 1. */
async function startRig(faults: Faults = {}): Promise<Rig> {
  const begun: string[] = [];
  let finish: (outcome: Outcome) => void = () => undefined;
  let trouble = '';
  const conf = (order: Order): Promise<Outcome> => {
    begun.push('conf');
    return new Promise((resolve) => {
      finish = resolve;
      order.signal.addEventListener('abort', () => resolve({ kind: 'failed', cause: 'ended early' }));
    });
  };
  const duty: Duty = {
    steps: { conf },
    recover: async () => 'configured',
    trouble: () => trouble,
    counters: () => ({}),
    close: async () => undefined,
  };
  const clerk = new Clerk({
    duty,
    startId: 'life',
    faults: () => faults,
    onBeginning: () => undefined,
    onEnding: () => undefined,
  });
  const server = await serveProcess({ clerk, ordinal: 3, port: 0, beforeAttach: async () => undefined });
  const client = new v1.Process(`127.0.0.1:${server.port}`, credentials.createInsecure(), CHANNEL_OPTIONS);
  disposals.push(() => client.close(), server[Symbol.asyncDispose]);
  const startId = await attach(client, { attachment: 1, ordinal: 3 });
  const child = { exitCode: 0 } as unknown as Driven['child'];
  const driven = { name: 'writer-3', child, client, startId, attachment: 1, lines: [] };
  const setTrouble = (sentence: string): void => {
    trouble = sentence;
    clerk.notify();
  };
  return { driven, clerk, begun, finish: (outcome) => finish(outcome), setTrouble };
}

/** What an observer was told, and a way to wait until it was told something. */
function observe({ driven }: Rig, attachment = 1) {
  const told: ObserveResponse__Output[] = [];
  const stream = driven.client.observe({ attachment, startId: driven.startId, intervalMs: 20 });
  const ended = new Promise<number>((resolve) => {
    stream.on('error', (error: Error & { code?: number }) => resolve(error.code ?? -1));
  });
  stream.on('data', (response: ObserveResponse__Output) => told.push(response));
  disposals.push(() => stream.cancel());
  const until = async (holds: (each: ObserveResponse__Output) => boolean) => {
    while (!told.some(holds)) await new Promise((resolve) => stream.once('data', resolve));
  };
  return { told, ended, until };
}

describe('a process', () => {
  it('begins one transition for one token, however often it is asked', async () => {
    const { driven, begun, finish, clerk } = await startRig();
    const asked = [perform(driven, { transition: 'conf', operation: 1 })];
    await expect.poll(() => begun.length).toBe(1);
    asked.push(perform(driven, { transition: 'conf', operation: 1 }));
    const other = await perform(driven, { transition: 'conf', operation: 2 });
    expect(other).toMatchObject({ outcome: 'PERFORM_OUTCOME_REFUSED', state: 'initial' });
    expect(other.cause).toContain('busy with operation 1');
    finish(EXECUTED);
    const executed = { outcome: 'PERFORM_OUTCOME_EXECUTED', state: 'configured' };
    expect(await Promise.all(asked)).toMatchObject([executed, executed]);
    expect(await perform(driven, { transition: 'conf', operation: 1 })).toMatchObject(executed);
    expect(begun).toEqual(['conf']);
    expect(clerk.desk.executed?.operationNumber).toBe(1);
  });

  it('refuses a wrong attachment, a wrong start id and an older attachment with FAILED_PRECONDITION', async () => {
    const { driven, begun } = await startRig();
    const code = status.FAILED_PRECONDITION;
    const ask = { transition: 'conf' };
    await expect(perform({ ...driven, attachment: 2 }, ask)).rejects.toMatchObject({ code });
    await expect(perform({ ...driven, startId: 'earlier' }, ask)).rejects.toMatchObject({ code });
    await expect(attach(driven.client, { attachment: 1, ordinal: 3 })).rejects.toMatchObject({ code });
    await expect(attach(driven.client, { attachment: 2, ordinal: 4 })).rejects.toMatchObject({ code });
    await attach(driven.client, { attachment: 2, ordinal: 3 });
    await expect(perform(driven, ask)).rejects.toMatchObject({ code });
    expect(begun).toEqual([]);
  });

  it('refuses what is malformed with all problems', async () => {
    const { driven } = await startRig();
    const ask = { transition: '', operation: 0, budgetMs: 0, arguments: { rate: [1] } };
    const asking = perform(driven, ask);
    await expect(asking).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(asking).rejects.toThrow(/arguments_json\.rate.*transition.*budget_ms/);
  });

  it('tells its state at once, on change and in each interval', async () => {
    const rig = await startRig();
    const observer = observe(rig);
    await observer.until(({ state }) => state?.state === 'initial' && state.busy === null);
    const asked = perform(rig.driven, { transition: 'conf', operation: 1 });
    await observer.until(({ state }) => state?.busy?.operationNumber === 1 && state.state === 'initial');
    rig.setTrouble('readout-2 is gone');
    await observer.until(({ state }) => state?.trouble === 'readout-2 is gone');
    rig.finish(EXECUTED);
    await asked;
    await observer.until(({ state }) => state?.executed?.operationNumber === 1 && state.busy === null);
    const count = observer.told.length;
    await expect.poll(() => observer.told.length).toBeGreaterThan(count + 1);
  });

  it('ends an observer of an older attachment, and refuses one that it does not know', async () => {
    const rig = await startRig();
    const observer = observe(rig);
    await observer.until(() => true);
    await attach(rig.driven.client, { attachment: 2, ordinal: 3 });
    expect(await observer.ended).toBe(status.FAILED_PRECONDITION);
    expect(await observe(rig, 9).ended).toBe(status.FAILED_PRECONDITION);
  });
});

describe('a transition', () => {
  it('ends when it is given up, and only the one that is named', async () => {
    const rig = await startRig();
    const asked = perform(rig.driven, { transition: 'conf', operation: 2 });
    await expect.poll(() => rig.begun.length).toBe(1);
    const caller = { attachment: 1, startId: 'life' };
    rig.clerk.giveUp(caller, { operationNumber: 1, step: 0, operationId: 'test' });
    expect(rig.clerk.desk.busy?.operationNumber).toBe(2);
    const token = { operationNumber: 2, step: 0, operationId: 'test' };
    await new Promise((resolve) => rig.driven.client.giveUp({ ...caller, token }, resolve));
    expect(await asked).toMatchObject({
      outcome: 'PERFORM_OUTCOME_FAILED',
      state: 'initial',
      cause: 'ended early',
    });
  });

  it('is answered before its budget is over', async () => {
    const { driven } = await startRig();
    const answer = await perform(driven, { transition: 'conf', budgetMs: 50 });
    expect(answer).toMatchObject({ outcome: 'PERFORM_OUTCOME_FAILED', cause: 'ended early' });
  });

  it('called recover ends in the state that it names', async () => {
    const { driven } = await startRig();
    const recovered = { outcome: 'PERFORM_OUTCOME_EXECUTED', state: 'configured' };
    expect(await perform(driven, { transition: 'recover' })).toMatchObject(recovered);
  });
});

/** Asks for a transition and gives it up as soon as it was begun. */
async function giveUpBegun({ driven, clerk }: Rig, transition: string, operation: number) {
  const asked = perform(driven, { transition, operation });
  await expect.poll(() => clerk.desk.busy?.operationNumber).toBe(operation);
  const token = { operationNumber: operation, step: 0, operationId: 'test' };
  clerk.giveUp({ attachment: 1, startId: 'life' }, token);
  return asked;
}

describe('a fault on demand', () => {
  it('refuses, fails, claims a wrong state, or sends more than the contract allows', async () => {
    const { driven } = await startRig({
      start: { kind: 'refuse' },
      stop: { kind: 'fail' },
      recover: { kind: 'wrongState' },
      scrap: { kind: 'big' },
    });
    const refused = await perform(driven, { transition: 'start' });
    expect(refused).toMatchObject({ outcome: 'PERFORM_OUTCOME_REFUSED', state: 'initial' });
    expect(await perform(driven, { transition: 'stop' })).toMatchObject({
      outcome: 'PERFORM_OUTCOME_FAILED',
    });
    await expect(perform(driven, { transition: 'scrap' })).rejects.toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
    });
    expect(await perform(driven, { transition: 'recover' })).toMatchObject({ state: 'nowhere' });
  });

  it('is slow or hangs until it is given up', async () => {
    const slow = { kind: 'slow', ms: 3_600_000 } as const;
    const rig = await startRig({ conf: { kind: 'hang' }, start: slow });
    expect((await giveUpBegun(rig, 'conf', 1)).cause).toContain('given up');
    expect((await giveUpBegun(rig, 'start', 2)).cause).toContain('given up');
  });

  it('holds a transition until it is taken away, or given up', async () => {
    const faults: Record<string, Fault> = { recover: { kind: 'held' }, conf: { kind: 'held' } };
    const rig = await startRig(faults);
    expect((await giveUpBegun(rig, 'conf', 1)).cause).toContain('given up');
    const held = perform(rig.driven, { transition: 'recover', operation: 2 });
    await expect.poll(() => rig.clerk.desk.busy?.operationNumber).toBe(2);
    delete faults['recover'];
    expect(await held).toMatchObject({ outcome: 'PERFORM_OUTCOME_EXECUTED' });
  });

  it('hangs for ever when it is deaf', async () => {
    const rig = await startRig({ conf: { kind: 'hang', deaf: true } });
    giveUpBegun(rig, 'conf', 1).catch(() => undefined);
    await expect.poll(() => rig.clerk.desk.busy).toBeDefined();
    rig.clerk.giveUp(rig.driven, { operationNumber: 1, step: 0, operationId: 'test' });
    const other = await perform(rig.driven, { transition: 'start', operation: 2 });
    expect(other.cause).toContain('busy with operation 1');
  });

  it('never answers what it did', async () => {
    const { driven, clerk } = await startRig({ recover: { kind: 'dropAnswer' } });
    let answered = false;
    const settle = (): void => {
      answered = true;
    };
    perform(driven, { transition: 'recover', operation: 1 }).then(settle, settle);
    await expect.poll(() => clerk.desk.executed?.operationNumber).toBe(1);
    expect(await perform(driven, { transition: 'start', operation: 2 })).toMatchObject({ state: 'ready' });
    expect(answered).toBe(false);
  });
});
