import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Assembly, type Part } from './builder/assembly.ts';
import { Arrivals } from './run/arrivals.ts';
import { Changes } from './run/changes.ts';
import { dropCredits, giveCredits, noCredits, takeCredit } from './trigger/credits.ts';
import { BURST_MAX, dueNow, newPace, nextInMs } from './trigger/pace.ts';

describe('credits', () => {
  it('are taken from the builders in turn, and only from those that have any', () => {
    let credits = giveCredits(giveCredits(noCredits(3), 0, 2), 2, 2);
    const taken: (number | undefined)[] = [];
    for (let count = 0; count < 5; count += 1) {
      const one = takeCredit(credits);
      taken.push(one?.builder);
      credits = one?.credits ?? credits;
    }
    expect(taken).toEqual([0, 2, 0, 2, undefined]);
  });

  it('bound what is under way: never more taken than given', () => {
    const event = fc.oneof(fc.constant('take'), fc.record({ builder: fc.nat(2), count: fc.nat(5) }));
    fc.assert(
      fc.property(fc.array(event), (events) => {
        let credits = noCredits(2);
        let free = 0;
        for (const each of events) {
          if (typeof each === 'object') {
            credits = giveCredits(credits, each.builder, each.count);
            free += each.builder < 2 ? each.count : 0;
            continue;
          }
          const taken = takeCredit(credits);
          expect(taken !== undefined).toBe(free > 0);
          free -= taken === undefined ? 0 : 1;
          credits = taken?.credits ?? credits;
        }
      }),
    );
  });

  it('of a builder that is gone are gone', () => {
    expect(takeCredit(dropCredits(giveCredits(noCredits(1), 0, 9), 0))).toBeUndefined();
  });
});

describe('pace', () => {
  it('keeps the rate when the timer is late', () => {
    const first = dueNow(newPace(100, 1_000), 1_025);
    expect(first.due).toBe(2);
    const second = dueNow(first.pace, 1_031);
    expect(second.due).toBe(1);
    expect(nextInMs(second.pace, 1_031)).toBe(9);
  });

  it('counts what was due while the process stood still as missed', () => {
    const late = dueNow(newPace(1_000, 0), 10_000);
    expect(late).toMatchObject({ due: BURST_MAX, missed: 10_000 - BURST_MAX });
    expect(dueNow(late.pace, 10_000).due).toBe(0);
  });

  it('never fires at rate 0', () => {
    expect(dueNow(newPace(0, 0), 1e9).due).toBe(0);
    expect(nextInMs(newPace(0, 0), 1e9)).toBeUndefined();
  });
});

describe('arrivals', () => {
  it('are complete when each live peer’s marker came and its count is right', () => {
    const arrivals = new Arrivals('fragments');
    arrivals.arrived('readout-0');
    arrivals.marked('readout-0', 1);
    expect(arrivals.judge(['readout-0', 'readout-1'])).toEqual({
      kind: 'waiting',
      cause: 'no end-of-run marker from readout-1 after 0 fragments',
    });
    expect(arrivals.judge(['readout-0'])).toEqual({ kind: 'complete' });
    arrivals.marked('readout-1', 0);
    expect(arrivals.judge(['readout-0', 'readout-1'])).toEqual({ kind: 'complete' });
  });

  it('say at once when counts differ, more or fewer', () => {
    const arrivals = new Arrivals('fragments');
    arrivals.marked('readout-0', 1);
    const cause = 'readout-0 sent 1 fragments, 0 came';
    expect(arrivals.judge(['readout-0', 'readout-1'])).toEqual({ kind: 'mismatch', cause });
    arrivals.arrived('readout-0');
    arrivals.arrived('readout-0');
    expect(arrivals.judge(['readout-0']).kind).toBe('mismatch');
  });

  it('do not wait for one that went and came back: it is another life', () => {
    const arrivals = new Arrivals('fragments');
    arrivals.left('readout-0');
    expect(arrivals.judge(['readout-0'])).toEqual({ kind: 'complete' });
  });
});

describe('waiting for a change', () => {
  it('ends when the condition holds, and not before', async () => {
    const changes = new Changes();
    let count = 0;
    const waiting = changes.until(() => count === 2, new AbortController().signal);
    for (count = 1; count <= 2; count += 1) changes.notify();
    expect(await waiting).toBe(true);
  });

  it('ends without it when the signal says so', async () => {
    const stop = new AbortController();
    const waiting = new Changes().until(() => false, stop.signal);
    stop.abort();
    expect(await waiting).toBe(false);
    expect(await new Changes().until(() => false, stop.signal)).toBe(false);
  });
});

function piece(number: number, readout: number): Parameters<Assembly['add']>[0] {
  const fragment = { run: 1, number, readout, timestampNs: 0n, crc: 0, intact: true };
  return { fragment, bytes: Buffer.from(`${readout}:${number}`) };
}

function texts(parts: readonly Part[]): readonly string[] {
  return parts.map((part) => {
    const flag = part.incomplete ? ' incomplete' : '';
    return `${part.number}.${part.sequence}${flag} ${part.fragments.map(String).join(' ')}`;
  });
}

describe('assembly', () => {
  const options = { readouts: 2, limitMs: 100, openMax: 10 };

  it('passes a record on with its last fragment, in the order of readouts', () => {
    const assembly = new Assembly(options);
    expect(assembly.add(piece(1, 1), 0)).toEqual([]);
    expect(texts(assembly.add(piece(1, 0), 0))).toEqual(['1.0 0:1 1:1']);
    expect(assembly.open).toBe(0);
  });

  it('passes a record on flagged incomplete at its time limit, not before', () => {
    const assembly = new Assembly(options);
    assembly.add(piece(1, 0), 0);
    assembly.add(piece(2, 0), 50);
    expect(assembly.expire(99)).toEqual([]);
    expect(texts(assembly.expire(100))).toEqual(['1.0 incomplete 0:1']);
    expect(texts(assembly.flush())).toEqual(['2.0 incomplete 0:2']);
  });

  it('gives what comes too late, or twice, a part of its own', () => {
    const assembly = new Assembly(options);
    assembly.add(piece(1, 0), 0);
    assembly.expire(100);
    expect(texts(assembly.add(piece(1, 1), 101))).toEqual(['1.1 incomplete 1:1']);
    assembly.add(piece(2, 0), 101);
    expect(texts(assembly.add(piece(2, 0), 102))).toEqual(['2.2 incomplete 0:2']);
    expect(assembly.late).toBe(2);
  });

  it('passes the oldest on when too many are open', () => {
    const assembly = new Assembly({ ...options, openMax: 1 });
    assembly.add(piece(1, 0), 0);
    expect(texts(assembly.add(piece(2, 0), 1))).toEqual(['1.0 incomplete 0:1']);
  });

  it('lets every fragment leave exactly once, whatever comes when', () => {
    const event = fc.record({
      number: fc.integer({ min: 1, max: 6 }),
      readout: fc.nat(2),
      waitMs: fc.nat(80),
    });
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const assembly = new Assembly({ readouts: 3, limitMs: 100, openMax: 3 });
        let nowMs = 0;
        const parts: Part[] = [];
        for (const { number, readout, waitMs } of events) {
          nowMs += waitMs;
          parts.push(...assembly.expire(nowMs), ...assembly.add(piece(number, readout), nowMs));
        }
        parts.push(...assembly.flush());
        const left = parts.flatMap((part) => part.fragments.map(String)).sort();
        expect(left).toEqual(events.map(({ number, readout }) => `${readout}:${number}`).sort());
        const names = parts.map((part) => `${part.number}.${part.sequence}`);
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });
});
