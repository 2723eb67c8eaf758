import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFragment, parseFragment } from './wire/fragment.ts';
import { encodeFrame, FRAME_BYTES_MAX, FrameReader, scanFrames } from './wire/frame.ts';
import { encodeMessage, type Message, parseMessage } from './wire/messages.ts';

const bytes = fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each));
const u32 = fc.nat(2 ** 32 - 1);
const u64 = fc.bigInt(0n, 2n ** 64n - 1n);

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ kind: fc.constant('hello'), from: fc.string(), to: fc.string(), daq: fc.string() }),
  fc.record({ kind: fc.constant('decision'), run: u32, number: u32, timestampNs: u64, builder: u32 }),
  fc.record({ kind: fc.constant('fragment'), bytes }),
  fc.record({
    kind: fc.constant('record'),
    run: u32,
    number: u32,
    timestampNs: u64,
    sequence: u32,
    incomplete: fc.boolean(),
    expected: u32,
    fragments: fc.array(bytes, { maxLength: 5 }),
  }),
  fc.record({ kind: fc.constant('ask'), run: u32 }),
  fc.record({ kind: fc.constant('credit'), run: u32, count: u32 }),
  fc.record({ kind: fc.constant('marker'), run: u32, count: u32 }),
  fc.record({ kind: fc.constant('taken'), run: u32, records: u32, credits: u32 }),
  fc.constant({ kind: 'bye' }),
);

describe('messages', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(message, (each) => {
        expect(parseMessage(encodeMessage(each))).toEqual(each);
      }),
    );
  });

  it('are refused when they are cut, too long, or of no kind', () => {
    const whole = encodeMessage({ kind: 'credit', run: 1, count: 2 });
    expect(() => parseMessage(whole.subarray(0, -1))).toThrow('ends inside a field');
    expect(() => parseMessage(Buffer.concat([whole, Buffer.from([0])]))).toThrow('1 bytes after a credit');
    expect(() => parseMessage(Buffer.from([99]))).toThrow('no message has the kind 99');
    expect(() => parseMessage(Buffer.alloc(0))).toThrow('ends inside a field');
  });

  it('never end the reader with anything but trouble', () => {
    fc.assert(
      fc.property(bytes, (each) => {
        try {
          parseMessage(each);
        } catch (error) {
          expect(error).toMatchObject({ name: 'RunControlError', code: 'MALFORMED' });
        }
      }),
    );
  });
});

describe('frames', () => {
  it('come out of the stream whole, however it is cut', () => {
    const cuts = fc.array(fc.nat(400), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 8 }), cuts, (bodies, at) => {
        const stream = Buffer.concat(bodies.map(encodeFrame));
        const edges = [0, ...at.filter((each) => each < stream.length).sort((a, b) => a - b), stream.length];
        const reader = new FrameReader();
        const read = edges.slice(1).flatMap((end, index) => reader.push(stream.subarray(edges[index], end)));
        expect(read).toEqual(bodies);
      }),
    );
  });

  it('end the link when a byte is wrong or a length impossible', () => {
    const damaged = encodeFrame(Buffer.from('fragment'));
    damaged.writeUInt8(damaged.readUInt8(10) ^ 1, 10);
    expect(() => new FrameReader().push(damaged)).toThrow('a frame is damaged');
    const long = Buffer.alloc(8);
    long.writeUInt32BE(FRAME_BYTES_MAX + 1);
    expect(() => new FrameReader().push(long)).toThrow('a frame is damaged');
  });

  it('are counted when damaged in a file, and those after it are read', () => {
    const [first, second] = [encodeFrame(Buffer.from('first')), encodeFrame(Buffer.from('second'))];
    first.writeUInt8(0, 9);
    const scan = scanFrames(Buffer.concat([first, second, second.subarray(0, 3)]));
    expect(scan.bodies.map(String)).toEqual(['second']);
    expect(scan).toMatchObject({ corrupt: 1, end: first.length + second.length });
  });
});

describe('a fragment', () => {
  const head = { run: 7, number: 3, readout: 2, timestampNs: 5n };

  it('tells whose it is and that it is intact', () => {
    expect(parseFragment(encodeFragment(head, Buffer.from('data')))).toMatchObject({ ...head, intact: true });
  });

  it('is not intact when any byte behind the magic differs, or one is missing', () => {
    const whole = encodeFragment(head, Buffer.from('data'));
    for (let at = 4; at < whole.length; at += 1) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
      expect(parseFragment(damaged)?.intact, `byte ${at}`).toBe(false);
    }
    expect(parseFragment(whole.subarray(0, -1))?.intact).toBe(false);
  });

  it('is nobody’s when its head is gone', () => {
    expect(parseFragment(Buffer.from('data'))).toBeUndefined();
    expect(parseFragment(Buffer.alloc(100))).toBeUndefined();
  });
});
