// Some thousands of cases for each commit; `npm run fuzz -- --cases 100000` for more.

import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { KIND_NAMES, KINDS, kindOf, runCases } from './run.ts';
import { acceptOrReject, type Verdict } from './subject.ts';

/** Of all kinds together. */
const CASES = 4_200;

test('no crash, no hang, no unexplained exception, and every rejection names its path', async () => {
  const { counts, findings } = await runCases({ first: 0, cases: CASES });
  expect(findings).toEqual([]);
  for (const kind of KIND_NAMES) {
    const counted = counts.get(kind) ?? { accepted: 0, rejected: 0 };
    expect(counted.accepted + counted.rejected, kind).toBe(CASES / KIND_NAMES.length);
    // Neither a specimen that nothing can spoil nor one that was never good.
    expect(counted.accepted, kind).toBeGreaterThan(10);
    expect(counted.rejected, kind).toBeGreaterThan(100);
  }
}, 120_000);

test('a case is the same each time, and of the kind that its number says', async () => {
  const told: string[][] = [[], []];
  for (const lines of told) {
    await runCases({
      first: 12,
      cases: 6,
      only: ['documents', 'machines'],
      trace: (line) => lines.push(line),
    });
  }
  expect(told[0]).toEqual(told[1]);
  expect(told[0]).toHaveLength(6);
  expect([0, 1, 2].map((number) => kindOf(number, ['flags', 'frames']))).toEqual([
    'flags',
    'frames',
    'flags',
  ]);
});

describe('what is found', () => {
  const attempts: Readonly<Record<string, [() => Promise<Verdict>, RegExp]>> = {
    'an exception that nobody explains': [
      async () => {
        throw new TypeError('x is undefined');
      },
      /^TypeError: x is undefined/,
    ],
    'a case that does not end': [() => new Promise(() => undefined), /it hangs: no end after 50 ms/],
    'a rejection without a problem': [
      () => acceptOrReject('MALFORMED', () => Promise.reject(new RunControlError('MALFORMED', 'no'))),
      /rejected without a problem/,
    ],
    'a problem without a path': [
      () => {
        const problems = [{ path: '', want: 'this', got: 'that' }];
        return acceptOrReject('MALFORMED', () =>
          Promise.reject(new RunControlError('MALFORMED', 'no', { problems })),
        );
      },
      /a problem without a path/,
    ],
    'a rejection of another kind': [
      () => acceptOrReject('MALFORMED', () => Promise.reject(new RunControlError('STORAGE', 'no'))),
      /STORAGE instead of MALFORMED/,
    ],
  };

  test.each(Object.entries(attempts))('%s', async (_, [attempt, sentence]) => {
    const subject = async () => ({ attempt, [Symbol.asyncDispose]: async () => undefined });
    const { findings } = await runCases(
      { first: 0, cases: 1, caseMsMax: 50 },
      { ...KINDS, documents: subject },
    );
    expect(findings).toMatchObject([
      { number: 0, kind: 'documents', sentence: expect.stringMatching(sentence) },
    ]);
  });

  test('a case that holds its thread', () => {
    const watchdog = JSON.stringify(import.meta.resolve('./watchdog.ts'));
    const script = `(await (await import(${watchdog})).startWatchdog(1_000)).begins(17); for (;;);`;
    const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      // It ends itself: this is only for the day on which it does not.
      timeout: 20_000,
    });
    expect({ signal, said: stderr.toString() }).toEqual({
      signal: 'SIGKILL',
      said: 'case 17 hangs: the thread does not come back\n',
    });
  });
});
