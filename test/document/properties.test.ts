import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDocument } from '../../coordinator/document/parse.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { edited, GOOD, PATH } from './documents.ts';

describe('over many texts', () => {
  test('takes every member count, port and duration that the limits allow', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9_000 }),
        fc.integer({ min: 1, max: 56_000 }),
        fc.integer({ min: 10_001, max: 2_000_000_000 }),
        async (members, port, graceMs) => {
          const stop = `stop: { gracePeriod: ${graceMs}ms, margin: 1ms }`;
          const text = edited(
            edited(GOOD, 'members: 1\n', `members: 1\n      adapter: { port: ${port} }\n`),
            'members: 2\n',
            `members: ${members}\n      ${stop}\n`,
          );
          const [source, sink] = (await parseDocument(text, PATH)).segments;
          expect(source).toMatchObject({ members, minMembers: members, stop: { gracePeriodMs: graceMs } });
          expect(sink?.adapter).toMatchObject({ port });
        },
      ),
      { numRuns: 50 },
    );
  });

  test('whatever is done to a text, it is read, or refused with problems that name the file', async () => {
    const spoil = fc.record({
      at: fc.nat(GOOD.length),
      cut: fc.nat(20),
      put: fc.oneof(
        fc.string({ maxLength: 8 }),
        fc.constantFrom(
          '\n',
          '\t',
          ': ',
          '- ',
          '[',
          '}',
          '"',
          '&a ',
          '*a',
          '|',
          '!!',
          '---\n',
          'null',
          '1e9',
          '#',
        ),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(spoil, { minLength: 1, maxLength: 4 }), async (spoils) => {
        const text = spoils.reduce((t, { at, cut, put }) => t.slice(0, at) + put + t.slice(at + cut), GOOD);
        try {
          expect((await parseDocument(text, PATH)).segments.length).toBeGreaterThan(0);
        } catch (cause) {
          if (!(cause instanceof RunControlError)) throw cause;
          expect(cause.code).toBe('MALFORMED');
          expect(cause.problems.length).toBeGreaterThan(0);
          for (const { path } of cause.problems) expect(path).toMatch(/^test\/testdata\/documents\/\S+:\d+/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
