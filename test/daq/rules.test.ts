import { describe, expect, it } from 'vitest';
import {
  admit,
  attach,
  type Desk,
  end,
  newDesk,
  OWN_STOP,
  REMEMBERED_MAX,
  strangerCause,
  type Token,
} from './process/rules.ts';
import { EXECUTED, legality } from './process/steps.ts';

const fresh = newDesk({ startId: 'life', state: 'initial' });

function token(operationNumber: number, step = 0, operationId = `op-${operationNumber}`): Token {
  return { operationNumber, step, operationId };
}

function begin(desk: Desk, each: Token): Desk {
  const admission = admit(desk, each);
  if (admission.kind !== 'begin') throw new Error(`not begun: ${JSON.stringify(admission)}`);
  return admission.desk;
}

const done = { outcome: EXECUTED, state: 'configured' };

describe('attachments', () => {
  it('are replaced only by newer ones', () => {
    const first = attach(fresh, 3);
    expect(first?.attachment).toBe(3);
    expect(attach(first ?? fresh, 3)).toBeUndefined();
    expect(attach(first ?? fresh, 2)).toBeUndefined();
    expect(attach(first ?? fresh, 4)?.attachment).toBe(4);
  });

  it('let only the present one of this life ask', () => {
    const desk = attach(fresh, 3) ?? fresh;
    expect(strangerCause(desk, { attachment: 3, startId: 'life' })).toBeUndefined();
    expect(strangerCause(desk, { attachment: 2, startId: 'life' })).toContain('not the present one, 3');
    expect(strangerCause(desk, { attachment: 3, startId: 'earlier' })).toContain('attach again');
  });
});

describe('tokens', () => {
  it('begin one transition at a time', () => {
    const busy = begin(fresh, token(1));
    expect(admit(busy, token(2))).toEqual({
      kind: 'refused',
      cause: 'the process is busy with operation 1 step 0 (op-1)',
    });
    expect(admit(busy, token(1))).toEqual({ kind: 'join' });
    expect(admit(end(busy, done), token(2)).kind).toBe('begin');
  });

  it('that were begun are answered from memory, also when they failed or were refused', () => {
    const failed = { outcome: { kind: 'failed', cause: 'no' }, state: 'initial' } as const;
    const desk = end(begin(fresh, token(1)), failed);
    expect(admit(desk, token(1))).toEqual({ kind: 'remembered', ending: failed });
  });

  it('differ by each of their parts', () => {
    const desk = end(begin(fresh, token(1)), done);
    for (const other of [token(2, 0, 'op-1'), token(1, 1, 'op-1'), token(1, 0, 'op-2')]) {
      expect(admit(desk, other).kind).toBe('begin');
    }
  });

  it('are echoed as executed only when they were', () => {
    const executed = end(begin(fresh, token(1)), done);
    const failed = end(begin(executed, token(2)), { outcome: { kind: 'failed', cause: 'no' }, state: '' });
    expect(failed).toMatchObject({ executed: token(1), state: '' });
    expect(failed.busy).toBeUndefined();
  });

  it('are never begun twice, even after they were forgotten', () => {
    let desk = fresh;
    const count = REMEMBERED_MAX + 2;
    for (let number = 1; number <= count; number += 1) desk = end(begin(desk, token(number)), done);
    expect(desk.endings).toHaveLength(REMEMBERED_MAX);
    expect(admit(desk, token(1)).kind).toBe('refused');
    expect(admit(desk, token(2)).kind).toBe('refused');
    expect(admit(desk, token(3)).kind).toBe('remembered');
    expect(admit(desk, token(count + 1)).kind).toBe('begin');
    expect(admit(desk, token(OWN_STOP)).kind).toBe('begin');
  });
});

describe('legality', () => {
  it('follows the machine up', () => {
    expect(legality({ name: 'conf', state: 'initial', to: 'configured' })).toMatchObject({
      to: 'configured',
    });
    expect(legality({ name: 'change_rate', state: 'running', to: '' })).toMatchObject({ to: 'running' });
    expect(legality({ name: 'start', state: 'initial', to: 'ready' })).toEqual({
      kind: 'illegal',
      cause: 'start needs configured, the process is in initial',
    });
  });

  it('refuses what leads elsewhere than the asker expects, and what it does not know', () => {
    const cause = 'conf leads from initial to configured, not to ready';
    expect(legality({ name: 'conf', state: 'initial', to: 'ready' })).toEqual({ kind: 'illegal', cause });
    expect(legality({ name: 'toString', state: 'initial', to: '' }).kind).toBe('illegal');
  });

  it('lets the way down go on after a step of it failed', () => {
    for (const state of ['ready', 'running', 'dataflow_drained', 'trigger_sources_stopped']) {
      expect(legality({ name: 'stop', state, to: 'configured' })).toMatchObject({ to: 'configured' });
    }
  });
});
