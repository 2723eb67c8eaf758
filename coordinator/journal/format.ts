// What a record and a snapshot of format 1 look like. A released format is only added to: stored journals
// of every release are replayed by a test (P13).

import * as z from 'zod';
import { machineSchema } from '../../protos/machine/parse.ts';
import type { JournalRecord, JournalState } from '../core/model/journal.ts';
import type { Incarnation, OperationId, Target } from '../core/model/partition.ts';

const count = z.int().min(0);
const text = z.string();
// Branded from here on: these three lines are where a name from a file becomes a name of ours.
const target = z.custom<Target>(isText, 'want a target');
const operationId = z.custom<OperationId>(isText, 'want an operation id');
const incarnation = z.custom<Incarnation>(isText, 'want an incarnation');
const values = z.record(text, z.union([text, z.number(), z.boolean()]));
const names = z.array(text).readonly();
const byTarget = z.record(text, text);
// Empty: does not take part.
const noneOrIncarnation = z.custom<Incarnation | ''>(isText, 'want an incarnation or nothing');
const incarnations = z.record(text, z.array(noneOrIncarnation).readonly());

const command = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('transition'), name: text, arguments: values }),
  z.strictObject({ kind: z.literal('sequence'), name: text, arguments: values }),
  z.strictObject({
    kind: z.literal('goTo'),
    state: text,
    arguments: values,
    targets: names.exactOptional(),
  }),
  z.strictObject({ kind: z.enum(['recover', 'adopt', 'declareGone', 'leave']), targets: names }),
]);

const wave = z
  .array(
    z.strictObject({
      segment: text,
      ordinals: z.array(z.tuple([count, count]).readonly()).readonly(),
      from: text,
      to: text,
    }),
  )
  .readonly();

const step = z.strictObject({
  transition: text,
  arguments: values,
  onFailure: z.enum(['stop', 'continue']),
  stopPath: z.boolean(),
  budgetMs: count,
  waves: z.array(wave).readonly(),
});

const trouble = z.strictObject({
  target,
  step: count,
  transition: text,
  kind: z.enum(['refused', 'failed', 'interrupted', 'gone', 'settled', 'unknown', 'absent']),
  cause: text,
  excluded: z.boolean(),
  stopsOn: z.literal(true).exactOptional(),
});
const troubles = z.array(trouble).readonly();

const remembered = z.strictObject({
  id: operationId,
  number: count,
  command,
  title: text,
  operator: text,
  acceptedAtMs: count,
  machineHash: text,
  runNumber: count,
  startsRunAt: count.exactOptional(),
  endsRunAt: count.exactOptional(),
  steps: z.array(step).readonly(),
  leftOut: troubles,
});

const operation = remembered.extend({
  incarnations,
  policies: z.record(text, z.strictObject({ critical: z.boolean(), minMembers: count })),
});

const outcome = z.enum(['succeeded', 'failed', 'cancelled']);
const runEnd = z.strictObject({ number: count, clean: z.boolean(), cause: text });

const record = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('opened'),
    journalId: text,
    partition: text,
    operationsRememberedMax: count,
    operationsInFullMax: count,
  }),
  z.strictObject({ kind: z.literal('led'), epoch: count, operationNumber: count }),
  z.strictObject({ kind: z.literal('machine'), hash: text, table: machineSchema }),
  z.strictObject({ kind: z.literal('accepted'), operation }),
  z.strictObject({ kind: z.literal('waveDone'), number: count, step: count, wave: count, troubles }),
  z.strictObject({ kind: z.literal('cancelRequested'), number: count, cause: text }),
  z.strictObject({
    kind: z.literal('finished'),
    number: count,
    outcome,
    cause: text,
    atMs: count,
    unknown: z.array(target).readonly(),
    run: runEnd.exactOptional(),
  }),
  z.strictObject({ kind: z.literal('released'), target }),
  z.strictObject({ kind: z.literal('declaredGone'), target, incarnation }),
  z.strictObject({ kind: z.literal('adopted'), target, fromJournalId: text }),
  z.strictObject({ kind: z.literal('runUnclean'), cause: text }),
  z.strictObject({ kind: z.literal('runAbandoned'), run: runEnd, atMs: count }),
]) satisfies z.ZodType<JournalRecord>;

const open = z.strictObject({
  operation,
  step: count,
  wave: count,
  troubles,
  cancelRequested: z.boolean(),
  cancelCause: text,
  declaredGone: z.array(incarnation).readonly(),
});

const finished = z.strictObject({
  operation: remembered,
  step: count,
  wave: count,
  troubles,
  outcome,
  cause: text,
  finishedAtMs: count,
});

const snapshot = z
  .strictObject({
    journalId: text,
    partition: text,
    epoch: count,
    operationNumber: count,
    runNumber: count,
    // JSON leaves out what is undefined.
    machine: z.strictObject({ hash: text, table: machineSchema }).optional(),
    open: open.optional(),
    operationsRememberedMax: count,
    operationsInFullMax: count,
    finished: z.array(finished).readonly(),
    forgottenThrough: count,
    run: z.strictObject({ number: count, startedAtMs: count, incarnations, unclean: text }).optional(),
    runs: z.array(runEnd.extend({ startedAtMs: count, endedAtMs: count })).readonly(),
    unknown: z.record(text, z.strictObject({ incarnation, number: count, step: count })),
    excluded: byTarget,
    adopted: byTarget,
  })
  .transform((state) => ({
    ...state,
    machine: state.machine,
    open: state.open,
    run: state.run,
  })) satisfies z.ZodType<JournalState>;

/** The record that `json` holds, or one sentence on what is wrong with it. */
export function parseRecord(json: string): JournalRecord | { readonly wrong: string } {
  const parsed = record.safeParse(parseJson(json));
  return parsed.success ? parsed.data : { wrong: firstIssue(parsed.error) };
}

/** The snapshot that `json` holds, or one sentence on what is wrong with it. */
export function parseSnapshot(json: string): JournalState | { readonly wrong: string } {
  const parsed = snapshot.safeParse(parseJson(json));
  return parsed.success ? parsed.data : { wrong: firstIssue(parsed.error) };
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? 'not a record' : `${issue.path.join('.') || 'record'}: ${issue.message}`;
}
