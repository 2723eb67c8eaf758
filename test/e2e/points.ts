// Where processes are killed: which failpoints are passed when. A test holds this to the whole list.

import type { Failpoint } from '../../protos/failure/failpoints.ts';

type Points = readonly Failpoint[];

/** By a coordinator in each operation. */
export const OF_AN_OPERATION = [
  'journal.before-accepted',
  'journal.accepted',
  'journal.before-wave-done',
  'journal.wave-done',
  'journal.before-finished',
  'journal.finished',
  'journal.before-append',
  'journal.appended',
  'coordinator.committed',
  'coordinator.asked',
  'coordinator.doing-heard',
  'coordinator.answer-heard',
  'coordinator.before-respond',
] as const satisfies Points;

/** By a coordinator that takes over an open operation. */
export const OF_A_TAKEOVER = [
  'lease.locked',
  'lease.noted',
  'journal.in-append',
  'journal.before-led',
  'journal.led',
  'coordinator.leads',
  'coordinator.before-address',
] as const satisfies Points;

/** By the first coordinator of a journal, in the order in which it comes to them. */
export const OF_A_FIRST_COORDINATOR = [
  'lease.locked',
  'journal.before-create',
  'journal.unborn',
  'journal.created',
  'lease.noted',
  'journal.before-led',
  'journal.in-append',
  'journal.led',
  'coordinator.leads',
  'coordinator.before-address',
] as const satisfies Points;

/** By a coordinator that is told to cancel. */
export const OF_A_CANCEL = [
  'journal.before-cancel-requested',
  'journal.cancel-requested',
] as const satisfies Points;

/** By a coordinator whose journal has grown long. */
export const OF_A_COMPACTION = ['journal.in-compaction', 'journal.compacted'] as const satisfies Points;

/** By a sidecar whose target takes a step, with the request known to have an end that can be shown. */
export const OF_A_STEP = [
  'sidecar.before-persist',
  'sidecar.before-doing',
  'sidecar.hook-runs',
  'sidecar.hook-ended',
  'sidecar.answer-persisted',
  'sidecar.answer-sent',
] as const satisfies Points;

/** By a sidecar that has begun a step of which the process may never have heard. */
export const OF_A_STEP_UNPROVEN = [
  'sidecar.persisted',
  'sidecar.doing-persisted',
  'sidecar.hook-called',
] as const satisfies Points;

/** By a sidecar to which a new leader says Hello. */
export const OF_A_HELLO = ['sidecar.before-fence', 'sidecar.fence-persisted'] as const satisfies Points;

/** By a sidecar that is told to settle. */
export const OF_A_SETTLE = ['sidecar.before-settle', 'sidecar.settle-persisted'] as const satisfies Points;

/** By the first sidecar of a pod, in the order in which it comes to them. */
export const OF_A_FIRST_SIDECAR = [
  'sidecar.before-wipe',
  'sidecar.wiped',
  'sidecar.memory-begun',
  'sidecar.before-address',
  'sidecar.before-fence',
  'sidecar.fence-persisted',
] as const satisfies Points;

/** By a sidecar to which a process attaches for the first time, before or after the first Hello. */
export const OF_A_FIRST_PROCESS = [
  'sidecar.before-incarnation',
  'sidecar.incarnation-persisted',
] as const satisfies Points;

/** By the sidecar of a pod that is deleted in a run. */
export const OF_AN_ORDERED_LEAVE = [
  'sidecar.before-leaving',
  'sidecar.leaving-persisted',
  'sidecar.before-pre-stop-answer',
] as const satisfies Points;

/** By a sidecar whose container is to be restarted in a run, in the order in which it comes to them. */
export const OF_A_LOCAL_STOP = [
  'sidecar.before-local',
  'sidecar.local-persisted',
  'sidecar.before-local-step',
  'sidecar.before-local-step-end',
  'sidecar.local-step-ended',
  'sidecar.local-step-persisted',
  'sidecar.before-return',
  'sidecar.return-persisted',
] as const satisfies Points;

/** Everything that is struck by the tests of failpoints. */
export const STRUCK_POINTS: ReadonlySet<Failpoint> = new Set<Failpoint>([
  ...OF_AN_OPERATION,
  ...OF_A_TAKEOVER,
  ...OF_A_FIRST_COORDINATOR,
  ...OF_A_CANCEL,
  ...OF_A_COMPACTION,
  ...OF_A_STEP,
  ...OF_A_STEP_UNPROVEN,
  ...OF_A_HELLO,
  ...OF_A_SETTLE,
  ...OF_A_FIRST_SIDECAR,
  ...OF_A_FIRST_PROCESS,
  ...OF_AN_ORDERED_LEAVE,
  ...OF_A_LOCAL_STOP,
]);
