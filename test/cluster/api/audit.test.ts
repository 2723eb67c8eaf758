// What is kept of each command: who gave it, as the API server knows them, and no token; and how the command line comes
// by one.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { AUDIT_MESSAGE } from '../../../coordinator/api/audit.ts';
import { JOURNALS } from '../../../coordinator/cluster/client/resource.ts';
import { rowOfLine } from '../../../coordinator/journal/object/line.ts';
import { parseSpec } from '../../../coordinator/journal/object/spec.ts';
import { baton } from '../../e2e/person.ts';
import { condition } from '../../sidecar/condition.ts';
import {
  type Callers,
  HOME,
  NAMESPACE,
  openCallers,
  operations,
  PARTITION,
  startRun,
  submit,
} from './callers.ts';
import { grant } from './tokens.ts';

const START = { transition: 'start', argumentsJson: '{"run_type":"TEST","password":"hunter2"}' };
const GONE = { declareGone: { targets: ['readout-0'] } };

let callers: Callers;

beforeAll(async () => {
  callers = await openCallers();
  await startRun(callers.as('operator'), 'op-start');
  const refused = [
    submit(callers.as('viewer'), START, 'op-viewer'),
    submit(callers.as('operator'), GONE, 'op-force'),
    submit(callers.as('admin'), GONE, 'op-admin'),
    submit(callers.withToken(undefined), START, 'op-none'),
  ];
  for (const each of await Promise.allSettled(refused)) expect(each.status).toBe('rejected');
}, 120_000);

afterAll(async () => callers?.[Symbol.asyncDispose]());

/** The lines of the audit. */
function audit(): readonly Record<string, unknown>[] {
  return callers.log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === AUDIT_MESSAGE);
}

const journalSchema = z.object({ spec: z.unknown() });

/** What the journal holds, in plain words: long records are deflated in it. */
async function journal(): Promise<string> {
  const { spec: raw } = journalSchema.parse(
    await callers.client.get(JOURNALS, { namespace: NAMESPACE, name: 'daq' }),
  );
  const { spec } = parseSpec('daq', raw);
  return JSON.stringify(spec.records.map(rowOfLine));
}

/** The line of that operation. */
function audited(operationId: string): Record<string, unknown> {
  return audit().find((line) => line['operationId'] === operationId) ?? {};
}

test('who asked is in the journal as the API server knows them, and cannot say that it was another', async () => {
  const [operation] = await operations(callers.as('viewer'));
  expect(operation?.operator).toBe('system:serviceaccount:default:operator (as crew)');
});

test('the command shows a token, and says who grants what is missing', async () => {
  const run = callers.type;
  expect(await run('auth whoami', 'viewer')).toMatchObject({
    code: 0,
    out: 'system:serviceaccount:default:viewer\n',
  });
  expect((await run('auth can-i operate', 'operator')).code).toBe(0);
  const no = await run('auth can-i operate', 'viewer');
  expect(no.code).toBe(1);
  expect(no.out).toContain('kubectl create rolebinding');
  expect((await run('auth can-i view', 'stranger')).code).toBe(1);
  expect((await run('status', 'viewer')).code).toBe(0);
  const refused = await run('send stop_run', 'viewer');
  expect(refused).toMatchObject({
    code: 5,
    err: expect.stringContaining('the verb operate on partitions/control'),
  });
  expect(refused.err).toContain(
    'next: whoever administers namespace physics grants it: kubectl create rolebinding',
  );
  expect(await baton(callers.daq.address, 'status')).toMatchObject({ code: 5 });
});

test('a kubeconfig without a token gets one of a service account, and the audit leads back to its person', async () => {
  const kubeconfig = callers.plane.kubeconfigOf('shift');
  const run = (line: string) =>
    baton(
      '',
      `--address ${callers.daq.address} --kubeconfig ${kubeconfig} --as-service-account default/viewer ${line}`,
    );
  expect(await run('auth whoami')).toMatchObject({
    code: 5,
    err: expect.stringContaining('you may ask for a token of no service account'),
  });
  const ask = {
    apiGroups: [''],
    resources: ['serviceaccounts/token'],
    resourceNames: ['viewer'],
    verbs: ['create'],
  };
  await grant(callers.client, HOME, { kind: 'User', name: 'shift' }, [ask]);
  await condition('it may', async () => (await run('auth whoami')).code === 0);
  expect((await run('auth whoami')).out).toBe('system:serviceaccount:default:viewer\n');
  expect((await run('cancel')).code).toBe(5);
  const { credential } = audit().findLast(({ call }) => call === 'Cancel') ?? {};
  expect(credential).toMatch(/^JTI=/);
  const issued = readFileSync(callers.plane.auditLog, 'utf8')
    .split('\n')
    .find((line) => line.includes('issued-credential-id') && line.includes(String(credential)));
  expect(JSON.parse(issued ?? '{}')).toMatchObject({ user: { username: 'shift' } });
});

test('each command is in the log, taken or not, with who, from where and what; no token and no secret is', async () => {
  expect(audited('op-start')).toMatchObject({
    who: 'system:serviceaccount:default:operator',
    credential: expect.stringMatching(/^JTI=/),
    from: expect.stringContaining('127.0.0.1:'),
    call: 'Submit',
    verb: 'operate',
    partition: PARTITION,
    command: 'sequence',
    name: 'start_run',
    as: 'crew',
    operation: 1,
    result: 'taken',
  });
  expect(audited('op-viewer')).toMatchObject({
    who: 'system:serviceaccount:default:viewer',
    arguments: { run_type: 'TEST', password: '…' },
    result: 'NOT_ALLOWED',
  });
  expect(audited('op-force')).toMatchObject({
    verb: 'force',
    command: 'declareGone',
    targets: ['readout-0'],
  });
  expect(audited('op-admin')).toMatchObject({ verb: 'force', result: 'REFUSED' });
  const nobody = audit().find(({ call, who }) => call === 'Submit' && who === undefined);
  expect(nobody).toMatchObject({ from: expect.stringContaining('127.0.0.1:'), result: 'NOT_ALLOWED' });
  const kept = `${callers.log.join('')}${await journal()}`;
  expect(kept).toContain('op-start');
  for (const token of callers.tokens()) {
    for (const part of token.split('.').slice(1)) expect(kept).not.toContain(part);
  }
  expect(kept).not.toContain('hunter2');
  expect(kept).not.toContain('Bearer');
});
