import { expect, test } from 'vitest';
import type { Connection } from '../../coordinator/cli/client.ts';
import { type Followed, follow } from '../../coordinator/cli/follow.ts';
import { goToCommand, sendCommand } from '../../coordinator/cli/request.ts';
import { RunControlError, type TroubleCode } from '../../protos/failure/trouble.ts';
import type { WatchResponse__Output } from '../../protos/generated/baton/v1/WatchResponse.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import type { Machine } from '../../protos/machine/table.ts';
import { startFake } from './fakeCoordinator.ts';
import { fakeWorld, run } from './fakeWorld.ts';
import { partition } from './fixtures.ts';

type Watched = Pick<Connection, 'address' | 'watch'>;

/** A connection whose streams are told in advance: messages, then the trouble that breaks them. */
function streams(...told: readonly (readonly [number, TroubleCode])[]): Watched {
  let next = 0;
  const message: WatchResponse__Output = { revision: 1, snapshot: partition() };
  return {
    address: 'nowhere',
    async *watch() {
      const [messages, code] = told[Math.min(next, told.length - 1)] ?? [0, 'UNREACHABLE'];
      next += 1;
      for (let at = 0; at < messages; at += 1) yield message;
      throw new RunControlError(code, `stream ${next}: ${code}`);
    },
  };
}

async function followed(connection: Watched): Promise<{ kinds: string; error: unknown }> {
  const { signal } = new AbortController();
  const kinds: Followed['kind'][] = [];
  try {
    const world = fakeWorld('nowhere');
    for await (const each of follow(connection, { world, signal, silenceMsMax: 5_000 }))
      kinds.push(each.kind);
    return { kinds: kinds.join(' '), error: undefined };
  } catch (error) {
    return { kinds: kinds.join(' '), error };
  }
}

test('a break is told once, however often it is tried again, and silence has an end', async () => {
  const { kinds, error } = await followed(streams([1, 'UNREACHABLE'], [0, 'UNREACHABLE']));
  expect(kinds).toBe('change lost');
  expect(error).toMatchObject({ code: 'UNREACHABLE' });
});

test('after each stream that told something, the next break is news again', async () => {
  const { kinds } = await followed(
    streams([1, 'STOPPING'], [0, 'UNREACHABLE'], [1, 'NO_LEADER'], [0, 'UNREACHABLE']),
  );
  expect(kinds).toBe('change lost change lost');
});

test('silence begins when the stream breaks, however long nothing was to be told before', async () => {
  const world = fakeWorld('nowhere');
  const quiet = streams([1, 'UNREACHABLE'], [1, 'NOT_ALLOWED']);
  const kinds: Followed['kind'][] = [];
  const { signal } = new AbortController();
  const silenceMsMax = 5_000;
  await expect(async () => {
    for await (const each of follow(quiet, { world, signal, silenceMsMax })) {
      kinds.push(each.kind);
      if (each.kind === 'change') await world.sleep(2 * silenceMsMax, signal);
    }
  }).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  expect(kinds.join(' ')).toBe('change lost change');
});

test('who leads after a break is told once, when it is another epoch', async () => {
  const epochs = [1, 1, 2];
  const each = streams([1, 'UNREACHABLE'], [1, 'UNREACHABLE'], [1, 'NOT_ALLOWED']);
  const connection: Watched = {
    ...each,
    async *watch(signal) {
      const epoch = epochs.shift() ?? 0;
      for await (const told of each.watch(signal)) yield { ...told, snapshot: partition({ epoch }) };
    },
  };
  expect((await followed(connection)).kinds).toBe('change lost change lost led change');
});

test('what does not pass ends it at once', async () => {
  const { kinds, error } = await followed(streams([1, 'NOT_ALLOWED']));
  expect(kinds).toBe('change');
  expect(error).toMatchObject({ code: 'NOT_ALLOWED' });
});

const needy: Machine = {
  ...minimal,
  transitions: minimal.transitions.map((transition) => ({
    ...transition,
    arguments: [
      {
        name: `${transition.name}_by`,
        type: 'integer',
        unit: 'm',
        required: true,
        oneOf: [],
        description: '',
      },
    ],
  })),
};

test('an argument that will be needed for certain is asked for; on an unknown way the coordinator asks', () => {
  expect(() => sendCommand(needy, 'start', [])).toThrow(
    expect.objectContaining({
      problems: [{ path: 'arguments.start_by', want: 'an integer m', got: 'nothing' }],
    }),
  );
  expect(() => sendCommand(needy, 'start_run', [])).toThrow('does not take these arguments');
  expect(sendCommand(needy, 'start_run', ['start_by=3']).argumentsJson).toBe('{"start_by":3}');
  expect(goToCommand(needy, { state: 'running', pairs: [], targets: [] }).argumentsJson).toBe('{}');
});

test('a proxy of the web does not stand between an operator and the coordinator', async () => {
  await using fake = await startFake();
  const before = process.env['http_proxy'];
  process.env['http_proxy'] = 'http://127.0.0.1:1';
  try {
    expect((await run(fakeWorld(fake.address), 'status')).code).toBe(0);
  } finally {
    if (before === undefined) delete process.env['http_proxy'];
    else process.env['http_proxy'] = before;
  }
});
