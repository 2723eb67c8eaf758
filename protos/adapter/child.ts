// What a document and a sidecar's configuration both say of the child adapter. Which program it is each says in
// its own way.

import { z } from 'zod';
import { TIMEOUT_MS_MAX } from '../machine/limits.ts';
import type { Fault } from '../machine/shape.ts';
import type { Machine } from '../machine/table.ts';
import { type SignalsConfig, signalsFaults, signalsSchema } from './signals.ts';

/** The shortest silence after which a process may count as hung, in milliseconds. */
const SILENCE_LIMIT_MS_MIN = 100;

/** The keys of the child adapter but for `type` and the program. */
export const childShape = {
  signals: signalsSchema.optional(),
  silenceLimitMs: z.int().min(SILENCE_LIMIT_MS_MIN).max(TIMEOUT_MS_MAX).optional().meta({
    description: 'A process that obeys lines and says none for so long counts as hung; without it never.',
  }),
};

export type ChildSettings = {
  readonly signals?: SignalsConfig | undefined;
  readonly silenceLimitMs?: number | undefined;
};

/** All that is wrong with the settings of the child adapter under this machine; paths from the adapter. */
export function* childFaults(
  { signals, silenceLimitMs }: ChildSettings,
  machine: Machine | undefined,
): Generator<Fault> {
  if (signals === undefined) return;
  for (const fault of machine === undefined ? [] : signalsFaults(signals, machine)) {
    yield { ...fault, path: ['signals', ...fault.path] };
  }
  if (silenceLimitMs === undefined) return;
  const want = 'nothing with signals, where no message is owed';
  yield { path: ['silenceLimitMs'], want, got: String(silenceLimitMs) };
}
