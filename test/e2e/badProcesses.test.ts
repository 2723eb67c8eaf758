// Processes that break the contract: the operation says what was wrong, and nobody else comes to harm.

import { expect, test, vi } from 'vitest';
import { condition } from '../sidecar/condition.ts';
import { startDaq } from './daq.ts';
import { TEST_MS_MAX } from './site.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

test('a claim of a state that no machine has, and an answer of 5 MB', async () => {
  await using daq = await startDaq({ members: { writer: 1 } });
  const pids = () => [
    daq.up.coordinatorPid(),
    daq.pod('writer-0').sidecarPid,
    daq.pod('writer-0').processPid,
  ];
  const before = pids();
  daq.site.suffer('writer-0', { conf: { kind: 'wrongState' } });
  const lied = await daq.baton('send conf');
  const lie = 'writer-0 failed conf: the process says it is in "nowhere", which is no state of machine dune';
  expect(lied).toMatchObject({ code: 1, out: expect.stringContaining(lie) });
  expect(lied.out).toContain('now: mini is unknown, writer-0 error\n');
  expect(await daq.baton('send conf')).toMatchObject({
    code: 3,
    err: expect.stringContaining('conf needs all targets: writer-0: its state is unknown'),
  });
  daq.site.suffer('writer-0', { start: { kind: 'big' } });
  expect(await daq.baton('recover')).toMatchObject({
    code: 0,
    out: expect.stringContaining('mini is configured'),
  });
  expect(await daq.baton('send start')).toMatchObject({
    code: 1,
    out: expect.stringContaining(
      'writer-0 interrupted start: whether start was done cannot be shown; recover it ' +
        '(the call of start broke: its answer was larger than 1048576 bytes',
    ),
  });
  expect(daq.site.log('writer-0.sidecar')).toContain('RESOURCE_EXHAUSTED');
  expect(await daq.baton('recover')).toMatchObject({
    code: 0,
    out: expect.stringContaining('mini is configured'),
  });
  expect(pids()).toEqual(before);
  await daq.end();
});

test('one that never attaches is told of, started again, and left out where the document allows it', async () => {
  await using daq = await startDaq(
    {
      members: { readout: 1, writer: 1 },
      segments: { readout: { critical: false, minMembers: 0 } },
      spec: { startup: { timeout: '4s' } },
      faults: { 'readout-0': { attach: { kind: 'hang' } } },
    },
    ['readout-0'],
  );
  const sent = await daq.baton('send conf');
  expect(sent.out).toContain('readout-0 absent: no process is attached (went on without it)');
  expect(sent.out).toContain('now: mini is configured, readout-0 detached\n');
  const told =
    /^readout-0 was not attached within 4 s: .* did not answer Attach .*; it is ended and started again$/;
  await condition('it is told', () => daq.told.some((words) => told.test(words)));
  expect(await daq.baton('status')).toMatchObject({
    out: expect.stringMatching(/readout-0 +○ detached .*did not answer Attach/),
  });
  await daq.end();
});
