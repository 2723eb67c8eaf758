import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvariantViolation } from '../../protos/failure/invariant.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { dune } from '../../protos/machine/dune.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { findTransition, type Machine, RECOVER } from '../../protos/machine/table.ts';
import {
  allowedNow,
  compileMachine,
  initialValue,
  isMachineValue,
  type MachineEvent,
  type MachineValue,
  next,
  UNKNOWN_VALUE,
} from '../../sidecar/machine/compile.ts';
import { machines } from './arbitrary.ts';

/** What `next` must do, told a second time by the table alone and without xstate. */
function expected(machine: Machine, value: MachineValue, event: MachineEvent): MachineValue | undefined {
  if (event.type === 'begin') return begun(machine, value, event.transition);
  if (event.type === 'observed') {
    const known = machine.states.some((state) => state.name === event.state);
    return value.doing === '' && known ? { ...value, state: event.state } : undefined;
  }
  if (value.doing === '') return undefined;
  if (event.type === 'refused') return { ...value, doing: '' };
  if (event.type === 'interrupted') return { state: '', error: true, doing: '' };
  if (event.type === 'failed') {
    const known = event.state === '' || machine.states.some((state) => state.name === event.state);
    return known ? { state: event.state, error: true, doing: '' } : undefined;
  }
  return finished(machine, value, event.state);
}

function begun(machine: Machine, value: MachineValue, name: string): MachineValue | undefined {
  if (value.doing !== '') return undefined;
  if (name === RECOVER) return value.error || value.state === '' ? { ...value, doing: name } : undefined;
  const transition = findTransition(machine, name);
  if (transition === undefined || !transition.from.includes(value.state)) return undefined;
  return value.error && !transition.stopPath ? undefined : { ...value, doing: name };
}

function finished(
  machine: Machine,
  value: MachineValue,
  named: string | undefined,
): MachineValue | undefined {
  if (value.doing === RECOVER) {
    const known = machine.states.some((state) => state.name === named);
    return known && named !== undefined ? { state: named, error: false, doing: '' } : undefined;
  }
  const to = findTransition(machine, value.doing)?.to ?? value.state;
  return named === undefined || named === to ? { state: to, error: value.error, doing: '' } : undefined;
}

function events(machine: Machine): fc.Arbitrary<MachineEvent> {
  const states = fc.constantFrom('', 'no_such_state', ...machine.states.map((state) => state.name));
  const transitions = fc.constantFrom(RECOVER, 'no_such', ...machine.transitions.map((t) => t.name));
  return fc.oneof(
    { weight: 3, arbitrary: transitions.map((transition): MachineEvent => ({ type: 'begin', transition })) },
    { weight: 2, arbitrary: fc.constant<MachineEvent>({ type: 'done' }) },
    states.map((state): MachineEvent => ({ type: 'done', state })),
    fc.constant<MachineEvent>({ type: 'refused' }),
    states.map((state): MachineEvent => ({ type: 'failed', state })),
    fc.constant<MachineEvent>({ type: 'interrupted' }),
    states.map((state): MachineEvent => ({ type: 'observed', state })),
  );
}

describe('next', () => {
  const walks = machines.chain((machine) =>
    fc.tuple(fc.constant(machine), fc.array(events(machine), { maxLength: 60 })),
  );

  test('agrees with the table, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(walks, ([machine, happened]) => {
        const compiled = compileMachine(machine);
        let value = initialValue(compiled);
        for (const event of happened) {
          const reached = next(compiled, value, event);
          expect(reached).toEqual(expected(machine, value, event));
          // Asked again it is answered from memory, and the same.
          expect(next(compiled, value, event)).toEqual(reached);
          value = reached ?? value;
          expect(isMachineValue(compiled, value)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('agrees with the table for every value and event of dune', () => {
    const compiled = compileMachine(dune);
    const states = ['', ...dune.states.map((state) => state.name)];
    const names = ['', RECOVER, ...dune.transitions.map((t) => t.name)];
    const all: MachineEvent[] = [
      ...names.map((transition): MachineEvent => ({ type: 'begin', transition })),
      { type: 'done' },
      { type: 'refused' },
      { type: 'interrupted' },
      ...states.flatMap((state): MachineEvent[] => [
        { type: 'done', state },
        { type: 'failed', state },
        { type: 'observed', state },
      ]),
    ];
    let values = 0;
    for (const error of [false, true]) {
      for (const state of states) {
        for (const doing of names) {
          const value = { state, error, doing };
          const isPossible = doing === '' || begun(dune, { ...value, doing: '' }, doing) !== undefined;
          expect(isMachineValue(compiled, value)).toBe(isPossible);
          if (!isPossible) continue;
          values += 1;
          for (const event of all) expect(next(compiled, value, event)).toEqual(expected(dune, value, event));
        }
      }
    }
    expect(values).toBeGreaterThan(30);
  });

  test('tells the story of a run that goes wrong', async () => {
    await expect(story()).toMatchFileSnapshot('../testdata/machine/story.txt');
  });

  test('a value of another machine is a bug, not an answer', () => {
    const compiled = compileMachine(minimal);
    const foreign = { state: 'configured', error: false, doing: '' };
    expect(isMachineValue(compiled, foreign)).toBe(false);
    expect(() => next(compiled, foreign, { type: 'done' })).toThrow(InvariantViolation);
  });
});

test('a table with faults is not compiled, and all of them are told', () => {
  const broken = { ...minimal, initial: 'nowhere', name: 'Minimal' };
  let thrown: unknown;
  try {
    compileMachine(broken);
  } catch (cause) {
    thrown = cause;
  }
  expect(thrown).toBeInstanceOf(RunControlError);
  expect(thrown).toMatchObject({ code: 'MALFORMED', problems: [{ path: 'name' }, { path: 'initial' }] });
});

test('the largest table that is allowed compiles', () => {
  const names = Array.from({ length: 64 }, (_, at) => `s${at}`);
  const base = minimal.transitions[0];
  if (base === undefined) throw new Error('minimal has a transition');
  const largest: Machine = {
    ...minimal,
    initial: 's0',
    states: names.map((name) => ({ name, ready: true, inRun: false, rest: true, description: '' })),
    transitions: Array.from({ length: 128 }, (_, at) => ({
      ...base,
      name: `t${at}`,
      from: names,
      to: `s${at % 64}`,
    })),
    sequences: [],
  };
  const compiled = compileMachine(largest);
  const doing = next(compiled, initialValue(compiled), { type: 'begin', transition: 't63' });
  expect(doing).toEqual({ state: 's0', error: false, doing: 't63' });
});

function story(): string {
  const compiled = compileMachine(dune);
  let value: MachineValue = UNKNOWN_VALUE;
  const happened: readonly MachineEvent[] = [
    { type: 'begin', transition: 'conf' },
    { type: 'observed', state: 'nowhere' },
    { type: 'observed', state: 'initial' },
    { type: 'begin', transition: 'conf' },
    { type: 'begin', transition: 'scrap' },
    { type: 'refused' },
    { type: 'begin', transition: 'conf' },
    { type: 'done', state: 'initial' },
    { type: 'done', state: 'configured' },
    { type: 'begin', transition: 'start' },
    { type: 'observed', state: 'ready' },
    { type: 'done' },
    { type: 'begin', transition: 'change_rate' },
    { type: 'done' },
    { type: 'begin', transition: 'recover' },
    { type: 'begin', transition: 'enable_triggers' },
    { type: 'failed', state: 'ready' },
    { type: 'begin', transition: 'enable_triggers' },
    { type: 'begin', transition: 'drain_dataflow' },
    { type: 'done' },
    { type: 'begin', transition: 'stop_trigger_sources' },
    { type: 'interrupted' },
    { type: 'begin', transition: 'stop' },
    { type: 'begin', transition: 'recover' },
    { type: 'done' },
    { type: 'refused' },
    { type: 'begin', transition: 'recover' },
    { type: 'done', state: 'configured' },
    { type: 'begin', transition: 'scrap' },
    { type: 'failed', state: '' },
    { type: 'observed', state: 'configured' },
  ];
  const lines = [`${show(value)}  allowed: ${allowedNow(compiled, value).join(', ')}`];
  for (const event of happened) {
    const reached = next(compiled, value, event);
    value = reached ?? value;
    lines.push(`${Object.values(event).join(' ')}: ${reached === undefined ? 'not allowed' : show(reached)}`);
    if (value.doing === '') lines.push(`  allowed: ${allowedNow(compiled, value).join(', ')}`);
  }
  return `${lines.join('\n')}\n`;
}

function show(value: MachineValue): string {
  const doing = value.doing === '' ? '' : `, doing ${value.doing}`;
  return `${value.state || 'unknown'}${value.error ? ' in error' : ''}${doing}`;
}
