// What a person may type that cannot be, against everything real: a clear sentence, an exit code, no effect.

import { expect, test, vi } from 'vitest';
import { startDaq } from './daq.ts';
import { TEST_MS_MAX } from './site.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

/** Command line, exit code, and the sentence that says what is wrong. */
const FROM_INITIAL = [
  ['send cnof', 2, /^baton: dune has no transition or sequence "cnof" \(did you mean "conf"\?\)/],
  ['goto nowhere', 2, /^baton: dune has no state "nowhere"; it has initial, configured, ready/],
  [
    'send start_run trigger_rate=-5 colour=red',
    2,
    /arguments\.trigger_rate: want a number of at least 0 Hz, got "-5"\n.*arguments\.colour: want an argument of start_run/,
  ],
  [
    'send start',
    3,
    /^baton: start needs configured, writer-0 is in initial; allowed now: conf, start_run, goto\n/,
  ],
  ['send stop_run', 3, /^baton: stop_run has nothing to do: writer-0 is in initial; allowed now/],
  ['cancel', 3, /^baton: no operation is open: nothing to cancel\n/],
  ['cancel op-never', 3, /^baton: operation op-never is not known\n/],
  ['operations op-never', 3, /^baton: the coordinator remembers no operation "op-never"\n/],
  ['recover reader', 2, /targets\[0\]: want a target or one of the segments writer, got "reader"\n/],
  ['recover', 3, /^baton: .*nothing to recover\n/],
  ['adopt', 3, /^baton: .*nothing to take over\n/],
  ['declare-gone writer-0', 2, /^baton: .*be sure that the process has ended, then say so with --yes\n/],
] as const;

test('commands that cannot be', async () => {
  await using daq = await startDaq({ members: { writer: 1 } });
  for (const [line, code, words] of FROM_INITIAL) {
    const said = await daq.baton(line);
    expect({ line, ...said }).toMatchObject({ code, out: '', err: expect.stringMatching(words) });
    expect(said.err).toMatch(/\nnext: .*\n$/);
  }
  daq.site.suffer('writer-0', { conf: { kind: 'slow', ms: 700 } });
  const first = daq.baton('send conf --operation-id op-mine');
  await daq.begins('writer-0', 'conf');
  expect(await daq.baton('send start_run')).toMatchObject({
    code: 3,
    err: expect.stringContaining(
      'operation op-mine (conf) is open; wait for it, or stop it with: baton cancel',
    ),
  });
  expect(await daq.baton('send scrap --operation-id op-mine')).toMatchObject({
    code: 3,
    err: expect.stringContaining('operation op-mine is already known as "conf"; choose another id'),
  });
  // The same id with the same body is the same operation, during it and after it.
  const again = await daq.baton('send conf --operation-id op-mine');
  expect(await first).toMatchObject({ code: 0, out: again.out });
  expect(await daq.baton('send conf --operation-id op-mine')).toMatchObject({ code: 0, out: again.out });
  const { history } = await daq.end();
  expect(history.filter(({ kind }) => kind === 'hookStarted')).toHaveLength(1);
});
