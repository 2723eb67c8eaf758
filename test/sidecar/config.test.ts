import { expect, test } from 'vitest';
import type { PartitionDocument } from '../../coordinator/document/document.ts';
import { parseDocument } from '../../coordinator/document/parse.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { machineHash } from '../../protos/machine/hash.ts';
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

const byName = { ...good, machine: 'dune', segments: ['trigger', 'readout', 'writer'] };

/** What the coordinator reads of a partition with the segments of `byName`. */
function documentOf(spec: object): Promise<PartitionDocument> {
  const segments = byName.segments.map((name, at) => ({
    ...{ name, members: 2, adapter: { port: 5_000 + 10 * at } },
    stop: { gracePeriod: '10m' },
  }));
  const metadata = { name: 'daq' };
  const document = {
    apiVersion: 'baton.dev/v1alpha1',
    kind: 'Partition',
    metadata,
    spec: { ...spec, segments },
  };
  return parseDocument(JSON.stringify(document), 'daq.yaml');
}

test('a machine by name, with what the document changes of it, has the hash of the coordinator', async () => {
  const orders = { conf: [['writer', 'readout'], ['trigger']] };
  const timeouts = { start: '90s', drain_dataflow: '1500ms' };
  const coordinators = await documentOf({ machine: 'dune', orders, timeouts });
  const { machine } = parse({ ...byName, orders, timeouts });
  expect(machineHash(machine)).toBe(machineHash(coordinators.machine));
  expect(machineHash(machine)).not.toBe(machineHash(parse(byName).machine));
});

test('a table that leaves defaults out has the hash of the coordinator too', async () => {
  const table = {
    ...{
      name: 'lamp',
      initial: 'off',
      states: [
        { name: 'off', rest: true },
        { name: 'on', inRun: true },
      ],
    },
    transitions: [
      {
        name: 'start',
        from: ['off'],
        to: 'on',
        timeoutMs: 1_000,
        order: [['trigger'], ['readout', 'writer']],
      },
      { name: 'stop', from: ['on'], to: 'off', timeoutMs: 1_000, stopPath: true },
    ],
  };
  const coordinators = await documentOf({ machine: table });
  expect(machineHash(parse({ ...byName, machine: table }).machine)).toBe(machineHash(coordinators.machine));
});

test.each([
  [{ machine: 'dume' }, 'machine: a built-in machine (dune, occ, minimal) or a table (did you mean "dune"?)'],
  [{ segments: undefined }, 'segments: the names of all segments of the partition'],
  [{ segments: ['trigger'] }, 'segments: the names of all segments of the partition, readout among them'],
  [{ orders: { cnof: [['trigger']] } }, /^orders\.cnof: a transition of dune .*\(did you mean "conf"\?\)$/],
  [{ timeouts: { cnof: '1s' } }, /^timeouts\.cnof: a transition of dune/],
  [{ timeouts: { conf: '1 s' } }, 'timeouts.conf: a duration such as 30s or 500ms'],
  [{ machine: minimal, segments: undefined, timeouts: { start: '1s' } }, /^segments: the names of all/],
])('of a machine by name %j is refused', (changed, problem) => {
  expect(problems(() => parse({ ...byName, ...changed }))).toEqual([
    typeof problem === 'string' ? problem : expect.stringMatching(problem),
  ]);
});

test('durations may be written as in a document, but not twice', () => {
  const { gracePeriodMs: _, marginMs: __, ...rest } = good;
  const written = { ...rest, gracePeriod: '2m', margin: '2s', detachedLimit: '1.5m' };
  expect(parse(written)).toMatchObject({ gracePeriodMs: 120_000, marginMs: 2_000, detachedLimitMs: 90_000 });
  expect(problems(() => parse(rest))).toEqual([
    'gracePeriodMs: an integer, or gracePeriod: a duration such as 30s or 500ms',
    'marginMs: an integer, or margin: a duration such as 30s or 500ms',
  ]);
  expect(problems(() => parse({ ...good, margin: '2s' }))).toEqual(['margin: nothing, as there is marginMs']);
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
