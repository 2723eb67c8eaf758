import { expect, test } from 'vitest';
import { KILLED, NOTHING_BEGUN, uncleanWords } from '../../coordinator/up/prestop.ts';

const answered = { kind: 'yes', sentence: 'stopped: it is in idle' } as const;

test.each([
  ['in order', answered, { kind: 'code', code: 0 }, ''],
  ['with an exit code of its own', answered, { kind: 'code', code: 7 }, ''],
  ['killed', answered, { kind: 'signal', signal: 'SIGKILL' }, 'its process had to be killed'],
  // The sidecar is its parent, killed it, and tells by the code that a shell gives.
  ['killed by its sidecar', answered, { kind: 'code', code: 137 }, 'its process had to be killed'],
  ['by SIGTERM', answered, { kind: 'signal', signal: 'SIGTERM' }, ''],
  ['before anything began', NOTHING_BEGUN, undefined, ''],
  ['by a second Ctrl-C', KILLED, { kind: 'signal', signal: 'SIGKILL' }, 'it was killed'],
] as const)('an end %s', (_title, answer, exit, words) => {
  expect(uncleanWords(answer, exit)).toBe(words);
});
