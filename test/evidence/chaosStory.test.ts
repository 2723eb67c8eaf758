// The stories of chaos, before anything is broken: what a seed draws, and what stands at once.

import { expect, test } from 'vitest';
import { wordsOf } from '../cluster/chaos/story/acts.ts';
import { type Place, TROUBLES } from '../cluster/chaos/story/draw.ts';
import {
  after,
  atStep,
  CALM,
  isTrouble,
  KILLS_MAX,
  LEADER_ENDS_MAX,
  mayBegin,
  TROUBLES_MAX,
} from '../cluster/chaos/story/model.ts';
import { type Step, storyOf } from '../cluster/chaos/story/story.ts';

const PLACE: Place = {
  targets: ['trigger-0', 'readout-0', 'readout-1', 'builder-0', 'writer-0'],
  nodes: ['node-1', 'node-2'],
};
const SEEDS = Array.from({ length: 50 }, (_, seed) => seed);
const STEPS = 100;

const stories = SEEDS.map((seed) => storyOf(seed, STEPS, PLACE));

/** What stands when a step begins, its own trouble included. */
function standingAt(story: readonly Step[], number: number): readonly Step[] {
  return story.filter((step) => isTrouble(step.act) && step.number <= number && step.until > number);
}

test('the same seed tells the same story, and another one another', () => {
  expect(storyOf(7, STEPS, PLACE)).toEqual(storyOf(7, STEPS, PLACE));
  expect(storyOf(8, STEPS, PLACE)).not.toEqual(storyOf(7, STEPS, PLACE));
});

test('the beginning of a story does not depend on its length', () => {
  expect(storyOf(7, 3 * STEPS, PLACE).slice(0, STEPS)).toEqual(storyOf(7, STEPS, PLACE));
});

test('never more troubles at once than may be, and as many at times', () => {
  const counts = stories.flatMap((story) => story.map(({ number }) => standingAt(story, number).length));
  expect(Math.max(...counts)).toBe(TROUBLES_MAX);
});

test('every kind of act is drawn, every kind of trouble in a few stories', () => {
  const acts = stories.flat().map(({ act }) => act);
  const kinds = new Set<string>(acts.map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual(
    [...Object.keys(TROUBLES), 'again', 'begin', 'edit', 'mend', 'quiet', 'rollout', 'say'].sort(),
  );
  const rarely = Object.keys(TROUBLES).filter(
    (kind) => stories.filter((story) => story.some(({ act }) => act.kind === kind)).length < SEEDS.length / 5,
  );
  expect(rarely).toEqual([]);
  expect(new Set(acts.map(wordsOf)).size).toBeGreaterThan(100);
});

test('every trouble ends, and nothing is broken twice at once', () => {
  for (const story of stories) {
    for (const { number, act, until } of story) {
      if (!isTrouble(act)) expect(until).toBe(number);
      else expect(until).toBeGreaterThan(number);
      const standing = standingAt(story, number).map((step) => step.act);
      const targets = standing.flatMap((each) => ('target' in each ? [each.target] : []));
      expect(new Set(targets).size).toBe(targets.length);
    }
  }
});

test('while the API server is away nobody asks it, nor has it to undo anything', () => {
  for (const story of stories) {
    for (const { number, act } of story) {
      const standing = standingAt(story, number).map((step) => step.act.kind);
      if (!standing.includes('apiServer')) continue;
      expect(standing).not.toContain('cordon');
      expect(standing).not.toContain('scaleSet');
      if (act.kind !== 'apiServer') {
        expect(['deletePod', 'deleteAll', 'killCoordinator', 'edit', 'rollout']).not.toContain(act.kind);
      }
    }
  }
});

test('a container that was killed too often is let be until its pod is another one', () => {
  const kill = { kind: 'kill', whose: 'process', target: 'readout-0' } as const;
  const other = { ...kill, whose: 'sidecar' } as const;
  let model = CALM;
  let number = 1;
  const killed = () => {
    model = atStep(after(model, kill, { number, lasts: 1 }), number + 1);
    number += 1;
  };
  while (number <= KILLS_MAX) {
    expect(mayBegin(model, kill)).toBe(true);
    killed();
  }
  expect(mayBegin(model, kill)).toBe(false);
  expect(mayBegin(model, other)).toBe(true);
  const deletion = { kind: 'deletePod', target: 'readout-0', how: 'inOrder' } as const;
  model = atStep(after(model, deletion, { number, lasts: 1 }), number + 1);
  expect(mayBegin(model, kill)).toBe(true);
});

test('so with the coordinators', () => {
  const kill = { kind: 'killCoordinator', which: 'leader' } as const;
  let model = CALM;
  for (let number = 1; number <= LEADER_ENDS_MAX; number += 1) {
    expect(mayBegin(model, kill)).toBe(true);
    model = atStep(after(model, kill, { number, lasts: 1 }), number + 1);
  }
  expect(mayBegin(model, kill)).toBe(false);
  expect(mayBegin(model, { kind: 'pauseLeader' })).toBe(false);
  model = atStep(after(model, { kind: 'deleteLeader' }, { number: 9, lasts: 1 }), 10);
  expect(mayBegin(model, kill)).toBe(true);
});
