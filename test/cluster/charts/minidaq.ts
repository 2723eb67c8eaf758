// The miniature DAQ's values, and ways to change them.

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Values } from './helm.ts';

const valuesSchema = z.looseObject({
  partition: z.looseObject({
    spec: z.looseObject({ segments: z.array(z.looseObject({ name: z.string() })) }),
  }),
});
const { partition } = valuesSchema.parse(parse(readFileSync('charts/minidaq/values.yaml', 'utf8')));

/** Keys of a segment, in place of those of the chart. */
export type Changes = Readonly<Record<string, Values>>;

/** Values with more in the partition's spec, in its segments by name, and in its other keys. */
export function minidaq(spec: Values = {}, segments: Changes = {}, rest: Values = {}): Values {
  const changed = partition.spec.segments.map((segment) => ({ ...segment, ...segments[segment.name] }));
  return { partition: { ...rest, spec: { ...partition.spec, ...spec, segments: changed } } };
}
