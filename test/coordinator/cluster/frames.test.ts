import { expect, test } from 'vitest';
import { KubeFault } from '../../../coordinator/cluster/client/fault.ts';
import { type Frame, readFrames } from '../../../coordinator/cluster/client/watch.ts';

const ASKED = { verb: 'watch', what: 'pods in namespace daq', server: 'https://api' };

/** What a body of these pieces holds. */
async function framesOf(pieces: readonly Uint8Array[]): Promise<Frame[]> {
  const body = (async function* () {
    yield* pieces;
  })();
  return await Array.fromAsync(readFrames(body, ASKED));
}

const bytes = (text: string) => new TextEncoder().encode(text);

const line = (type: string, object: unknown) => `${JSON.stringify({ type, object })}\n`;

test('frames come out whole however the stream is cut, also within a letter', async () => {
  const whole = bytes(line('ADDED', { name: 'größer' }) + line('DELETED', 1) + line('BOOKMARK', 2));
  const frames = [
    { kind: 'is', object: { name: 'größer' } },
    { kind: 'gone', object: 1 },
    { kind: 'bookmark', object: 2 },
  ];
  for (let cut = 1; cut < whole.length; cut += 1) {
    expect(await framesOf([whole.slice(0, cut), whole.slice(cut)])).toEqual(frames);
  }
  expect(await framesOf([...whole].map((byte) => Uint8Array.of(byte)))).toEqual(frames);
});

test('an error frame is a fault of its own kind', async () => {
  const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
  const fault = await framesOf([bytes(line('ERROR', status))]).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(KubeFault);
  expect(fault).toMatchObject({ kind: 'expired', message: expect.stringContaining('too old resource') });
});

test('what is no frame breaks the watch in words', async () => {
  await expect(framesOf([bytes('<html>\n')])).rejects.toThrow(/https:\/\/api sent no JSON: <html>/);
  await expect(framesOf([bytes('{"type":"LATER"}\n')])).rejects.toThrow(/sent no frame of a watch/);
  const endless = Array.from({ length: 20 }, () => bytes('x'.repeat(1_024 * 1_024)));
  await expect(framesOf(endless)).rejects.toThrow(/a line of more than 16777216 characters/);
});
