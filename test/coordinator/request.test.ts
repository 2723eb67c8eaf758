import { expect, test } from 'vitest';
import { OPERATION_ID_LENGTH_MAX, POD_UID_LENGTH_MAX } from '../../coordinator/api/request.ts';
import type { SubmitRequest } from '../../protos/generated/baton/v1/SubmitRequest.ts';
import { START, submit, troubleOf } from './calls.ts';
import { rig } from './rig.ts';

test.each<[string, SubmitRequest, readonly string[]]>([
  ['nothing', {}, ['operation_id', 'command']],
  [
    'a bad id and no name',
    { operationId: 'a b', command: { transition: '' } },
    ['operation_id', 'command.transition'],
  ],
  [
    'arguments that are no object',
    { operationId: 'a', command: { goTo: 'idle', argumentsJson: '[1]' } },
    ['command.arguments_json'],
  ],
  [
    'half of a JSON',
    { operationId: 'a', command: { goTo: 'idle', argumentsJson: '{"a":' } },
    ['command.arguments_json'],
  ],
  [
    'arguments of wrong types',
    { operationId: 'a', command: { goTo: 'idle', argumentsJson: '{"a": null, "b": [1], "c": 1}' } },
    ['command.arguments_json.a', 'command.arguments_json.b'],
  ],
  [
    'arguments of 70 KB',
    { operationId: 'a', command: { goTo: 'idle', argumentsJson: JSON.stringify({ a: 'x'.repeat(70_000) }) } },
    ['command.arguments_json'],
  ],
  [
    'too many targets',
    { operationId: 'a', command: { recover: { targets: Array(10_001).fill('a') } } },
    ['command.recover.targets'],
  ],
  [
    'an empty target',
    { operationId: 'a', command: { adopt: { targets: ['readout', ''] } } },
    ['command.adopt.targets[1]'],
  ],
  [
    'targets for a transition',
    { operationId: 'a', command: { ...START, toTargets: { targets: ['readout-0'] } } },
    ['command.to_targets'],
  ],
  [
    'a strange number',
    { operationId: 'a', command: START, highestSeen: '18446744073709551615' },
    ['highest_seen'],
  ],
  ['a long id', { operationId: 'x'.repeat(OPERATION_ID_LENGTH_MAX + 1), command: START }, ['operation_id']],
  ['a long name', { operationId: 'a', command: START, operator: 'x'.repeat(65) }, ['operator']],
])('a submit with %s is told all its problems at once', async (_, request, paths) => {
  await using world = await rig(0);
  const trouble = await troubleOf(submit(world.client, request));
  expect(trouble.code).toBe('MALFORMED');
  expect(trouble.problems.map((problem) => problem.path)).toEqual(paths);
});

test('what a machine does not have is refused by the plan', async () => {
  await using world = await rig(1);
  const { client } = world;
  const unknown = await troubleOf(submit(client, { operationId: 'a', command: { transition: 'strat' } }));
  expect(['REFUSED', 'MALFORMED']).toContain(unknown.code);
  const argument = await troubleOf(
    submit(client, { operationId: 'b', command: { ...START, argumentsJson: '{"speed": 3}' } }),
  );
  expect(argument.code).toBe('MALFORMED');
  expect(argument.problems[0]?.path).toBe('arguments.speed');
  expect(
    await troubleOf(client.ask((stub, done) => stub.listOperations({ limit: 257 }, done))),
  ).toMatchObject({ code: 'MALFORMED' });
  expect(await troubleOf(client.ask((stub, done) => stub.listRuns({ limit: 1_001 }, done)))).toMatchObject({
    code: 'MALFORMED',
  });
});

test('ids may be as long as their limits', async () => {
  await using world = await rig(1);
  const { client } = world;
  const operationId = 'x'.repeat(OPERATION_ID_LENGTH_MAX);
  expect(await submit(client, { operationId, command: START })).toMatchObject({ id: operationId });
  const report = (podUid: string) =>
    client.ask((stub, done) =>
      stub.reportPod({ target: 'readout-0', podUid, phase: 'POD_PHASE_RUNNING' }, done),
    );
  await report('x'.repeat(POD_UID_LENGTH_MAX));
  expect(await troubleOf(report('x'.repeat(POD_UID_LENGTH_MAX + 1)))).toMatchObject({
    problems: [{ path: 'pod_uid' }],
  });
});
