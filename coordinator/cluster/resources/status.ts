// The status of a Partition: what `kubectl get partitions` shows. It is published for people and never read back as
// truth. Times say since when something is so; an age would have to be written anew for ever.

import { z } from 'zod';
import { SEGMENTS_MAX } from '../../../protos/machine/limits.ts';

/** Targets in trouble that are named; of all of them `troubledCount` tells how many there are. */
export const TROUBLED_MAX = 20;

/** Characters of one sentence in a status. */
export const STATUS_SENTENCE_LENGTH_MAX = 500;

/** Conditions of one Partition: there is one of each type. */
const CONDITIONS_MAX = 16;

/** To the second; told as a format, since the API server reads patterns in another dialect. */
const since = z.string().meta({ format: 'date-time' });
const sentence = z.string().max(STATUS_SENTENCE_LENGTH_MAX);
const counted = z.int().min(0);

/** As every Kubernetes object has them (metav1.Condition). */
export const conditionSchema = z.object({
  type: z.string().min(1).max(316),
  status: z.enum(['True', 'False', 'Unknown']),
  observedGeneration: counted,
  lastTransitionTime: since,
  reason: z.string().min(1).max(1_024),
  message: z.string().max(32_768),
});

export const partitionStatusSchema = z.object({
  observedGeneration: counted.meta({ description: 'The edit of the spec that this status speaks of.' }),
  state: z.string().optional().meta({
    description: 'Common state of the included targets; mixed when they differ; unknown when none is known.',
  }),
  targets: z.string().optional().meta({ description: 'Targets in control, of all that there should be.' }),
  machine: z.string().optional(),
  machineHash: z.string().optional(),
  run: z
    .object({ number: counted, since, status: z.enum(['open', 'clean', 'unclean']) })
    .optional()
    .meta({ description: 'The present run, else the last one; since its start or its end.' }),
  operation: z
    .object({
      id: z.string(),
      title: sentence,
      status: z.enum(['open', 'succeeded', 'failed', 'cancelled']),
      since,
    })
    .optional()
    .meta({ description: 'The open operation, else the last one; since it was accepted or has ended.' }),
  segments: z
    .array(
      z.object({
        name: z.string(),
        members: counted,
        ready: counted.meta({ description: 'Of them, in a state that counts as ready.' }),
        excluded: counted.meta({ description: 'Of them, left out until they stand where the others are.' }),
        states: z
          .record(z.string(), counted)
          .meta({ description: 'How many are in which state; unknown: nobody can tell, or in error.' }),
      }),
    )
    .max(SEGMENTS_MAX)
    .optional(),
  troubled: z
    .array(z.object({ target: z.string(), sentence }))
    .max(TROUBLED_MAX)
    .optional()
    .meta({ description: `The first ${TROUBLED_MAX} targets with which something is wrong.` }),
  troubledCount: counted.optional(),
  conditions: z.array(conditionSchema).max(CONDITIONS_MAX),
});

export type Condition = Readonly<z.output<typeof conditionSchema>>;
export type PartitionStatus = Readonly<z.output<typeof partitionStatusSchema>>;
