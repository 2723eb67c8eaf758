// Lives of containers, each one after the other in its own container: those of other pods are another matter, also when
// they have the same name, or are replicas of one program.

import type { Entry } from '../e2e/logs.ts';

/** Names one life of a container. */
export type Life = {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly container: string;
  /** From 0. */
  readonly restart: number;
};

/** What is known of one life; times in milliseconds since 1970. */
export type Told = {
  readonly life: Life;
  /** What it has said, oldest first. */
  readonly said: readonly Entry[];
  /** When its file was first seen: it has begun by then. */
  readonly seenMs: number;
  /** When it ended, by the word of its runtime. */
  readonly endMs: number | undefined;
  /** When its file was first missed: it has ended by then. */
  readonly missedMs: number | undefined;
};

/**
 * What was said in all of them, life by life, with an `ended` after each that is over: when its runtime says so, else
 * when the next one of the same container began, else when its file was gone. Of the rest nobody knows an end.
 */
export function entriesOfLives(told: readonly Told[]): readonly Entry[] {
  const containers = Map.groupBy(told, ({ life: { uid, container } }) => `${uid}/${container}`);
  const inOrder = [...containers.values()]
    .map((lives) => lives.toSorted((a, b) => a.life.restart - b.life.restart))
    .toSorted(([a], [b]) => beginOf(a) - beginOf(b));
  return inOrder.flatMap((lives) =>
    lives.flatMap((each, at) => {
      const { uid: pod } = each.life;
      const said = each.said.map((entry): Entry => ({ ...entry, pod }));
      const endMs = endOf(each, lives[at + 1]);
      return endMs === undefined ? said : [...said, { ...ENDED, atMs: endMs, pod }];
    }),
  );
}

const ENDED = { kind: 'ended', words: 'its container ended', fields: {} } as const;

function endOf({ said, endMs, missedMs }: Told, next: Told | undefined): number | undefined {
  const knownMs = endMs ?? (next === undefined ? missedMs : beginOf(next));
  // Clocks tell less than a millisecond, lines whole ones: what it said was said before.
  return knownMs === undefined ? undefined : Math.max(Math.ceil(knownMs), said.at(-1)?.atMs ?? 0);
}

function beginOf(told: Told | undefined): number {
  const { said = [], seenMs = Number.POSITIVE_INFINITY } = told ?? {};
  return Math.min(said[0]?.atMs ?? seenMs, seenMs);
}
