// What clients send, parsed at the border with all problems at once. Whether the machine allows it is the
// planner's business.

import { type Problem, RunControlError } from '../../protos/failure/trouble.ts';
import type { Command__Output } from '../../protos/generated/baton/v1/Command.ts';
import type { ReportPodRequest__Output } from '../../protos/generated/baton/v1/ReportPodRequest.ts';
import type { SubmitRequest__Output } from '../../protos/generated/baton/v1/SubmitRequest.ts';
import { list, show } from '../../protos/machine/show.ts';
import type { Arguments } from '../../protos/machine/table.ts';
import type { Command } from '../core/model/operation.ts';
import type { OperationId, Target } from '../core/model/partition.ts';
import type { Fleet, PodFacts, PodPhase } from '../core/model/picture.ts';

export const OPERATION_ID_LENGTH_MAX = 64;
export const OPERATOR_LENGTH_MAX = 64;
export const ARGUMENTS_BYTES_MAX = 65_536;
export const TARGETS_MAX = 10_000;
export const POD_UID_LENGTH_MAX = 64;
export const DETAIL_LENGTH_MAX = 500;
const NAME_LENGTH_MAX = 63;

const OPERATION_ID = /^[A-Za-z0-9_-]{1,64}$/;

export type Submission = {
  readonly id: OperationId;
  readonly command: Command;
  readonly highestSeen: number;
  readonly operator: string;
};

/** The submission, or RunControlError MALFORMED with every problem. */
export function parseSubmit(request: SubmitRequest__Output): Submission {
  const { operationId, highestSeen, operator } = request;
  const problems: Problem[] = [];
  if (!OPERATION_ID.test(operationId)) {
    const want = `1 to ${OPERATION_ID_LENGTH_MAX} characters of letters, digits, "-", "_"`;
    problems.push({ path: 'operation_id', want, got: show(operationId) });
  }
  if (!Number.isSafeInteger(highestSeen)) {
    problems.push({ path: 'highest_seen', want: 'an integer below 2^53', got: show(highestSeen) });
  }
  checkLength('operator', operator, { max: OPERATOR_LENGTH_MAX }, problems);
  const command = commandFrom(request.command, problems);
  if (command === undefined || problems.length > 0) throw malformed(problems);
  // The one cast of this parser.
  return { id: operationId as OperationId, command, highestSeen, operator };
}

/** The command, or RunControlError MALFORMED with every problem. */
export function parseCommand(command: Command__Output | null): Command {
  const problems: Problem[] = [];
  const parsed = commandFrom(command, problems);
  if (parsed === undefined || problems.length > 0) throw malformed(problems);
  return parsed;
}

const POD_PHASES: Readonly<Record<string, PodPhase>> = {
  POD_PHASE_RUNNING: 'running',
  POD_PHASE_DELETING: 'deleting',
  POD_PHASE_ENDED: 'ended',
};

/** What is told of which target; RunControlError MALFORMED with every problem. */
export function parseReportPod(
  { target: name, podUid, phase, detail }: ReportPodRequest__Output,
  fleet: Fleet,
): { readonly target: Target; readonly phase: PodPhase; readonly facts: PodFacts } {
  const problems: Problem[] = [];
  const target = fleet.get(name as Target)?.target;
  const known = POD_PHASES[phase];
  if (target === undefined) {
    problems.push({ path: 'target', want: 'a target of this partition', got: show(name) });
  }
  if (podUid === '' || podUid.length > POD_UID_LENGTH_MAX) {
    problems.push({ path: 'pod_uid', want: `1 to ${POD_UID_LENGTH_MAX} characters`, got: show(podUid) });
  }
  checkLength('detail', detail, { max: DETAIL_LENGTH_MAX }, problems);
  if (known === undefined) {
    problems.push({ path: 'phase', want: `one of ${list(Object.keys(POD_PHASES))}`, got: show(phase) });
  }
  if (target === undefined || known === undefined || problems.length > 0) throw malformed(problems);
  return { target, phase: known, facts: { sentence: detail, node: '', restarts: 0 } };
}

/** How many to list: 0 means `otherwise`; RunControlError MALFORMED beyond `max`. */
export function parseLimit(limit: number, { otherwise, max }: { otherwise: number; max: number }): number {
  if (limit > max) throw malformed([{ path: 'limit', want: `at most ${max}`, got: String(limit) }]);
  return limit === 0 ? otherwise : limit;
}

function commandFrom(message: Command__Output | null, problems: Problem[]): Command | undefined {
  const values = argumentsFrom(message?.argumentsJson ?? '', problems);
  const to = targetsFrom('to_targets', message?.toTargets?.targets ?? [], problems);
  if (to.length > 0 && message?.command !== 'goTo') {
    problems.push({ path: 'command.to_targets', want: 'none but with go_to', got: `${to.length}` });
  }
  switch (message?.command) {
    case 'transition':
      return {
        kind: 'transition',
        name: nameFrom('transition', message.transition, problems),
        arguments: values,
      };
    case 'sequence':
      return { kind: 'sequence', name: nameFrom('sequence', message.sequence, problems), arguments: values };
    case 'goTo':
      return {
        kind: 'goTo',
        state: nameFrom('go_to', message.goTo, problems),
        arguments: values,
        ...(to.length === 0 ? {} : { targets: to }),
      };
    case 'recover':
      return { kind: 'recover', targets: targetsFrom('recover', message.recover?.targets ?? [], problems) };
    case 'adopt':
      return { kind: 'adopt', targets: targetsFrom('adopt', message.adopt?.targets ?? [], problems) };
    case 'declareGone':
      return {
        kind: 'declareGone',
        targets: targetsFrom('declare_gone', message.declareGone?.targets ?? [], problems),
      };
    default:
      problems.push({
        path: 'command',
        want: 'one that this coordinator knows',
        got: 'none or an unknown one',
      });
      return undefined;
  }
}

function nameFrom(kind: string, name: string | undefined, problems: Problem[]): string {
  const path = `command.${kind}`;
  if (name === undefined || name === '') problems.push({ path, want: 'a name', got: show(name) });
  else checkLength(path, name, { max: NAME_LENGTH_MAX }, problems);
  return name ?? '';
}

function targetsFrom(kind: string, names: readonly string[], problems: Problem[]): readonly string[] {
  const path = `command.${kind}.targets`;
  if (names.length > TARGETS_MAX) {
    problems.push({ path, want: `at most ${TARGETS_MAX} names`, got: `${names.length}` });
    return [];
  }
  for (const [index, name] of names.entries()) {
    if (name !== '' && name.length <= NAME_LENGTH_MAX) continue;
    problems.push({ path: `${path}[${index}]`, want: `1 to ${NAME_LENGTH_MAX} characters`, got: show(name) });
  }
  return names;
}

function argumentsFrom(json: string, problems: Problem[]): Arguments {
  const path = 'command.arguments_json';
  if (json === '') return {};
  if (Buffer.byteLength(json) > ARGUMENTS_BYTES_MAX) {
    problems.push({ path, want: `at most ${ARGUMENTS_BYTES_MAX} bytes`, got: `${Buffer.byteLength(json)}` });
    return {};
  }
  const value = jsonFrom(json);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push({ path, want: 'a JSON object', got: show(json) });
    return {};
  }
  const values: [string, string | number | boolean][] = [];
  for (const [name, held] of Object.entries(value)) {
    if (typeof held === 'string' || typeof held === 'number' || typeof held === 'boolean') {
      values.push([name, held]);
    } else problems.push({ path: `${path}.${name}`, want: 'a string, number or boolean', got: show(held) });
  }
  return Object.fromEntries(values);
}

function jsonFrom(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Notes a text that is too long. */
export function checkLength(path: string, text: string, limit: { max: number }, problems: Problem[]): void {
  if (text.length <= limit.max) return;
  problems.push({ path, want: `at most ${limit.max} characters`, got: `${text.length}` });
}

/** A request that is not what it should be. */
export function malformed(problems: readonly Problem[]): RunControlError {
  return new RunControlError('MALFORMED', 'the request is malformed; nothing was done', { problems });
}
