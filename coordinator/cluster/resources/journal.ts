import { z } from 'zod';

/** `Journal.spec`: what a coordinator must remember of one partition. Written by it alone, by compare-and-swap. */
export const journalSpecSchema = z.strictObject({
  format: z.int().min(1).meta({ description: 'Which releases can read it.' }),
  epoch: z.int().min(0).meta({ description: 'Grows with each coordinator that leads.' }),
  index: z.int().min(0).meta({ description: 'Number of the last record.' }),
  snapshot: z.string().meta({ description: 'The state before the first of the records.' }),
  records: z.array(z.string()).meta({ description: 'What was decided since, in order.' }),
});

export type JournalSpec = z.output<typeof journalSpecSchema>;
