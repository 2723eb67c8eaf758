// What every Kubernetes object carries, as far as it concerns us. Objects come as JSON from a watch, with times
// in text, and as the client's classes from a list, with times as Date: both are taken.

import { z } from 'zod';

/** An instant in either form, as milliseconds since 1970. */
export const instant = z
  .union([z.string(), z.date()])
  .transform((value) => (typeof value === 'string' ? Date.parse(value) : value.getTime()))
  .refine(Number.isFinite, { error: 'an instant' });

const texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});

/** Text that may be left out. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

/** A number that may be left out. */
export const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);

/** A flag that may be left out. */
export const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

/** A list that may be left out. */
export function listOf<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((value) => value ?? []);
}

/** Metadata of any object; keys that we do not know are left out. */
export const metadata = z.object({
  namespace: text,
  name: z.string(),
  uid: text,
  generation: count,
  resourceVersion: text,
  labels: texts,
  annotations: texts,
  finalizers: listOf(z.string()),
  deletionTimestamp: instant.nullish(),
  deletionGracePeriodSeconds: z.number().nullish(),
  ownerReferences: listOf(z.object({ kind: text, name: text, uid: text, controller: flag })),
});

/** Names one object of a kind. */
export type ObjectName = { readonly namespace: string; readonly name: string };

/** `namespace/name`, the key of an object among those of its kind. */
export function keyOf({ namespace, name }: ObjectName): string {
  return `${namespace}/${name}`;
}
