import { expect, test } from 'vitest';
import { partitionStatusSchema, TROUBLED_MAX } from '../../../coordinator/cluster/resources/status.ts';
import { conditionsOf, writtenConditions } from '../../../coordinator/cluster/status/conditions.ts';
import { statusOf, unledStatus } from '../../../coordinator/cluster/status/status.ts';
import type { OperationId, Target } from '../../../coordinator/core/model/partition.ts';
import type { Core } from '../../../coordinator/core/model/picture.ts';
import { allIn, coreOf, partitionOf, turn, welcomed } from './fleet.ts';

const AT = { generation: 3, nowMs: Date.UTC(2026, 10, 21, 12, 0, 0, 900) };
const ACCEPTED = { Accepted: { status: 'True', reason: 'Read', message: '' } } as const;

test('a partition that is well: one line of counts for each segment, and no trouble', () => {
  const core = allIn(coreOf(partitionOf('readout 2', 'writer 1')), 'initial');
  const status = statusOf(core, ACCEPTED, undefined, AT);
  expect(status).toMatchObject({
    observedGeneration: 3,
    state: 'initial',
    targets: '3/3',
    machine: 'dune',
    troubled: [],
    troubledCount: 0,
    segments: [
      { name: 'readout', members: 2, excluded: 0, states: { initial: 2 } },
      { name: 'writer', members: 1, excluded: 0, states: { initial: 1 } },
    ],
  });
  expect(status.conditions.map(({ type, status }) => `${type} ${status}`)).toEqual([
    'Accepted True',
    'Healthy True',
    'MachineCurrent True',
  ]);
  expect(status.run).toBeUndefined();
  expect(partitionStatusSchema.parse(status)).toEqual(status);
});

test('who is not there, in error, or without a process is named with its sentence', () => {
  let core = coreOf(partitionOf('readout 4'));
  core = welcomed(core, 'readout-0', { state: 'running' });
  core = welcomed(core, 'readout-1', { state: 'running', inError: true, cause: 'the disk is full' });
  core = welcomed(core, 'readout-2', { attached: false, state: '', cause: '' });
  const status = statusOf(core, {}, undefined, AT);
  expect(status.troubled).toEqual([
    { target: 'readout-1', sentence: 'the disk is full' },
    { target: 'readout-2', sentence: 'no process is attached' },
    { target: 'readout-3', sentence: 'not connected yet' },
  ]);
  expect(status.segments).toEqual([
    { name: 'readout', members: 4, ready: 1, excluded: 0, states: { running: 1, unknown: 3 } },
  ]);
  expect(status.targets).toBe('2/4');
  expect(status.conditions.find(({ type }) => type === 'Healthy')).toMatchObject({
    status: 'False',
    message: 'readout-1: the disk is full (and 2 more of 4)',
  });
});

test('of thousands in trouble the first are named and all are counted', () => {
  const status = statusOf(coreOf(partitionOf('readout 3000')), {}, undefined, AT);
  expect(status.troubled).toHaveLength(TROUBLED_MAX);
  expect(status.troubledCount).toBe(3_000);
});

test('a run and an operation are told with since when, in whole seconds', () => {
  let core = allIn(coreOf(partitionOf('readout 1')), 'initial');
  core = turn(core, {
    type: 'submit',
    caller: 1,
    id: 'o1' as OperationId,
    command: { kind: 'sequence', name: 'start_run', arguments: {} },
    highestSeen: 0,
    operator: 'crew',
  });
  const opened = statusOf(core, {}, undefined, AT);
  expect(opened.operation).toEqual({
    id: 'o1',
    title: 'start_run',
    status: 'open',
    since: '1970-01-01T00:00:01Z',
  });
  expect(opened.run).toMatchObject({ number: 1, status: 'open' });
});

test('a target of another machine is a condition that says what to do', () => {
  const core = coreOf(partitionOf('readout 1'));
  const other = welcomed(core, 'readout-0', { state: 'initial', machineHash: 'another' });
  const [condition] = statusOf(other, {}, undefined, AT).conditions.filter(
    (c) => c.type === 'MachineCurrent',
  );
  expect(condition?.status).toBe('False');
  expect(condition?.message).toContain('baton rollout readout');
});

test('what the platform knows of the pod of one in trouble stands beside, and makes nobody troubled', () => {
  const facts = { sentence: 'process was OOMKilled 12 s ago, 3 restarts', node: 'east', restarts: 3 };
  const told = (core: Core, target: string) => {
    const observation = core.fleet.get(target as Target);
    if (observation === undefined) throw new Error('no such target');
    core.fleet.set(observation.target, { ...observation, podFacts: { ...observation.podFacts, ...facts } });
  };
  const core = welcomed(coreOf(partitionOf('readout 2')), 'readout-0', { state: 'initial' });
  told(core, 'readout-0');
  told(core, 'readout-1');
  expect(statusOf(core, {}, undefined, AT).troubled).toEqual([
    { target: 'readout-1', sentence: `not connected yet; ${facts.sentence}` },
  ]);
});

test('a machine that waits for the end of a run is a condition', () => {
  const core = allIn(coreOf(partitionOf('readout 1')), 'initial');
  const waiting = { ...core, wanted: { ...core.wanted, machineHash: 'newer' } };
  const [condition] = statusOf(waiting, {}, undefined, AT).conditions.filter(
    (c) => c.type === 'MachineCurrent',
  );
  expect(condition).toMatchObject({ status: 'False', reason: 'Waiting' });
});

test('a condition keeps its moment while its status is the same, whatever its words', () => {
  const before = conditionsOf({ A: { status: 'False', reason: 'X', message: 'one' } }, [], AT);
  const later = { generation: 4, nowMs: AT.nowMs + 60_000 };
  const [same] = conditionsOf({ A: { status: 'False', reason: 'Y', message: 'two' } }, before, later);
  expect(same).toEqual({
    type: 'A',
    status: 'False',
    reason: 'Y',
    message: 'two',
    observedGeneration: 4,
    lastTransitionTime: '2026-11-21T12:00:00Z',
  });
  const [turned] = conditionsOf({ A: { status: 'True', reason: 'Z', message: '' } }, before, later);
  expect(turned?.lastTransitionTime).toBe('2026-11-21T12:01:00Z');
});

test('of a status that somebody wrote only whole conditions are taken', () => {
  const [good] = conditionsOf({ A: { status: 'True', reason: 'X', message: '' } }, [], AT);
  expect(writtenConditions({ conditions: [good, { type: 'B' }, 7] })).toEqual([good]);
  expect(writtenConditions('nonsense')).toEqual([]);
  expect(writtenConditions({ conditions: 7 })).toEqual([]);
});

test('a partition that is not led claims no state, run or operation', () => {
  const status = unledStatus(
    { Accepted: { status: 'False', reason: 'Malformed', message: 'm' } },
    undefined,
    AT,
  );
  expect(status).toMatchObject({ state: 'unknown', observedGeneration: 3 });
  expect(Object.keys(status).toSorted()).toEqual(['conditions', 'observedGeneration', 'state']);
});
