// A Secret, as small as we need it: its texts, decoded.

import { z } from 'zod';
import { metadata } from './metadata.ts';

export type Secret = {
  readonly version: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** By key. */
  readonly texts: Readonly<Record<string, string>>;
};

const schema = z.object({ metadata, data: z.record(z.string(), z.string()).nullish() });

/** The Secret in `raw`, an object of the API server. Throws ZodError for what is none. */
export function secretOf(raw: unknown): Secret {
  const { metadata: about, data } = schema.parse(raw);
  const texts = Object.entries(data ?? {}).map(([key, text]) => [
    key,
    Buffer.from(text, 'base64').toString(),
  ]);
  return {
    version: about.resourceVersion,
    annotations: about.annotations,
    texts: Object.fromEntries(texts),
  };
}

/** A merge patch that sets these texts, undefined ones taken away, if nobody has written it since it was `seen`. */
export function secretPatch(
  seen: Secret,
  texts: Readonly<Record<string, string | undefined>>,
  annotations: Readonly<Record<string, string>> = {},
): unknown {
  const data = Object.entries(texts).map(([key, text]) => [
    key,
    text === undefined ? null : Buffer.from(text).toString('base64'),
  ]);
  return { metadata: { resourceVersion: seen.version, annotations }, data: Object.fromEntries(data) };
}
