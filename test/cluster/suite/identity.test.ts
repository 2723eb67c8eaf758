// Whom sidecars obey in a cluster: the coordinator that leads their namespace, by its certificate. Its authority is
// changed while data are taken.

import type { X509Certificate } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authorityPictureOf } from '../../../coordinator/cluster/identity/authorities.ts';
import { issueIdentity, newAuthority, type Pair } from '../../../coordinator/cluster/identity/certificate.ts';
import {
  AUTHORITY_SECRET,
  ROTATE_ANNOTATION,
  SIDECAR_HTTP_PORT,
  SIDECAR_PORT,
  SIDECAR_SECRET,
} from '../../../coordinator/cluster/names.ts';
import { type Secret, secretOf } from '../../../coordinator/cluster/resources/secret.ts';
import type { Role } from '../../../protos/credentials/names.ts';
import { condition } from '../../sidecar/condition.ts';
import { callsOf } from '../impostors.ts';
import { type JudgedDaq, openJudgedDaq, PARTITION, TARGETS } from '../judged.ts';
import { epochOf, leaderOf, nextLeader } from '../leaders.ts';
import { killContainer } from '../trouble.ts';

/** A kubelet brings another Secret within a minute and a half; here they are slower. In milliseconds. */
const BROUGHT_MS = 200_000;

const HOUR_MS = 3_600_000;

let daq: JudgedDaq;

beforeAll(async () => {
  daq = await openJudgedDaq('identity');
});

afterAll(async () => daq?.[Symbol.asyncDispose]());

const secret = async (name: string): Promise<Secret> => secretOf(await daq.site.get('secret', name));

async function authorities() {
  const picture = authorityPictureOf(await secret(AUTHORITY_SECRET), Date.now());
  if (picture.kind !== 'there') throw new Error(`there is no authority: ${JSON.stringify(picture)}`);
  return picture.authorities;
}

async function ipOf(target: string): Promise<string> {
  return await daq.site.kubectl('get', 'pod', `${PARTITION}-${target}`, '--output=jsonpath={.status.podIP}');
}

/** What a sidecar has refused so far, by what was missing. */
async function refusedBy(ip: string): Promise<Readonly<Record<string, number>>> {
  const text = await (await fetch(`http://${ip}:${SIDECAR_HTTP_PORT}/metrics`)).text();
  const found = text.matchAll(/^baton_peers_refused_total\{reason="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries([...found].map(([, reason = '', count]) => [reason, Number(count)]));
}

/** The certificate that a sidecar shows in a new handshake. */
async function shownBy(ip: string): Promise<X509Certificate | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<X509Certificate | undefined>();
  const socket = connect({ host: ip, port: SIDECAR_PORT, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
  socket.once('secureConnect', () => resolve(socket.getPeerX509Certificate()));
  socket.once('error', reject);
  return promise.finally(() => socket.destroy());
}

function issued(authority: Pair, role: Role, realm: string): Pair {
  return issueIdentity(authority, {
    role,
    realm,
    fromMs: Date.now() - 60_000,
    toMs: Date.now() + HOUR_MS,
  });
}

test('a run is taken under mutual TLS', async () => {
  expect(await daq.baton('send start_run trigger_rate=100')).toMatchObject({ code: 0 });
  await daq.readOut(1, 100);
  const shown = await shownBy(await ipOf('readout-0'));
  expect(shown?.subjectAltName).toBe(`DNS:sidecar.${daq.site.namespace}.baton`);
});

test('from a neighbouring pod every other name is refused at the control port, and counted', async () => {
  const { current } = await authorities();
  const { namespace } = daq.site;
  const stranger = newAuthority('somebody else', { fromMs: Date.now() - 60_000, toMs: Date.now() + HOUR_MS });
  const ip = await ipOf('readout-1');
  const before = await refusedBy(ip);
  const became = await callsOf(daq.site, ip, {
    // Only this proves that the others are refused for their names.
    itself: issued(current, 'coordinator', namespace),
    operator: issued(current, 'operator', namespace),
    sidecar: issued(current, 'sidecar', namespace),
    elsewhere: issued(current, 'coordinator', 'elsewhere'),
    'elsewheres-sidecar': issued(current, 'sidecar', 'elsewhere'),
    stranger: issued(stranger, 'coordinator', namespace),
    nobody: 'no certificate',
    plaintext: 'plaintext',
  });
  process.stdout.write(`refused at a control port: ${JSON.stringify(became)}\n`);
  expect(became).toEqual({
    itself: 'open',
    operator: '7',
    sidecar: '7',
    elsewhere: '7',
    'elsewheres-sidecar': '7',
    stranger: '7',
    nobody: '7',
    plaintext: expect.stringMatching(/^(ERR_|ECONN|closed)/),
  });
  const after = await refusedBy(ip);
  process.stdout.write(`counted: ${JSON.stringify(after)}\n`);
  const more = (reason: string) => (after[reason] ?? 0) - (before[reason] ?? 0);
  expect(more('name') + more('certificate')).toBe(6);
  expect(more('handshake')).toBeGreaterThanOrEqual(1);
  const log = daq.logs.entries({ pod: `${PARTITION}-readout-1`, container: 'baton' });
  expect(log.filter(({ words }) => words === 'a peer was turned away').length).toBeGreaterThanOrEqual(6);
});

test('its authority is changed in the run, and no stream ends', {
  timeout: 2 * BROUGHT_MS + 60_000,
}, async () => {
  const first = (await authorities()).current;
  const ips = new Map(await Promise.all(TARGETS.map(async (each) => [each, await ipOf(each)] as const)));
  const count = async () => Promise.all([...ips.values()].map(refusedBy));
  const before = await count();
  const begunMs = Date.now();
  await daq.site.kubectl('annotate', 'secret', AUTHORITY_SECRET, `${ROTATE_ANNOTATION}=today`);
  const isRetired = '--for=jsonpath={.data.retired\\.json}';
  const limit = `--timeout=${BROUGHT_MS / 1_000}s`;
  await daq.site.kubectl('wait', isRetired, 'secret', AUTHORITY_SECRET, limit);
  const { current, retired } = await authorities();
  expect(retired).toMatchObject([{ name: first.name }]);
  const trusted = (await secret(SIDECAR_SECRET)).texts['ca.crt'];
  await condition(
    'every sidecar shows what the next one has signed',
    async () => {
      // Each look is a handshake with all of them, on a machine that they share.
      await wait(1_000);
      const shown = await Promise.all([...ips.values()].map(shownBy));
      return shown.every((each) => each?.issuer === `CN=${current.name}`);
    },
    BROUGHT_MS,
  );
  expect(trusted).toContain(first.certificate);
  // Whoever looked at certificates above showed none: of the others nobody was refused.
  const after = await count();
  const named = (each: Readonly<Record<string, number>>) => each['name'];
  expect(after.map(named)).toEqual(before.map(named));
  const told = daq.logs.entries({ container: 'coordinator' });
  const story = told.filter(({ words }) => /authorit|identities|another certificate/.test(words));
  process.stdout.write(story.map(({ atMs, words }) => `${new Date(atMs).toISOString()} ${words}\n`).join(''));
  const isTrouble = (words: string) => words === 'target is in other trouble';
  expect(told.filter(({ atMs, words }) => atMs >= begunMs && isTrouble(words))).toEqual([]);
});

test('the next leader reaches all of them under the new authority, and the run ends clean', async () => {
  const epoch = await epochOf(daq);
  await killContainer(daq.site, await leaderOf(daq));
  await nextLeader(daq, epoch);
  await daq.eye.until('all have a stream', ({ targets }) =>
    TARGETS.every((target) => targets.get(target)?.view.connected === true),
  );
  expect(await daq.baton('send stop_run')).toMatchObject({
    code: 0,
    out: expect.stringContaining('run 1 ended clean'),
  });
  expect(await daq.verify(1)).toMatchObject({ ok: true });
});

test('what happened keeps every promise', async () => {
  await daq.judged();
});
