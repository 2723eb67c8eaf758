// Coordinator, sidecar and command line with certificates: who is who, and who may do what.

import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AUDIT_MESSAGE } from '../../coordinator/api/audit.ts';
import { connect } from '../../coordinator/cli/client.ts';
import { systemClock } from '../../coordinator/clock.ts';
import { Coordinator } from '../../coordinator/coordinator.ts';
import { INSECURE_DIAL_FLAG } from '../../coordinator/fleet/dispatcher.ts';
import { channelCredentials } from '../../protos/credentials/dialling.ts';
import type { CredentialStore } from '../../protos/credentials/store.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { CHANNEL_OPTIONS, v1 } from '../../protos/load.ts';
import { startFake } from '../cli/fakeCoordinator.ts';
import { fakeWorld, run } from '../cli/fakeWorld.ts';
import { fixedPlaces, partitionOf } from '../coordinator/rig.ts';
import { rig as fleetRig } from '../fleet/rig.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { condition } from '../sidecar/condition.ts';
import { type Rig, rig } from '../sidecar/rig.ts';
import { type Leaf, newAuthority } from './authority.ts';
import { type Files, filesOf, issue, newFolder } from './folder.ts';
import { type Identity, identity } from './rig.ts';

const PARTITION = 'daq';
const root = newAuthority('root');
const held = new AsyncDisposableStack();
const log: string[] = [];
let coordinator: Coordinator;
let sidecar: Rig;
let journal: string;

function identityOf(role: 'coordinator' | 'sidecar' | 'operator', commonName: string = role): Identity {
  const files = filesOf(issue(root, role, { realm: PARTITION, commonName }), [root]);
  return held.use(identity(role, files, PARTITION));
}

/** A client of the coordinator that shows these credentials. */
function client(store: CredentialStore) {
  return connect(coordinator.address, 10_000, { dialling: { kind: 'tls', store } });
}

/** What becomes of a submit. */
async function submit(store: CredentialStore, operationId: string): Promise<unknown> {
  using connection = client(store);
  const request = { operationId, command: { transition: 'start' }, operator: 'somebody else' };
  return await connection
    .ask((stub, options, done) => stub.submit(request, options, done))
    .catch((error: unknown) =>
      error instanceof RunControlError ? `${error.code}: ${error.message}` : error,
    );
}

beforeAll(async () => {
  const directory = held.use(temporaryDirectory());
  const own = identityOf('sidecar');
  const tls = { directory: own.folder.path };
  sidecar = held.use(await rig({ segment: 'readout', ordinal: 0, podUid: 'pod-0', tls }));
  const place = { target: 'readout-0', address: sidecar.sidecar.grpc, podUid: 'pod-0' };
  const places = new Map([[place.target, place]]);
  journal = directory.file('journal.db');
  coordinator = held.use(
    await Coordinator.start({
      partition: partitionOf(1),
      heartbeatMs: 500,
      journal,
      discovery: { ...fixedPlaces([]), places: () => places },
      listen: '127.0.0.1:0',
      insecureListen: false,
      tls: identityOf('coordinator').store,
      clock: systemClock,
      log: pino({}, { write: (line: string) => log.push(line) }),
      onFatal: (error) => {
        throw error;
      },
    }),
  );
  await coordinator.leads;
  await condition('the sidecar is commanded', () =>
    sidecar.log.some((line) => line.includes('coordinator connected')),
  );
});

afterAll(() => held.disposeAsync());

test("an operator's certificate names who submits, whatever the request claims", async () => {
  const { store } = identityOf('operator', 'alice');
  await condition('accepted', async () => {
    const answer = await submit(store, 'by-alice');
    return !String(answer).startsWith('REFUSED');
  });
  using connection = client(identityOf('operator').store);
  const { operations } = await connection.ask<{ operations: readonly { id: string; operator: string }[] }>(
    (stub, options, done) => stub.listOperations({ limit: 1 }, options, done),
  );
  expect(operations).toEqual([expect.objectContaining({ id: 'by-alice', operator: 'alice' })]);
});

test('a certificate that names nobody may not submit', async () => {
  const files = filesOf(issue(root, 'operator', { realm: PARTITION, commonName: undefined }), [root]);
  using nobody = identity('operator', files, PARTITION);
  expect(await submit(nobody.store, 'by-nobody')).toMatch(
    /^NOT_ALLOWED: the certificate .* names nobody: want one common name/,
  );
});

test.each(['sidecar', 'coordinator'] as const)('a %s may not submit as an operator', async (role) => {
  expect(await submit(identityOf(role).store, `by-${role}`)).toMatch(
    /^NOT_ALLOWED: baton\.v1\.Coordinator\/Submit is for operator\.daq\.baton; the certificate shown is CN=/,
  );
});

test('an operator may not report pods: that word is taken as proof', async () => {
  const report = { target: 'readout-0', podUid: 'pod-0', phase: 'POD_PHASE_ENDED' } as const;
  using connection = client(identityOf('operator', 'alice').store);
  const asked = connection.ask((stub, options, done) => stub.reportPod(report, options, done));
  await expect(asked).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  using trusted = client(identityOf('coordinator').store);
  const running = { ...report, phase: 'POD_PHASE_RUNNING' } as const;
  await trusted.ask((stub, options, done) => stub.reportPod(running, options, done));
});

test('each command is a line of the log, with whose certificate it was, and what the request claims beside it', () => {
  const audit = log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === AUDIT_MESSAGE);
  expect(audit.findLast(({ operationId }) => operationId === 'by-alice')).toMatchObject({
    who: 'alice',
    as: 'somebody else',
    from: expect.stringContaining('127.0.0.1:'),
    verb: 'operate',
    command: 'transition',
    name: 'start',
    operation: 1,
    result: 'taken',
  });
  const refused = audit.filter(({ call, result }) => call === 'Submit' && result === 'NOT_ALLOWED');
  expect(refused.map(({ who }) => who)).toEqual([undefined, 'sidecar', 'coordinator']);
  expect(audit.filter(({ call }) => call === 'ReportPod').map(({ who, result }) => [who, result])).toEqual([
    ['alice', 'NOT_ALLOWED'],
    ['coordinator', 'taken'],
  ]);
});

test.each(['operator', 'sidecar'] as const)('a %s may not command a sidecar', async (role) => {
  const dialling = { kind: 'tls', store: identityOf(role).store } as const;
  using held = new DisposableStack();
  const stub = new v1.Sidecar(sidecar.sidecar.grpc, channelCredentials(dialling, 'sidecar'), CHANNEL_OPTIONS);
  held.defer(() => stub.close());
  const stream = stub.control();
  const ended = new Promise<{ readonly details: string }>((resolve) => stream.on('error', resolve));
  stream.write({
    hello: { contractVersion: 1, partition: PARTITION, target: 'readout-0', journalId: 'mine' },
  });
  expect((await ended).details).toContain('baton.v1.Sidecar/Control is for coordinator.daq.baton');
  expect(sidecar.log.join('')).not.toContain('"journalId":"mine"');
});

test('the end of its certificate is among the figures of the sidecar', async () => {
  const found = /^baton_certificate_expires_in_seconds (\d+)$/m.exec(await sidecar.get('/metrics'));
  expect(Number(found?.[1])).toBeGreaterThan(3_000);
  expect(Number(found?.[1])).toBeLessThan(3_601);
});

// ---- the command line --------------------------------------------------------------------------------

const other = newAuthority('other');

/** The folder of an operator with these files. */
function folderOf(files: Files): string {
  const folder = held.use(newFolder());
  folder.swap(files);
  return folder.path;
}

/** Certificates are of this moment, so the clock is the real one. */
function baton(line: string, environment: Record<string, string> = {}) {
  return run({ ...fakeWorld(coordinator.address, { environment }), wallMs: Date.now }, line);
}

function operatorFiles(leaf: Leaf = {}, authority = root, trusted = root): Files {
  return filesOf(issue(authority, 'operator', { realm: PARTITION, commonName: 'alice', ...leaf }), [trusted]);
}

test('baton shows the certificate in BATON_TLS, or after --tls', async () => {
  const folder = folderOf(operatorFiles());
  expect(await baton('status', { BATON_TLS: folder })).toMatchObject({ code: 0, err: '' });
  expect(await baton(`status --tls ${folder}`, { BATON_TLS: '/nowhere' })).toMatchObject({
    code: 0,
    err: '',
  });
});

test('a context names the credentials for its coordinator', async () => {
  using directory = temporaryDirectory();
  const environment = { BATON_ADDRESS: '', BATON_CONTEXTS: directory.file('contexts.yaml') };
  const folder = folderOf(operatorFiles());
  expect(await baton(`context set here ${coordinator.address} --tls ${folder}`, environment)).toMatchObject({
    code: 0,
  });
  expect(await baton('status --context here', environment)).toMatchObject({ code: 0, err: '' });
  const relative = await baton('context set there 127.0.0.1:1 --tls mine', environment);
  expect(relative).toMatchObject({ code: 0 });
  expect(readFileSync(directory.file('contexts.yaml'), 'utf8')).toContain('tls: /nowhere/mine');
});

test('files that cannot be used give 2, with file and reason', async () => {
  const missing = await baton('status --tls /nowhere');
  expect(missing.code).toBe(2);
  expect(missing.err).toContain('/nowhere/tls.crt: want a file that can be read, got no such file');
  const late = await baton(
    `status --tls ${folderOf(operatorFiles({ fromMs: -7_200_000, toMs: -3_600_000 }))}`,
  );
  expect(late.code).toBe(2);
  expect(late.err).toMatch(/tls\.crt: want a certificate that is valid now, got one that expired on 20/);
});

test('a certificate that ends soon is told with each command', async () => {
  const { code, err } = await baton(`status --tls ${folderOf(operatorFiles({ toMs: 300_000 }))}`);
  expect(code).toBe(0);
  expect(err).toMatch(/^your certificate in .* ends on 20.* UTC: renew it soon\n$/);
});

test('a certificate that the coordinator does not take gives 5 and its reason', async () => {
  const stranger = filesOf(issue(other, 'operator', { realm: PARTITION }), [other, root]);
  const { code, err } = await baton(`status --tls ${folderOf(stranger)}`);
  expect(code).toBe(5);
  expect(err).toContain('is signed by CN=other, which is none of the trusted authorities');
});

test('a coordinator that the client does not take gives 4 and the reason', async () => {
  const { code, err } = await baton(`status --tls ${folderOf(operatorFiles({}, other, other))}`);
  expect(code).toBe(4);
  expect(err).toMatch(
    /^baton: no coordinator answers at .*: what answers is not taken for the coordinator: /,
  );
  expect(err).toContain('is signed by CN=root, which is none of the trusted authorities');
  const elsewhere = folderOf(operatorFiles({ names: ['operator.maxi.baton'] }));
  const wrong = await baton(`status --tls ${elsewhere}`);
  expect(wrong.code).toBe(4);
  expect(wrong.err).toContain('want the name DNS:coordinator.maxi.baton, got DNS:coordinator.daq.baton');
});

test('plaintext at a coordinator that wants TLS gives 4 and says what it wants', async () => {
  const { code, err } = await baton('status');
  expect(code).toBe(4);
  expect(err).toContain('hangs up; if it wants TLS, give your credentials by --tls');
});

test('plaintext leaves this machine only when it is told to by name', async () => {
  const refused = await baton('status --address 192.0.2.1:7400 --timeout 100ms');
  expect(refused).toMatchObject({ code: 2, out: '' });
  expect(refused.err).toContain(
    '--address: want an address of this machine, or --tls DIR, or --insecure, got "192.0.2.1:7400"',
  );
  // Nobody is there; but now it is dialled.
  for (const [line, environment] of [
    ['--insecure', {}],
    ['', { BATON_INSECURE: '1' }],
  ] as const) {
    const words = ['status', '--address', '192.0.2.1:7400', '--timeout', '100ms', line];
    const allowed = await baton(words.join(' ').trim(), environment);
    expect(allowed).toMatchObject({ code: 4 });
  }
});

test('nor does it when a coordinator says that the leader is elsewhere', async () => {
  await using fake = await startFake();
  fake.onSubmit = () => {
    const facts = { leader: '192.0.2.1:7400', pid: '1' };
    throw new RunControlError('NO_LEADER', 'this coordinator stands by', { facts });
  };
  const line = 'send start --timeout 500ms';
  const careful = await run(fakeWorld(fake.address), line);
  expect(careful.code).toBe(4);
  expect(careful.err).not.toContain('192.0.2.1');
  const told = await run(fakeWorld(fake.address), `${line} --insecure`);
  expect(told.err).toContain('192.0.2.1');
});

test('a coordinator dials other machines in plaintext only when it is told to by name', async () => {
  const places = { 'readout-0': { address: '192.0.2.1:4000', podUid: 'pod-0' } };
  using careful = fleetRig({ places });
  const event = await careful.until('disconnected');
  expect(event).toMatchObject({
    cause: `it is not dialled in plaintext: its sidecar: want an address of this machine, or --tls, or ${INSECURE_DIAL_FLAG}, got "192.0.2.1:4000"`,
  });
});

test('a coordinator tells of a target why it does not take its sidecar, or the sidecar not it', async () => {
  const { grpc: address } = sidecar.sidecar;
  const places = { 'readout-0': { address, podUid: 'pod-0' } };
  const causeFor = async (files: Files) => {
    using own = identity('coordinator', files, PARTITION);
    using fleet = fleetRig({ places, dialling: { kind: 'tls', store: own.store } });
    return await fleet.until('disconnected');
  };
  const mine = issue(other, 'coordinator', { realm: PARTITION });
  expect(await causeFor(filesOf(mine, [other]))).toMatchObject({
    cause: expect.stringMatching(
      /^the stream to the sidecar at .* ended: what answers is not taken for the sidecar: .* is signed by CN=root, which is none/,
    ),
  });
  expect(await causeFor(filesOf(mine, [other, root]))).toMatchObject({
    cause: expect.stringMatching(
      /^the stream to the sidecar at .* ended: the certificate CN=coordinator .* is signed by CN=other, which is none/,
    ),
  });
});

test('a sidecar that wants TLS is told of as such', async () => {
  const places = { 'readout-0': { address: sidecar.sidecar.grpc, podUid: 'pod-0' } };
  using plain = fleetRig({ places });
  expect(await plain.until('disconnected')).toMatchObject({
    cause: `what listens on ${sidecar.sidecar.grpc} hangs up; does it want TLS?`,
  });
});
