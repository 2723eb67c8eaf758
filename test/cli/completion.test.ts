import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runBaton } from '../../coordinator/cli/main.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { condition } from '../sidecar/condition.ts';
import { startFake } from './fakeCoordinator.ts';
import { type FakeWorld, fakeWorld, run } from './fakeWorld.ts';
import { operation } from './fixtures.ts';

/** What may stand for the last of these words, without what it is. */
async function offered(words: readonly string[], world: FakeWorld = fakeWorld('127.0.0.1:1')) {
  const code = await runBaton(['complete', '--', ...words], world);
  expect({ code, err: world.err.text() }).toEqual({ code: 0, err: '' });
  return world.out
    .text()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/\t.*/, ''));
}

test.each<[readonly string[], readonly string[]]>([
  [['stat'], ['status']],
  [
    ['machine', ''],
    ['check', 'draw', 'list'],
  ],
  [['machine', 'draw', 'd'], ['dune']],
  [['--plain', 'machine', 'check', ''], [':files']],
  [['up', '-f', 'x'], [':files']],
  [['status', '--tls', ''], [':files']],
  [['up', '--directory='], [':files']],
  [['-o', 'json', 'status', '--output', 'w'], ['wide']],
  [['status', '--output=y'], ['--output=yaml']],
  [['send', '--no'], ['--no-wait']],
  [['status', '--pl'], ['--plain']],
  [['help', 'declare'], ['declare-gone']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['completion', 'bash', ''], []],
  [['status', ''], []],
  [['nonsense', ''], []],
])('%j is completed without a coordinator', async (words, wanted) => {
  expect(await offered(words)).toEqual(wanted);
});

test('the first word is any command that help shows, and none that it hides', async () => {
  const words = await offered(['']);
  for (const name of ['up', 'send', 'watch', 'wait', 'context', 'help']) expect(words).toContain(name);
  expect(words).not.toContain('complete');
});

test.each<[readonly string[], readonly string[]]>([
  [
    ['send', 'st'],
    ['start_run', 'stop_run', 'start', 'stop_trigger_sources', 'stop'],
  ],
  [['plan', 'g'], ['goto']],
  [['plan', 'goto', 'c'], ['configured']],
  [
    ['goto', 'r'],
    ['ready', 'running'],
  ],
  [['send', 'start_run', 't'], ['trigger_rate=']],
  [
    ['send', 'start', 'trigger_rate=2', ''],
    ['disable_data_storage=', 'production_vs_test='],
  ],
  [
    ['send', 'start', 'production_vs_test='],
    ['production_vs_test=TEST', 'production_vs_test=PROD'],
  ],
  [['send', 'start', 'disable_data_storage=t'], ['disable_data_storage=true']],
  [['send', 'conf', ''], []],
  [
    ['recover', 'readout-0', 'bu'],
    ['builder', 'builder-0', 'builder-1'],
  ],
  [
    ['goto', 'configured', '--target', 'readout-0', '--target', 'bu'],
    ['builder', 'builder-0', 'builder-1'],
  ],
  [['cancel', ''], ['op-00c0ffee00c0ffee']],
  [
    ['wait', '--for', 'state=r'],
    ['state=ready', 'state=running'],
  ],
  [
    ['wait', '--for=run'],
    ['--for=run=open', '--for=run=none'],
  ],
])('%j is completed by asking the coordinator', async (words, wanted) => {
  await using fake = await startFake();
  fake.operations = [operation()];
  // A person who waits longer than half a second is offered nothing; a busy machine may take as long.
  let found: readonly string[] = [];
  await condition(`something is offered: ${wanted.join()}`, async () => {
    found = await offered(words, fakeWorld(fake.address));
    return found.length > 0 || wanted.length === 0;
  });
  expect(found).toEqual(wanted);
});

test('the coordinator that is asked is the one that the line names', async () => {
  await using fake = await startFake();
  expect(await offered(['--address', fake.address, 'goto', 'run'])).toEqual(['running']);
  using directory = temporaryDirectory();
  const environment = { BATON_CONTEXTS: directory.file('contexts.yaml'), BATON_ADDRESS: '' };
  const world = () => fakeWorld('', { environment });
  await run(world(), `context set here ${fake.address}`);
  expect(await offered(['goto', '--context', 'h'], world())).toEqual(['here']);
  expect(await offered(['goto', '--context=here', 'run'], world())).toEqual(['running']);
  expect(await offered(['context', 'use', ''], world())).toEqual(['here']);
});

test('the names of logs are those of the folder', async () => {
  using directory = temporaryDirectory();
  mkdirSync(directory.file('there/logs'), { recursive: true });
  for (const name of ['readout-10', 'readout-2', 'readout-2.sidecar']) {
    writeFileSync(directory.file(`there/logs/${name}.log`), '');
  }
  const world = { ...fakeWorld('127.0.0.1:1'), directory: directory.path };
  expect(await offered(['logs', '--directory', 'there', 'r'], world)).toEqual(['readout-2', 'readout-10']);
});
