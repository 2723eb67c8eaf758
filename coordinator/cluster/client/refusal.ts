import * as z from 'zod';
import type { Refusal } from './fault.ts';

/** A refusal's words are cut here: a proxy between may answer with a page. */
const MESSAGE_LENGTH_MAX = 1_000;

const schema = z.object({
  code: z.int().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  details: z.object({ causes: z.array(z.object({ message: z.string().optional() })).optional() }).nullish(),
});

/** What an answer that is no success says: a Status of the API server, or the words of whoever stands between. */
export function readRefusal(status: number, text: string): Refusal {
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) return { status, reason: undefined, message: wordsOf(status, text), causes: [] };
  return { ...refusalOf(parsed.data, status), message: parsed.data.message ?? wordsOf(status, text) };
}

/** What the Status in an ERROR frame of a watch says. */
export function readStatus(object: unknown): Refusal {
  const parsed = schema.safeParse(object);
  if (!parsed.success)
    return { status: 500, reason: undefined, message: 'an error that is no Status', causes: [] };
  return refusalOf(parsed.data, 500);
}

function refusalOf({ code, reason, message, details }: z.infer<typeof schema>, status: number): Refusal {
  const causes = (details?.causes ?? []).flatMap((cause) => cause.message ?? []);
  return { status: code ?? status, reason, message: (message ?? '').slice(0, MESSAGE_LENGTH_MAX), causes };
}

function wordsOf(status: number, text: string): string {
  return `HTTP ${status} ${text.slice(0, MESSAGE_LENGTH_MAX).trim()}`.trim();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
