// Conditions: one fact each, with the moment since when it holds.

import { z } from 'zod';
import { type Condition, conditionSchema } from '../resources/status.ts';

/** What a condition tells now. */
export type Fact = {
  readonly status: Condition['status'];
  /** One word for programs: `NotFound`. */
  readonly reason: string;
  /** One sentence for people; it may be empty where all is well. */
  readonly message: string;
};

/** By type of condition. */
export type Facts = Readonly<Record<string, Fact>>;

/** What the facts of one moment are dated with. */
export type Dating = {
  /** The edit of the spec that they speak of. */
  readonly generation: number;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
};

/** Kubernetes refuses a status with a longer message. */
const MESSAGE_LENGTH_MAX = 2_000;

/** The facts as conditions, by type. One that `before` has with the same status keeps its moment. */
export function conditionsOf(
  facts: Facts,
  before: readonly Condition[],
  { generation, nowMs }: Dating,
): Condition[] {
  const now = secondsOf(nowMs);
  return Object.entries(facts)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, { status, reason, message }]) => {
      const same = before.find((condition) => condition.type === type && condition.status === status);
      return {
        type,
        status,
        observedGeneration: generation,
        lastTransitionTime: same?.lastTransitionTime ?? now,
        reason,
        message: message.slice(0, MESSAGE_LENGTH_MAX),
      };
    });
}

const written = z.object({ conditions: z.array(z.unknown()) });

/** The conditions of a status that somebody wrote before us, as far as they can be read. */
export function writtenConditions(status: unknown): readonly Condition[] {
  const parsed = written.safeParse(status);
  if (!parsed.success) return [];
  return parsed.data.conditions.flatMap((raw) => {
    const condition = conditionSchema.safeParse(raw);
    return condition.success ? [condition.data] : [];
  });
}

/** An instant as Kubernetes writes it, to the second. */
export function secondsOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
