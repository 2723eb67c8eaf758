// The miniature DAQ's REST interface as a document would describe it: each segment tells the end of its transitions
// in another way.

import type { Role } from '../daq/run/names.ts';

/** What is the same in all of them. */
const FACE = {
  type: 'http',
  refused: { status: [409] },
  transitions: { recover: {} },
  state: { path: '/state', busy: { pointer: '/busy', equals: true }, executed: '/executed' },
  health: { path: '/health', startId: '/startId' },
  giveUp: { path: '/abort' },
};

const AT_ONCE = { command: { path: '/fsm/{transition}?wait=no' }, success: { status: [202] } };

const FORMS: Readonly<Record<Role, object>> = {
  readout: { completion: { type: 'immediate' } },
  writer: { ...AT_ONCE, completion: { type: 'poll', intervalMs: 50 } },
  builder: {
    ...AT_ONCE,
    completion: {
      ...{ type: 'poll', intervalMs: 50, path: '/jobs/{job}', job: '/job' },
      done: { pointer: '/success', equals: true },
      failed: { pointer: '/success', equals: false },
    },
  },
  trigger: { completion: { type: 'callback' } },
};

/** What the document says of the adapter of that segment. */
export function httpAdapterOf(role: Role): object {
  return { ...FACE, ...FORMS[role] };
}
