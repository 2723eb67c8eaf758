import { expect, test } from 'vitest';
import { up } from '../../coordinator/cli/commands/up.ts';
import { type FakeWorld, fakeWorld } from '../cli/fakeWorld.ts';
import { openSite, type Site } from './site.ts';

/** `baton up` of a site, until it says that all is up; then the keys that a person presses. */
async function pressing(
  site: Site,
  keys: (world: FakeWorld) => Promise<void>,
  terminal = false,
): Promise<{ readonly code: number; readonly world: FakeWorld }> {
  const world = { ...fakeWorld('127.0.0.1:1', { terminal }), directory: site.directory };
  const { document: file, environment, programs } = site.options;
  const options = {
    output: 'table',
    address: undefined,
    context: undefined,
    tls: undefined,
    insecure: false,
    timeoutMs: 5_000,
    plain: false,
  } as const;
  const running = up(
    { world, options },
    {
      file,
      log: 'info',
      ...(environment === undefined ? {} : { environment }),
      ...(programs === undefined ? {} : { programs }),
    },
  );
  await Promise.race([world.out.shows('site is up: 3 targets attached'), running]);
  await keys(world);
  return { code: await running, world };
}

test('one Ctrl-C stops in order and gives 0', async () => {
  using site = openSite();
  const { code, world } = await pressing(site, async ({ interrupt }) => interrupt());
  expect(code).toBe(0);
  const said = world.out.text();
  expect(said).toContain('logs in .baton/logs; Ctrl-C stops in order');
  expect(said).toContain('in another terminal: baton send start_run · baton watch · baton status');
  expect(said).toContain('site stops in order; Ctrl-C again kills everything');
  expect(said).toMatch(/writer-0 ended\n/);
  expect(said).toMatch(/site has ended in order\n$/);
});

test('an unclean end gives 1 and names who and why', async () => {
  using site = openSite('1s');
  const { code, world } = await pressing(site, async ({ interrupt }) => {
    site.behave({ 'readout-1': { preStop: 'not clean: drain_dataflow failed' } });
    interrupt();
  });
  expect(code).toBe(1);
  expect(world.err.text()).toBe(
    'site has ended, 1 target uncleanly:\n' +
      '  readout-1: not clean: drain_dataflow failed\n' +
      'next: see .baton/logs\n',
  );
});

test('a second Ctrl-C kills everything and gives 130', async () => {
  using site = openSite();
  const { code, world } = await pressing(site, async ({ interrupt, out }) => {
    site.behave({ 'readout-1': { preStop: 'hang' } });
    interrupt();
    await out.shows('writer-0 ended');
    interrupt();
  });
  expect(code).toBe(130);
  expect(world.err.text()).toMatch(/killed, not stopped: .*readout-1, readout-1 sidecar, coordinator\n$/);
});

test('Ctrl-C before the coordinator listens ends the start', async () => {
  using site = openSite();
  const world = { ...fakeWorld('127.0.0.1:1'), directory: site.directory };
  const options = {
    output: 'table',
    address: undefined,
    context: undefined,
    tls: undefined,
    insecure: false,
    timeoutMs: 5_000,
    plain: false,
  } as const;
  const { document: file, environment } = site.options;
  const programs = { coordinator: ['sleep', '60'], sidecar: ['false'] };
  const running = up({ world, options }, { file, log: 'info', environment: { ...environment }, programs });
  world.interrupt();
  expect(await running).toBe(130);
  expect(world.err.text()).toBe('stopped before it had started; nothing runs\n');
});

test('on a terminal the table is live, with the last events and what to type below', async () => {
  using site = openSite();
  const { code, world } = await pressing(
    site,
    async ({ interrupt, out }) => {
      await out.shows('in another terminal: baton send start_run');
      await out.shows('TARGET     STATE');
      interrupt();
    },
    true,
  );
  expect(code).toBe(0);
  expect(world.out.text()).toBe('site has ended in order\n');
});
