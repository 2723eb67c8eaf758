// What a coordinator says, parsed at the border with all problems at once.

import type { Problem } from '../../protos/failure/trouble.ts';
import type { ControlRequest__Output } from '../../protos/generated/baton/v1/ControlRequest.ts';
import type { Hello__Output } from '../../protos/generated/baton/v1/Hello.ts';
import type { Leave__Output } from '../../protos/generated/baton/v1/Leave.ts';
import type { PodFacts__Output } from '../../protos/generated/baton/v1/PodFacts.ts';
import type { Request__Output } from '../../protos/generated/baton/v1/Request.ts';
import { NAME_LENGTH_MAX, TIMEOUT_MS_MAX } from '../../protos/machine/limits.ts';
import { show } from '../../protos/machine/show.ts';
import { SENTENCE_CHARACTERS_MAX } from '../../protos/sentence.ts';
import type { Event, Verdict } from '../rules/model.ts';

/** Longest id of an operation, a journal or an incarnation, in characters. */
export const ID_CHARACTERS_MAX = 64;

/** Largest JSON object of arguments, in bytes. */
export const ARGUMENTS_BYTES_MAX = 65_536;

/** Limits of Hello.heartbeat_interval_ms. */
export const HEARTBEAT_MS_MIN = 10;
export const HEARTBEAT_MS_MAX = 60_000;

const UINT32_MAX = 0xffff_ffff;

export type HelloMessage = Omit<Hello__Output, 'adoptedFromJournalId'> & { readonly adoptedFrom: string };

/** A message of the coordinator without its stream; a heartbeat asks for nothing. */
export type Inbound =
  | { readonly type: 'hello'; readonly hello: HelloMessage }
  | { readonly type: 'heartbeat' }
  | { readonly type: 'event'; readonly event: StreamEvent };

type StreamEvent = Extract<Event, { type: 'request' | 'settle' | 'giveUp' | 'leave' | 'podFacts' }>;

/** The message, or all that is wrong with it. */
export function parseInbound(
  raw: ControlRequest__Output,
  stream: number,
): Inbound | { readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const inbound = read(raw, stream, problems);
  if (inbound === undefined && problems.length === 0) {
    problems.push({
      path: 'message',
      want: 'hello, request, settle, give_up, leave, pod_facts or heartbeat',
      got: 'nothing',
    });
  }
  return inbound === undefined || problems.length > 0 ? { problems } : inbound;
}

function read(raw: ControlRequest__Output, stream: number, problems: Problem[]): Inbound | undefined {
  if (raw.request) return { type: 'event', event: readRequest(raw.request, stream, problems) };
  if (raw.heartbeat) return { type: 'heartbeat' };
  if (raw.settle)
    return { type: 'event', event: { type: 'settle', stream, ...readStep('settle', raw.settle, problems) } };
  if (raw.giveUp)
    return { type: 'event', event: { type: 'giveUp', stream, ...readStep('give_up', raw.giveUp, problems) } };
  if (raw.leave) return readLeave(raw.leave, stream, problems);
  if (raw.podFacts) return { type: 'event', event: readPodFacts(raw.podFacts, stream, problems) };
  if (raw.hello) return { type: 'hello', hello: readHello(raw.hello, problems) };
  return undefined;
}

function readHello(raw: Hello__Output, problems: Problem[]): HelloMessage {
  const { adoptedFromJournalId, ...hello } = raw;
  text(problems, 'hello.journal_id', raw.journalId, 1, ID_CHARACTERS_MAX);
  text(problems, 'hello.adopted_from_journal_id', adoptedFromJournalId, 0, ID_CHARACTERS_MAX);
  integer(problems, 'hello.epoch', raw.epoch, 1, Number.MAX_SAFE_INTEGER);
  integer(problems, 'hello.closed_through', raw.closedThrough, 0, Number.MAX_SAFE_INTEGER);
  integer(
    problems,
    'hello.heartbeat_interval_ms',
    raw.heartbeatIntervalMs,
    HEARTBEAT_MS_MIN,
    HEARTBEAT_MS_MAX,
  );
  return { ...hello, adoptedFrom: adoptedFromJournalId };
}

function readRequest(raw: Request__Output, stream: number, problems: Problem[]): StreamEvent {
  const token = raw.token ?? { operationNumber: 0, step: 0, operationId: '' };
  readStep('request.token', token, problems);
  text(problems, 'request.token.operation_id', token.operationId, 1, ID_CHARACTERS_MAX);
  text(problems, 'request.incarnation', raw.incarnation, 0, ID_CHARACTERS_MAX);
  text(problems, 'request.machine_hash', raw.machineHash, 0, ID_CHARACTERS_MAX);
  text(problems, 'request.transition', raw.transition, 1, NAME_LENGTH_MAX);
  text(problems, 'request.from', raw.from, 0, NAME_LENGTH_MAX);
  text(problems, 'request.to', raw.to, 0, NAME_LENGTH_MAX);
  integer(problems, 'request.budget_ms', raw.budgetMs, 1, TIMEOUT_MS_MAX);
  integer(problems, 'request.run_number', raw.runNumber, 0, UINT32_MAX);
  readArguments(raw.argumentsJson, problems);
  return { type: 'request', stream, request: { ...raw, token } };
}

/** Only whether it is an object: what it holds was checked against the machine by the coordinator. */
function readArguments(json: string, problems: Problem[]): void {
  const path = 'request.arguments_json';
  if (json === '{}') return;
  if (Buffer.byteLength(json) > ARGUMENTS_BYTES_MAX) {
    problems.push({
      path,
      want: `at most ${ARGUMENTS_BYTES_MAX} bytes`,
      got: `${Buffer.byteLength(json)} bytes`,
    });
    return;
  }
  const value = parseJson(json);
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject) problems.push({ path, want: 'a JSON object', got: show(json) });
}

function readStep(
  path: string,
  raw: { readonly operationNumber: number; readonly step: number },
  problems: Problem[],
): { operationNumber: number; step: number } {
  integer(problems, `${path}.operation_number`, raw.operationNumber, 1, Number.MAX_SAFE_INTEGER);
  integer(problems, `${path}.step`, raw.step, 0, UINT32_MAX);
  return { operationNumber: raw.operationNumber, step: raw.step };
}

const VERDICTS: Readonly<Record<string, Verdict>> = {
  LEAVE_MODE_ORDERED: 'ordered',
  LEAVE_MODE_LOCAL: 'local',
  LEAVE_MODE_RESTART: 'restart',
  LEAVE_MODE_FORCED: 'forced',
};

function readLeave(raw: Leave__Output, stream: number, problems: Problem[]): Inbound | undefined {
  const verdict = VERDICTS[raw.mode];
  text(problems, 'leave.incarnation', raw.incarnation, 0, ID_CHARACTERS_MAX);
  if (verdict === undefined) {
    problems.push({
      path: 'leave.mode',
      want: `one of ${Object.keys(VERDICTS).join(', ')}`,
      got: show(raw.mode),
    });
    return undefined;
  }
  return { type: 'event', event: { type: 'leave', stream, incarnation: raw.incarnation, verdict } };
}

function readPodFacts(
  { sentence, restarts }: PodFacts__Output,
  stream: number,
  problems: Problem[],
): StreamEvent {
  text(problems, 'pod_facts.sentence', sentence, 0, SENTENCE_CHARACTERS_MAX);
  return { type: 'podFacts', stream, pod: { sentence, restarts } };
}

function text(problems: Problem[], path: string, value: string, min: number, max: number): void {
  if (value.length >= min && value.length <= max) return;
  problems.push({ path, want: `${min} to ${max} characters`, got: `${value.length} characters` });
}

/** uint64 arrives as a number that may have lost digits; such a one is refused, never rounded. */
function integer(problems: Problem[], path: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  problems.push({ path, want: `an integer in ${min}..${max}`, got: String(value) });
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
