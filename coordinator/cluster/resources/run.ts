import { z } from 'zod';

/** `Run.spec`: one run, as the journal told it when it was begun and when it ended. */
export const runSpecSchema = z.strictObject({
  partition: z.string().min(1).max(63),
  number: z.int().min(1).max(4_294_967_295),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  status: z.enum(['open', 'clean', 'unclean']).meta({
    description: 'clean: every target said that it has stopped, in time. unclean: see the cause.',
  }),
  cause: z.string().max(4_096).optional().meta({ description: 'Why it is unclean, with the targets.' }),
});

export type RunSpec = z.output<typeof runSpecSchema>;
