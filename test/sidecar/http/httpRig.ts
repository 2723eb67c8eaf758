// A whole sidecar beside a process with an HTTP interface.

import { z } from 'zod';
import { type HttpSettings, httpShape } from '../../../protos/adapter/http.ts';
import { type Rig, rigBeside } from '../rig.ts';
import { FakeHttp } from './fakeHttp.ts';

const schema = z.strictObject(httpShape);
type Written = z.input<typeof schema>;

/** What a document would say of the fake process. */
export const TELLING = {
  success: { body: { pointer: '/ok', equals: true } },
  refused: { status: [409] },
  state: {
    path: '/state',
    map: { IDLE: 'idle', RUNNING: 'running' },
    busy: { pointer: '/busy', equals: true },
    startId: '/startId',
  },
  lookIntervalMs: 50,
} satisfies Written;

/** The settings of an adapter as a document writes them, with their defaults. */
export function settings(written: Written): HttpSettings {
  return schema.parse(written);
}

/** A sidecar beside a fake process that is driven as `written` says. */
export async function httpRig(written: Written = TELLING, process?: FakeHttp): Promise<Rig<FakeHttp>> {
  const fake = process ?? (await FakeHttp.start());
  return rigBeside(fake, { adapter: { type: 'http', address: fake.address, ...settings(written) } });
}
