import { expect, test } from 'vitest';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { ScaleResponse } from '../../protos/generated/baton/v1/ScaleResponse.ts';
import { type Fake, startFake } from './fakeCoordinator.ts';
import { fakeWorld, run } from './fakeWorld.ts';
import { operation, partition } from './fixtures.ts';

type Kind = 'PLAN' | 'STEP' | 'DONE';

function line(kind: Kind, sentence: string): ScaleResponse {
  return { kind: `PROGRESS_KIND_${kind}`, sentence };
}

const PLAN = line('PLAN', 'readout-2 and readout-3 take the stop path, then go');
const STEP = line('STEP', 'readout-2 and readout-3 are down');
const DONE = line('DONE', 'readout has 2 members');

/** Tells each of these, one list for each time it is asked; the last one for all that follow. */
function telling(fake: Fake, ...lists: (readonly ScaleResponse[] | RunControlError)[]): void {
  let asked = 0;
  fake.onChange = (call) => {
    const told = lists[Math.min(asked, lists.length - 1)] ?? [];
    asked += 1;
    if (told instanceof RunControlError) throw told;
    for (const each of told) call.write(each);
    call.end();
  };
}

test('scale tells its plan and each step on standard error, and what it came to as the result', async () => {
  await using fake = await startFake();
  telling(fake, [PLAN, STEP, DONE]);
  const told = await run(fakeWorld(fake.address), '--partition daq/mini scale readout 2');
  expect(told).toEqual({
    code: 0,
    out: 'readout has 2 members\nnext: baton status\n',
    err: `plan: ${PLAN.sentence}\n${STEP.sentence}\n`,
  });
  const asked = { partition: 'daq/mini', segment: 'readout', members: 2, dryRun: false, operator: 'shift' };
  expect(fake.changed).toEqual([asked]);
  const json = await run(fakeWorld(fake.address), 'scale readout 2 -o json');
  expect(JSON.parse(json.out)).toEqual({
    segment: 'readout',
    members: 2,
    dryRun: false,
    plan: [PLAN.sentence],
    steps: [STEP.sentence],
    done: DONE.sentence,
  });
});

test('a dry run gives the plan and says how to do it', async () => {
  await using fake = await startFake();
  telling(fake, [PLAN]);
  const { code, out, err } = await run(fakeWorld(fake.address), 'rollout readout --dry-run');
  expect({ code, out, err }).toEqual({
    code: 0,
    out: `${PLAN.sentence}\nnext: baton rollout readout\n`,
    err: '',
  });
  expect(fake.changed).toEqual([{ partition: '', segment: 'readout', dryRun: true, operator: 'shift' }]);
});

test('a refusal gives its exit code, and is not asked again', async () => {
  await using fake = await startFake();
  telling(fake, new RunControlError('REFUSED', 'helm owns replicas of readout'));
  const { code, err } = await run(fakeWorld(fake.address), 'scale readout 2');
  expect({ code, err }).toMatchObject({ code: 3, err: expect.stringContaining('helm owns replicas') });
  expect(fake.changed).toHaveLength(1);
});

test('a stream that ends before it was done is asked again, and only what then was is the result', async () => {
  await using fake = await startFake();
  telling(fake, [PLAN, STEP], new RunControlError('NO_LEADER', 'nobody leads'), [PLAN, DONE]);
  const { code, out, err } = await run(fakeWorld(fake.address), 'scale readout 2 -o json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ plan: [PLAN.sentence], steps: [], done: DONE.sentence });
  expect(err).toContain('the coordinator ended before it was done; asked again');
  expect(fake.changed).toHaveLength(3);
});

test('a coordinator that stays away is given up, with what is true and how to go on', async () => {
  await using fake = await startFake();
  telling(fake, [PLAN], new RunControlError('STOPPING', 'it stops'));
  const { code, err } = await run(fakeWorld(fake.address), 'scale readout 2 --timeout 5s');
  expect(code).toBe(4);
  expect(err).toContain('now: what was begun may have been done in part');
  expect(err).toContain('go on with: baton scale readout 2');
});

test('Ctrl-C ends the listening and says what goes on', async () => {
  await using fake = await startFake();
  const heard = Promise.withResolvers<void>();
  fake.onChange = (call) => {
    call.write(PLAN);
    call.on('cancelled', () => heard.resolve());
  };
  const world = fakeWorld(fake.address);
  const ended = run(world, 'scale readout 2');
  await world.err.shows('plan: ');
  world.interrupt();
  const { code, err } = await ended;
  await heard.promise;
  expect(code).toBe(130);
  expect(err).toContain('begins nothing more\nnext: baton status; to go on: baton scale readout 2\n');
});

test.each([
  ['scale readout', "missing required argument 'members'"],
  ['scale readout many', 'want an integer in 0..10000'],
  ['scale readout 10001', 'want an integer in 0..10000'],
])('baton %s is a mistake of usage', async (words, said) => {
  const { code, err } = await run(fakeWorld('127.0.0.1:1'), words);
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining(said) });
});

test('partitions are listed, those of one namespace where it is named', async () => {
  await using fake = await startFake();
  const well = { name: 'mini', namespace: 'daq', state: 'running', runNumber: 5, operation: '', trouble: '' };
  const trouble = 'it selects no pods';
  fake.partitions = [
    { ...well, operation: 'sequence stop_run' },
    { ...well, namespace: 'lab', state: '', runNumber: 0, trouble },
  ];
  expect((await run(fakeWorld(fake.address), 'partitions')).out).toBe(
    `NAMESPACE  PARTITION  STATE    RUN  OPERATION          TROUBLE
daq        mini       running    5  sequence stop_run
lab        mini       unknown                          it selects no pods
`,
  );
  const lab = await run(fakeWorld(fake.address), 'partitions -n lab -o json');
  expect(JSON.parse(lab.out)).toEqual([fake.partitions[1]]);
  fake.partitions = [];
  expect((await run(fakeWorld(fake.address), 'partitions')).out).toBe('no partitions\n');
});

test('every command asks for the partition that is meant', async () => {
  await using fake = await startFake();
  fake.picture = partition({ operation: operation({ status: 'OPERATION_STATUS_OPEN' }) });
  fake.operations = [operation()];
  telling(fake, [DONE]);
  const lines = [
    'status -o wide',
    'plan start_run',
    'send start_run --no-wait',
    'goto configured --no-wait',
    'recover --no-wait',
    'cancel --no-wait',
    'operations',
    'operations 4',
    'runs',
    'version',
    'scale readout 2',
    'complete -- cancel o',
  ];
  for (const words of lines) {
    const { code, err } = await run(fakeWorld(fake.address), `-n daq --partition mini ${words}`);
    expect({ words, code, err }).toMatchObject({ words, code: 0 });
  }
  const world = fakeWorld(fake.address);
  const watching = run(world, '-n daq --partition mini watch');
  await fake.watched();
  world.interrupt();
  await watching;
  const calls = new Map(fake.named.map((each) => each.split(' ')).map(([call, name]) => [call, name]));
  expect([...calls.keys()].toSorted()).toEqual([
    'cancel',
    'change',
    'getMachine',
    'getPartition',
    'listOperations',
    'listRuns',
    'plan',
    'submit',
    'watch',
  ]);
  expect(new Set(fake.named.map((each) => each.split(' ')[1]))).toEqual(new Set(['daq/mini']));
});

test.each([
  ['--partition mini', 'mini'],
  ['-n daq', 'daq/'],
  ['-n daq --partition lab/mini', 'lab/mini'],
  ['', 'own/said'],
])('baton %s status means %s', async (flags, name) => {
  await using fake = await startFake();
  const environment = flags === '' ? { BATON_PARTITION: 'said', BATON_NAMESPACE: 'own' } : {};
  await run(fakeWorld(fake.address, { environment }), `${flags} status`.trim());
  expect(fake.named).toEqual([`getPartition ${name}`]);
});
