// Named points before and after each durable step, at which a test may end a process as kill -9 does. What
// stands here is only the list; reach.ts is where it happens.

import { didYouMean } from '../machine/nearest.ts';
import type { Problem } from './trouble.ts';

export type Component = 'coordinator' | 'sidecar';

type Entry = {
  readonly component: Component;
  /** What is done, and what is not yet. */
  readonly sentence: string;
};

/** All points. Each is reached by a test of test/e2e. */
export const FAILPOINTS = {
  'lease.locked': coordinator('it has the lock; its journal is not open'),
  'journal.before-create': coordinator('there is no journal yet, and no part of one'),
  'journal.unborn': coordinator('a new journal is written beside its place; it has not got its name'),
  'journal.created': coordinator('the new journal has its name; there is no record in it'),
  'lease.noted': coordinator('its first record is durable and the note says that it leads'),
  'journal.before-append': coordinator('records are decided, whichever they are; none is durable'),
  'journal.in-append': coordinator('the records are in a transaction; it is not committed'),
  'journal.appended': coordinator('the records, whichever they are, are durable; nothing follows yet'),
  'journal.before-led': coordinator('the new epoch is decided; it is not durable'),
  'journal.led': coordinator('the new epoch is durable; no sidecar has heard of it'),
  'journal.before-accepted': coordinator('an operation is planned; it is not durable'),
  'journal.accepted': coordinator('an operation is durable; nobody is asked, the client is not answered'),
  'journal.before-wave-done': coordinator('nobody of a wave is awaited any more; that is not durable'),
  'journal.wave-done': coordinator('the end of a wave is durable; the next one is not asked'),
  'journal.before-cancel-requested': coordinator('a cancel is decided; it is not durable'),
  'journal.cancel-requested': coordinator('a cancel is durable; the client is not answered'),
  'journal.before-finished': coordinator('an operation has ended; that is not durable'),
  'journal.finished': coordinator('the end of an operation is durable; nobody is told'),
  'journal.in-compaction': coordinator('a snapshot stands beside the records it replaces, uncommitted'),
  'journal.compacted': coordinator('the snapshot has taken the place of the records'),
  'coordinator.committed': coordinator('the records are taken into its picture; no effect has begun'),
  'coordinator.asked': coordinator('one request is handed to its stream; others of the wave may not be'),
  'coordinator.doing-heard': coordinator('a target tells that its hook runs; nothing follows from it yet'),
  'coordinator.answer-heard': coordinator('a target has answered; nothing follows from it yet'),
  'coordinator.before-respond': coordinator('the answer for a client is durable; the client has not got it'),
  'coordinator.leads': coordinator('it leads and asks what is open; it takes no calls'),
  'coordinator.before-address': coordinator('it listens; whoever started it does not know where'),
  'sidecar.before-wipe': sidecar('it has no memory that counts; its file is as it was'),
  'sidecar.wiped': sidecar('its file is empty; it has no memory'),
  'sidecar.memory-begun': sidecar('it remembers its own id; it has seen no process'),
  'sidecar.before-persist': sidecar('something is to be remembered, whatever it is; it is not'),
  'sidecar.persisted': sidecar('something is remembered, whatever it is; nothing follows yet'),
  'sidecar.before-fence': sidecar('a Hello raises the fence; the raise is not remembered'),
  'sidecar.fence-persisted': sidecar('the raised fence is remembered; there is no Welcome'),
  'sidecar.before-incarnation': sidecar('a process has attached; its incarnation is not remembered'),
  'sidecar.incarnation-persisted': sidecar('the incarnation is remembered; nobody was told'),
  'sidecar.before-doing': sidecar('a request is taken; that is not remembered'),
  'sidecar.doing-persisted': sidecar('it is remembered as doing; the process was not called'),
  'sidecar.hook-called': sidecar('the call is handed over; the process may not have got it'),
  'sidecar.hook-runs': sidecar('the process says that it runs the hook'),
  'sidecar.hook-ended': sidecar('the process has answered; the answer is not remembered'),
  'sidecar.answer-persisted': sidecar('the answer is remembered; the coordinator has not got it'),
  'sidecar.answer-sent': sidecar('the answer is handed to the stream; it may not have left'),
  'sidecar.before-settle': sidecar('a Settle closes a step; that is not remembered'),
  'sidecar.settle-persisted': sidecar('the closed step is remembered; there is no Settled'),
  'sidecar.before-leaving': sidecar('the preStop hook was called; that is not remembered'),
  'sidecar.leaving-persisted': sidecar('it is remembered that it leaves; the coordinator was not told'),
  'sidecar.before-local': sidecar('it is to stop by itself; that is not remembered'),
  'sidecar.local-persisted': sidecar(
    'it is remembered that it stops by itself, perhaps with the first step; nothing follows yet',
  ),
  'sidecar.before-local-step': sidecar('a step of its own stop is due; it is not remembered'),
  'sidecar.local-step-persisted': sidecar('the step is remembered; the process was not called'),
  'sidecar.before-local-step-end': sidecar('the step has ended; that is not remembered'),
  'sidecar.local-step-ended': sidecar(
    'the end of the step is remembered, perhaps with the next one; nothing follows yet',
  ),
  'sidecar.before-return': sidecar('it is back in service; that is not remembered'),
  'sidecar.return-persisted': sidecar('it is remembered that it is back in service; nobody was told'),
  'sidecar.before-pre-stop-answer': sidecar('the stop is over; the preStop hook is not answered'),
  'sidecar.before-address': sidecar('it listens; whoever started it does not know where'),
} as const satisfies Readonly<Record<string, Entry>>;

export type Failpoint = keyof typeof FAILPOINTS;

/** The variable that arms one point: `NAME`, `NAME@3` (the third time), `NAME/stop_run` (only during that). */
export const FAILPOINT_VARIABLE = 'BATON_FAILPOINT';

/** Highest number of times that a point can be passed before it strikes. */
export const FAILPOINT_TIMES_MAX = 1_000_000;

/** One point that is armed. */
export type Arming = {
  readonly point: Failpoint;
  /** Counted only during this operation (coordinator) or transition (sidecar); undefined: whatever goes on. */
  readonly during: string | undefined;
  /** The time it is reached at which it strikes; 1 is the first. */
  readonly time: number;
};

const FORM = /^(?<point>[^/@]+)(?:\/(?<during>[A-Za-z][\w-]{0,62}))?(?:@(?<time>[1-9]\d{0,6}))?$/;
const WANTED = `a point of \`baton failpoints\`, then perhaps /OPERATION and @TIME (1..${FAILPOINT_TIMES_MAX})`;

/** Reads the value of FAILPOINT_VARIABLE. */
export function parseArming(text: string): Arming | Problem {
  const { point = '', during, time = '1' } = FORM.exec(text)?.groups ?? {};
  const got = JSON.stringify(text.slice(0, 200));
  if (point === '' || Number(time) > FAILPOINT_TIMES_MAX)
    return { path: FAILPOINT_VARIABLE, want: WANTED, got };
  if (isFailpoint(point)) return { point, during, time: Number(time) };
  return { path: FAILPOINT_VARIABLE, want: WANTED, got: `${got}${suggestion(point)}` };
}

/** All points in their order. */
export function failpoints(): readonly (Entry & { readonly name: Failpoint })[] {
  return Object.entries(FAILPOINTS).flatMap(([name, entry]) =>
    isFailpoint(name) ? [{ name, ...entry }] : [],
  );
}

function isFailpoint(name: string): name is Failpoint {
  return Object.hasOwn(FAILPOINTS, name);
}

/** A slip of the hand is named; else whatever ends alike, as `doing` for `sidecar.doing-persisted`. */
function suggestion(point: string): string {
  const names = Object.keys(FAILPOINTS);
  const meant = didYouMean(point, names);
  if (meant !== '') return meant;
  const alike = names.filter((name) => name.includes(point.replace(/^.*\./, '')));
  return alike.length === 0 ? '' : ` (there are ${alike.slice(0, 5).join(', ')})`;
}

function coordinator(sentence: string): Entry {
  return { component: 'coordinator', sentence };
}

function sidecar(sentence: string): Entry {
  return { component: 'sidecar', sentence };
}
