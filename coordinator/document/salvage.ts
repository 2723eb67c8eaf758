import type { z } from 'zod';

/** The value in `raw` when it has the schema's shape but for keys that the schema does not know. */
export function salvage<T>(schema: z.ZodType<T>, raw: unknown): T | undefined {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const copy: unknown = structuredClone(raw);
  for (const issue of result.error.issues) {
    if (issue.code !== 'unrecognized_keys') return undefined;
    const holder = issue.path.reduce<unknown>(memberOf, copy);
    for (const key of issue.keys) {
      if (typeof holder === 'object' && holder !== null) Reflect.deleteProperty(holder, key);
    }
  }
  return schema.safeParse(copy).data;
}

function memberOf(holder: unknown, key: PropertyKey): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, key) : undefined;
}
