// A whole run with certificates everywhere, which are all changed in the middle of it, the authority too.

import { expect, test, vi } from 'vitest';
import type { Role } from '../../protos/credentials/names.ts';
import { type Authority, newAuthority } from '../credentials/authority.ts';
import { type Folder, filesOf, issue, newFolder } from '../credentials/folder.ts';
import { verifyRun } from '../daq/verify.ts';
import { condition } from '../sidecar/condition.ts';
import { type Daq, startDaq } from './daq.ts';
import { TEST_MS_MAX } from './site.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

const ROLES: readonly Role[] = ['coordinator', 'sidecar', 'operator'];
const RENEWED = 'credentials are renewed; new connections use them';

/** A folder with the credentials of every role. */
function openCredentials() {
  const all = newFolder();
  const folders = new Map<Role, Folder>(ROLES.map((role) => [role, all.folder(role)]));
  const use = (role: Role, authority: Authority, trusted: readonly Authority[]) =>
    folders.get(role)?.swap(filesOf(issue(authority, role, { commonName: 'alice' }), trusted));
  return {
    path: all.path,
    operator: all.file('operator'),
    use,
    [Symbol.dispose]: () => all[Symbol.dispose](),
  };
}

function count(text: string, words: string): number {
  return text.split(words).length - 1;
}

/** Waits until the coordinator and every sidecar have taken their files for the nth time. */
async function renewed({ site }: Daq, times: number): Promise<void> {
  const logs = ['coordinator', ...site.targets.map((target) => `${target}.sidecar`)];
  await condition(`all have taken their files ${times} times`, () =>
    logs.every((log) => count(site.log(log), RENEWED) >= times),
  );
}

test('a run goes on while every certificate and the authority are changed, and ends clean', async () => {
  const [old, next] = [newAuthority('old'), newAuthority('next')];
  using credentials = openCredentials();
  for (const role of ROLES) credentials.use(role, old, [old]);
  await using daq = await startDaq({ tls: credentials.path });
  const { site } = daq;
  const baton = (line: string, folder = credentials.operator) => daq.baton(line, { BATON_TLS: folder });
  expect(await daq.baton('status')).toMatchObject({
    code: 4,
    err: expect.stringContaining('if it wants TLS'),
  });
  expect(await baton('send start_run trigger_rate=200')).toMatchObject({ code: 0 });
  await site.readOut(1, 50);
  // Who renews late still shows what both trust: one step is over before the next begins.
  const steps: readonly (readonly [Authority, readonly Authority[]])[] = [
    [old, [old]],
    [old, [old, next]],
    [next, [old, next]],
    [next, [next]],
  ];
  using late = newFolder();
  late.swap(filesOf(issue(old, 'operator'), [old, next]));
  for (const [index, [authority, trusted]] of steps.entries()) {
    for (const role of ROLES) credentials.use(role, authority, trusted);
    await renewed(daq, index + 1);
    expect(await baton('status')).toMatchObject({ code: 0, err: '' });
  }
  // No stream was opened anew, and nobody was turned away.
  for (const target of site.targets) {
    expect(count(site.log(`${target}.sidecar`), 'coordinator connected')).toBe(1);
    expect(count(site.log(`${target}.sidecar`), 'control stream ended')).toBe(0);
  }
  expect(count(site.log('coordinator'), 'a peer was turned away')).toBe(1);
  expect(site.log('coordinator')).toContain('it speaks no TLS');
  expect(await baton('status', late.path)).toMatchObject({
    code: 5,
    err: expect.stringContaining('signed by CN=old'),
  });
  // What is opened from now on uses what is in the files now.
  process.kill(daq.up.coordinatorPid(), 'SIGKILL');
  await condition('a new coordinator commands everybody', () =>
    site.targets.every((target) => count(site.log(`${target}.sidecar`), 'coordinator connected') === 2),
  );
  await condition('it says that the run goes on', async () =>
    (await baton('status')).out.includes('mini · running'),
  );
  await site.readOut(1, 200);
  expect(await baton('send stop_run')).toMatchObject({
    code: 0,
    out: expect.stringContaining('mini is configured, run 1 ended clean'),
  });
  expect(await verifyRun(site.data, 1)).toMatchObject({ ok: true });
  expect(await baton('operations -o json')).toMatchObject({
    out: expect.stringContaining('"operator": "alice"'),
  });
  expect((await daq.end()).unclean).toEqual([]);
});
