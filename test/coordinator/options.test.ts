import { expect, test } from 'vitest';
import { EXIT, exitOf } from '../../coordinator/config/exit.ts';
import { parseOptions } from '../../coordinator/config/options.ts';
import { StaleAppend } from '../../coordinator/journal/journal.ts';
import { InvariantViolation } from '../../protos/failure/invariant.ts';
import { problemLine, RunControlError } from '../../protos/failure/trouble.ts';

const NEEDED = ['--document', 'p.yaml', '--journal', 'j.db', '--targets', 't.json'];

test('what is not said has a default', () => {
  expect(parseOptions(NEEDED)).toEqual({
    kind: 'options',
    options: {
      document: 'p.yaml',
      journal: 'j.db',
      targets: 't.json',
      listen: '127.0.0.1:7400',
      insecureListen: false,
      tls: undefined,
      insecureDial: false,
      portFile: undefined,
      log: 'info',
    },
  });
});

test('all can be said', () => {
  const more = ['--listen', '0.0.0.0:0', '--insecure-listen', '--port-file', 'pf', '--log=debug'];
  expect(parseOptions([...NEEDED, ...more])).toMatchObject({
    options: { listen: '0.0.0.0:0', insecureListen: true, portFile: 'pf', log: 'debug' },
  });
  expect(parseOptions(['--nonsense', '--help'])).toEqual({ kind: 'help' });
});

test('credentials allow to listen beyond this machine, and plaintext beside them is a contradiction', () => {
  const tls = ['--listen', '0.0.0.0:0', '--tls', 'credentials'];
  expect(parseOptions([...NEEDED, ...tls])).toMatchObject({
    options: { tls: 'credentials', insecureListen: false },
  });
  for (const flag of ['--insecure-listen', '--insecure-dial']) {
    const parsed = parseOptions([...NEEDED, ...tls, flag]);
    expect(parsed).toMatchObject({ problems: [{ path: flag, want: 'plaintext or --tls', got: 'both' }] });
  }
  expect(parseOptions([...NEEDED, '--insecure-dial'])).toMatchObject({ options: { insecureDial: true } });
});

test('all problems are told at once, and the document is read all the same', () => {
  const parsed = parseOptions([
    '--document',
    'p.yaml',
    '--listen',
    '10.0.0.1:1',
    '--log',
    'loud',
    '--speed',
    'x',
    '--port-file',
  ]);
  if (parsed.kind !== 'problems') throw new Error('there are problems');
  expect(parsed.document).toBe('p.yaml');
  expect(parsed.problems.map(problemLine).sort()).toEqual([
    '--journal: want a value, got nothing',
    '--listen: want a loopback address, or --tls, or --insecure-listen, got "10.0.0.1:1"',
    '--log: want one of fatal, error, warn, info, debug, trace, silent, got "loud"',
    '--port-file: want a value, got nothing',
    expect.stringMatching(/^--speed: want one of --document, .*, got no such flag$/),
    '--targets: want a value, got nothing',
    'argument 8: want a flag, got "x"',
  ]);
});

test('each end has its exit code', () => {
  expect(exitOf(new StaleAppend('j', { epoch: 1, index: 1 }, { epoch: 2, index: 2 }))).toBe(EXIT.superseded);
  expect(exitOf(new InvariantViolation('x'))).toBe(EXIT.bug);
  expect(exitOf(new TypeError('x'))).toBe(EXIT.bug);
  expect(exitOf(new RunControlError('STORAGE', 'x'))).toBe(EXIT.storage);
  expect(exitOf(new RunControlError('MALFORMED', 'x'))).toBe(EXIT.usage);
  expect(exitOf(new RunControlError('UNREACHABLE', 'x'))).toBe(EXIT.unreachable);
});
