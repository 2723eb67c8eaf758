import { expect, test } from 'vitest';
import { BudgetKeeper } from '../../../coordinator/cluster/disruption/keeper.ts';
import { EVENT_PACE } from '../../../coordinator/cluster/events/book.ts';
import { EVENTS_WAITING_MAX, EventWriter } from '../../../coordinator/cluster/events/writer.ts';
import type { PublishingClient } from '../../../coordinator/cluster/publishing.ts';
import {
  type DisruptionBudget,
  disruptionBudgetOf,
} from '../../../coordinator/cluster/resources/disruptionBudget.ts';
import { STATUS_SENTENCE_LENGTH_MAX } from '../../../coordinator/cluster/resources/status.ts';
import { RUN_CHANGES_WAITING_MAX, RunWriter } from '../../../coordinator/cluster/runs/writer.ts';
import { troubledOf } from '../../../coordinator/cluster/status/status.ts';
import { emptyJournal } from '../../../coordinator/core/journal-state.ts';
import { condition } from '../../sidecar/condition.ts';
import { coreOf, partitionOf, welcomed } from './fleet.ts';
import { publishing } from './publishing.ts';

test('while the API server is away the newest events wait, and no more than their limit', async () => {
  const { world, parts } = publishing();
  await using writer = new EventWriter(parts);
  for (let i = 0; i < EVENTS_WAITING_MAX + 10; i++) {
    world.nowMs += EVENT_PACE.everyMs;
    writer.note({ type: 'Warning', reason: 'R', action: 'A', sentence: `number ${i};`, key: `${i}` });
  }
  await condition('it was tried', () => world.attempts > 0);
  world.isAway = false;
  await condition('all that waited are written', () => world.written.length === EVENTS_WAITING_MAX);
  expect(world.written[0]).toContain('number 10;');
  expect(world.written.at(-1)).toContain(`number ${EVENTS_WAITING_MAX + 9};`);
});

test('while the API server is away the newest runs wait, and no more than their limit', async () => {
  const { world, parts } = publishing();
  await using writer = new RunWriter(parts);
  world.isAway = false;
  writer.changed(emptyJournal);
  const run = (number: number) => ({ number, clean: true, cause: '', startedAtMs: 1, endedAtMs: 2 });
  const first = { ...emptyJournal, runs: [run(1)] };
  writer.changed(first);
  await condition('it has looked', () => world.written.length === 1);
  world.isAway = true;
  let journal = first;
  for (let number = 2; number < RUN_CHANGES_WAITING_MAX + 12; number++) {
    journal = { ...journal, runs: [...journal.runs, run(number)] };
    writer.changed(journal);
  }
  await condition('it was tried', () => world.attempts > 1);
  world.isAway = false;
  await condition('all that waited are written', () => world.written.length === 1 + RUN_CHANGES_WAITING_MAX);
  expect(world.written.at(-1)).toBe(`p-${RUN_CHANGES_WAITING_MAX + 11}`);
  expect(world.written[1]).toBe('p-12');
});

test('a budget that somebody deletes before our own word on it is answered is written again', async () => {
  const { world, parts } = publishing();
  world.isAway = false;
  const known: DisruptionBudget[] = [];
  const answers: PromiseWithResolvers<void>[] = [];
  const client: PublishingClient = {
    ...parts.client,
    patch: async (_, __, { body }) => {
      const answer = Promise.withResolvers<void>();
      answers.push(answer);
      await answer.promise;
      return body;
    },
  };
  const core = coreOf(partitionOf('readout 1'));
  await using keeper = new BudgetKeeper(
    { ...parts, client },
    {
      core: () => core,
      document: () => ({ name: 'p', segments: [{ name: 'readout' }] }),
      budgets: () => known,
      sets: () => [],
      spared: () => new Map(),
      onChange: () => undefined,
    },
  );
  keeper.changed();
  await condition('it is sent', () => answers.length === 1);
  // The watch is faster than the answer: it tells what we have made, and that somebody has deleted it.
  known.push(disruptionBudgetOf({ metadata: { namespace: 'daq', name: 'p-readout' }, spec: {} }));
  keeper.changed();
  known.pop();
  keeper.changed();
  answers[0]?.resolve();
  await condition('it is sent again', () => answers.length === 2);
  answers[1]?.resolve();
});

test('a sentence of the status is cut', () => {
  const core = welcomed(coreOf(partitionOf('readout 1')), 'readout-0', { cause: 'x'.repeat(5_000) });
  expect(troubledOf(core)[0]?.sentence).toHaveLength(STATUS_SENTENCE_LENGTH_MAX);
});
