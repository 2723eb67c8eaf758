// The stream of a watch, line by line.

import * as z from 'zod';
import { type Asked, faultOfRefusal, KubeFault } from './fault.ts';
import { readStatus } from './refusal.ts';

export type Frame =
  /** It is there, and is like this now. */
  | { readonly kind: 'is'; readonly object: unknown }
  /** It is gone, and was like this. */
  | { readonly kind: 'gone'; readonly object: unknown }
  /** Nothing: how far the watch has come. */
  | { readonly kind: 'bookmark'; readonly object: unknown };

/** An object of etcd ends at 1.5 MB; as JSON, with managed fields, it stays below this. In characters. */
const LINE_LENGTH_MAX = 16 * 1_024 * 1_024;

const schema = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['ADDED', 'MODIFIED']), object: z.unknown() }),
  z.object({ type: z.literal('DELETED'), object: z.unknown() }),
  z.object({ type: z.literal('BOOKMARK'), object: z.unknown() }),
  z.object({ type: z.literal('ERROR'), object: z.unknown() }),
]);

/** The frames of a watch's body. Throws KubeFault for an error frame and for what is no frame. */
export async function* readFrames(body: AsyncIterable<unknown>, asked: Asked): AsyncGenerator<Frame> {
  for await (const line of linesOf(body, asked)) yield frameOf(line, asked);
}

async function* linesOf(body: AsyncIterable<unknown>, asked: Asked): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue;
    const text = decoder.decode(chunk, { stream: true });
    // Only the new text can hold an end: a long line is not searched again with each piece of it.
    if (!text.includes('\n')) {
      rest += text;
      if (rest.length > LINE_LENGTH_MAX)
        throw noFrame(asked, `a line of more than ${LINE_LENGTH_MAX} characters`);
      continue;
    }
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
}

function frameOf(line: string, asked: Asked): Frame {
  const parsed = schema.safeParse(parseJson(line, asked));
  if (!parsed.success) throw noFrame(asked, `no frame of a watch: ${line.slice(0, 200)}`);
  const { type, object } = parsed.data;
  if (type === 'ERROR') throw faultOfRefusal(asked, readStatus(object));
  if (type === 'BOOKMARK') return { kind: 'bookmark', object };
  return { kind: type === 'DELETED' ? 'gone' : 'is', object };
}

function parseJson(line: string, asked: Asked): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw noFrame(asked, `no JSON: ${line.slice(0, 200)}`, cause);
  }
}

function noFrame({ verb, what, server }: Asked, wrong: string, cause?: unknown): KubeFault {
  return new KubeFault('unknown', `${verb} ${what}: ${server} sent ${wrong}`, { cause });
}
