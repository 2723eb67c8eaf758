import { expect, test } from 'vitest';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { CONFIG_BYTES_MAX, type Config, parseConfig } from '../../sidecar/config/parse.ts';

const good = {
  partition: 'daq',
  segment: 'readout',
  ordinal: 3,
  podUid: 'pod-1',
  machine: minimal,
  adapter: { type: 'grpc', address: '127.0.0.1:5000' },
  listen: { grpc: '127.0.0.1:0', probes: '127.0.0.1:0' },
  stateFile: '/tmp/state',
  gracePeriodMs: 30_000,
  marginMs: 5_000,
};

function parse(raw: unknown, environment: Record<string, string> = {}, insecureListen = false): Config {
  return parseConfig({ text: JSON.stringify(raw), environment, insecureListen });
}

function problems(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof RunControlError) return error.problems.map(({ path, want }) => `${path}: ${want}`);
    throw error;
  }
  return [];
}

test('a good file, with its defaults', () => {
  expect(parse(good)).toEqual({
    ...good,
    detachedLimitMs: 30_000,
    insecureListen: false,
    log: 'info',
    portFile: undefined,
  });
});

test('all problems at once: keys, types, the machine and addresses', () => {
  const bad = {
    ...good,
    ordinal: -1,
    podUid: undefined,
    bogus: 1,
    machine: { ...minimal, initial: 'nowhere' },
  };
  const paths = problems(() => parse(bad)).map((line) => line.split(':')[0]);
  expect(paths.toSorted()).toEqual(['bogus', 'machine.initial', 'ordinal', 'podUid']);
});

test.each([
  [
    { listen: { grpc: '0.0.0.0:1', probes: '127.0.0.1:0' } },
    'listen.grpc: a loopback address, or the key tls, or --insecure-listen',
  ],
  [{ listen: { grpc: '127.0.0.1:0', probes: 'nine' } }, 'listen.probes: host:port, e.g. 127.0.0.1:0'],
  [
    { listen: { grpc: '127.0.0.1:9', probes: '127.0.0.1:9' } },
    'listen.probes: another port than listen.grpc',
  ],
  [{ marginMs: 30_000 }, 'marginMs: less than gracePeriodMs, which is 30000'],
  [
    { adapter: { type: 'grpc', address: '10.0.0.1:5000' } },
    'adapter.address: a loopback address with a port, e.g. 127.0.0.1:5000',
  ],
  [
    { adapter: { type: 'grpc', address: '127.0.0.1:0' } },
    'adapter.address: a loopback address with a port, e.g. 127.0.0.1:5000',
  ],
  [{ adapter: { type: 'child', command: [] } }, 'adapter.command: at least one entry'],
  [
    {
      adapter: {
        type: 'child',
        command: ['./readout'],
        signals: { states: { idle: 'i', running: 'r' }, send: { start: 'SIGUSR1' } },
      },
    },
    'adapter.signals.send.stop: a signal for stop, or skip',
  ],
  [
    {
      adapter: {
        type: 'child',
        command: ['./readout'],
        silenceLimitMs: 1_000,
        signals: { states: { idle: 'i', running: 'r' }, send: { start: 'SIGUSR1', stop: 'SIGUSR2' } },
      },
    },
    'adapter.silenceLimitMs: nothing with signals, where no message is owed',
  ],
  [{ partition: 'p'.repeat(64) }, 'partition: at most 63 characters'],
  [{ segment: 's'.repeat(53) }, 'segment: at most 52 characters'],
  [{ gracePeriodMs: 3_000_000_000 }, 'gracePeriodMs: an integer in 0..2147483647'],
])('%j is refused', (changed, problem) => {
  expect(problems(() => parse({ ...good, ...changed }))).toEqual([problem]);
});

test.each([
  [{ type: 'gprc', address: '127.0.0.1:5000' }, /^adapter\.type: one of .*\(did you mean "grpc"\?\)$/],
  [{ address: '127.0.0.1:5000' }, /^adapter\.type: one of grpc, http/],
])('an adapter of no known type is refused', (adapter, problem) => {
  expect(problems(() => parse({ ...good, adapter }))).toEqual([expect.stringMatching(problem)]);
});

test('what the keys of an adapter say together is told with them', () => {
  const adapter = {
    ...{ type: 'http', address: '127.0.0.1:0', refused: {}, transitions: { strat: { path: '/{tokn}' } } },
    completion: { type: 'poll', path: '/jobs/{job}' },
    state: { path: '/state', startId: '/id', map: { UP: ['idle', 'runing'] } },
    health: { path: '/health', startId: '/id' },
  };
  expect(problems(() => parse({ ...good, adapter }))).toEqual([
    'adapter.address: a loopback address with a port, e.g. 127.0.0.1:5000',
    'adapter.transitions.strat: a transition of machine minimal (start, stop, recover) (did you mean "start"?)',
    'adapter.state.map.UP: a state of machine minimal (idle, running) (did you mean "running"?)',
    'adapter.completion.done: when a polled answer means done',
    'adapter.completion.job: where the first answer names the {job}',
    'adapter.transitions.strat.path: {token}',
    'adapter.refused: status or body, or both',
    'adapter.health.startId: a start id in one place',
  ]);
});

test('a poll of the state is refused only where no word of it can tell the end', () => {
  const polled = { type: 'http', address: '127.0.0.1:5000', completion: { type: 'poll' } };
  const one = { path: '/state', map: { UP: ['idle', 'running'] } };
  const parsed = (adapter: object) => () => parse({ ...good, adapter: { ...polled, ...adapter } });
  expect(parsed({ state: { path: '/state' } })).not.toThrow();
  expect(parsed({ state: { ...one, executed: '/token' } })).not.toThrow();
  expect(parsed({ state: one, transitions: { start: { skip: true }, stop: { skip: true } } })).not.toThrow();
  expect(problems(parsed({ state: one, transitions: { start: { skip: true } } }))).toEqual([
    expect.stringMatching(/^adapter\.transitions\.stop: state\.executed, completion\.path or skip: true/),
  ]);
});

test('a machine that is missing is told once', () => {
  expect(problems(() => parse({ ...good, machine: undefined }))).toHaveLength(1);
});

test('--insecure-listen allows what the file may not', () => {
  const open = { ...good, listen: { grpc: '0.0.0.0:1', probes: '0.0.0.0:2' } };
  expect(parse(open, {}, true).insecureListen).toBe(true);
  expect(parse({ ...open, insecureListen: true }).listen).toEqual(open.listen);
});

test('the environment tells what only the pod knows', () => {
  const environment = {
    BATON_PARTITION: 'np04',
    BATON_SEGMENT: 'writer',
    BATON_ORDINAL: '12',
    BATON_POD_UID: 'uid',
    OTHER: 'x',
  };
  expect(parse(good, environment)).toMatchObject({
    partition: 'np04',
    segment: 'writer',
    ordinal: 12,
    podUid: 'uid',
  });
  expect(parse(good, { BATON_POD_UID: '' }).podUid).toBe('pod-1');
  expect(problems(() => parse(good, { BATON_ORDINAL: 'three' }))).toEqual([
    'ordinal: an integer in 0..99999',
  ]);
});

test('what is no JSON object, or too large, is told in a line', () => {
  const text = (words: string) =>
    problems(() => parseConfig({ text: words, environment: {}, insecureListen: false }));
  expect(text('{"a":')).toEqual(['the whole: a JSON object']);
  expect(text(' '.repeat(CONFIG_BYTES_MAX + 1))).toEqual([`the whole: at most ${CONFIG_BYTES_MAX} bytes`]);
  expect(text('[1]').length).toBeGreaterThan(0);
  expect(text('null').length).toBeGreaterThan(0);
});
