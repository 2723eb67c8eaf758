// What comes up a stream, parsed at the border: events that the core can trust, or every problem at once.
// Written by hand and not by a schema library, since it runs once for each answer of thousands of targets.

import type { Problem } from '../../protos/failure/trouble.ts';
import type { Answer__Output } from '../../protos/generated/baton/v1/Answer.ts';
import type { ControlResponse__Output } from '../../protos/generated/baton/v1/ControlResponse.ts';
import type { Leaving__Output } from '../../protos/generated/baton/v1/Leaving.ts';
import type { Settled__Output } from '../../protos/generated/baton/v1/Settled.ts';
import type { State__Output } from '../../protos/generated/baton/v1/State.ts';
import type { Token__Output } from '../../protos/generated/baton/v1/Token.ts';
import type { Welcome__Output } from '../../protos/generated/baton/v1/Welcome.ts';
import { podDigest } from '../../protos/identity.ts';
import { CONTRACT_VERSION } from '../../protos/load.ts';
import { list, show } from '../../protos/machine/show.ts';
import { SENTENCE_CHARACTERS_MAX } from '../../protos/sentence.ts';
import type { Incarnation, Target } from '../core/model/partition.ts';
import type { Answer, ReportedState, Token } from '../core/model/picture.ts';
import type { Event } from '../core/model/turn.ts';
import { podOf } from '../core/targets.ts';

export type Parsed =
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'malformed'; readonly problems: readonly Problem[] };

const NAME_LENGTH_MAX = 64;
const HASH = /^[0-9a-f]{16}$/;
const INCARNATION = /^[\w-]{8}\.[\w-]{8}$/;

/** One message of `target` as an event of the core. */
export function parseUp(target: Target, message: ControlResponse__Output): Parsed {
  const problems: Problem[] = [];
  const event = parseMessage(target, message, problems);
  if (problems.length > 0) return { kind: 'malformed', problems };
  return event === undefined ? { kind: 'heartbeat' } : { kind: 'event', event };
}

/**
 * What is wrong with a Welcome beside its form, one sentence for people; undefined when nothing is.
 * `podUid` is the pod that discovery says is there.
 */
export function welcomeTrouble(
  welcome: Pick<Welcome__Output, 'contractVersion' | 'target' | 'podUid'>,
  expected: { readonly target: string; readonly podUid: string },
): string | undefined {
  const { contractVersion: version } = welcome;
  if (version < 1 || version > CONTRACT_VERSION || version < CONTRACT_VERSION - 1) {
    const oldest = Math.max(1, CONTRACT_VERSION - 1);
    return `incompatible: it speaks contract ${version}, this coordinator drives ${oldest} to ${CONTRACT_VERSION}; its process is left alone`;
  }
  if (welcome.target !== expected.target) return `is not ${expected.target} but ${show(welcome.target)}`;
  if (welcome.podUid !== expected.podUid)
    return `is of pod ${show(welcome.podUid)}, not of ${show(expected.podUid)}`;
  return undefined;
}

function parseMessage(
  target: Target,
  message: ControlResponse__Output,
  problems: Problem[],
): Event | undefined {
  const { welcome, answer, state, settled, leaving, heartbeat } = message;
  if (answer) return parseAnswerEvent(target, answer, problems);
  if (state) return { type: 'state', target, state: parseState('state', state, problems) };
  if (heartbeat) return undefined;
  if (settled) return parseSettled(target, settled, problems);
  if (welcome) return parseWelcome(target, welcome, problems);
  if (leaving) return parseLeaving(target, leaving, problems);
  problems.push({ path: 'message', want: 'one that this contract knows', got: 'none or an unknown one' });
  return undefined;
}

function parseWelcome(target: Target, welcome: Welcome__Output, problems: Problem[]): Event {
  const { fence, last, journalId, machineHash } = welcome;
  checkText('welcome.journalId', journalId, { max: NAME_LENGTH_MAX }, problems);
  checkText('welcome.podUid', welcome.podUid, { max: NAME_LENGTH_MAX }, problems);
  if (!HASH.test(machineHash)) {
    problems.push({ path: 'welcome.machineHash', want: '16 hexadecimal digits', got: show(machineHash) });
  }
  const state = parseState('welcome.state', welcome.state, problems);
  if (state.incarnation !== '' && podOf(state.incarnation) !== podDigest(welcome.podUid)) {
    problems.push({
      path: 'welcome.state.incarnation',
      want: 'one of its pod',
      got: show(state.incarnation),
    });
  }
  return {
    type: 'welcome',
    target,
    journalId,
    foreign: welcome.foreign,
    fence: {
      epoch: checkCount('welcome.fence.epoch', fence?.epoch ?? 0, problems),
      operationNumber: checkCount('welcome.fence.operationNumber', fence?.operationNumber ?? 0, problems),
      step: fence?.step ?? 0,
    },
    machineHash,
    last: last
      ? {
          token: parseToken('welcome.last.token', last.token, problems),
          answer: last.answer ? parseAnswer('welcome.last.answer', last.answer, problems) : undefined,
        }
      : undefined,
    state,
  };
}

function parseAnswerEvent(target: Target, answer: Answer__Output, problems: Problem[]): Event {
  return {
    type: 'answer',
    target,
    answer: parseAnswer('answer', answer, problems),
    state: parseState('answer.state', answer.state, problems),
  };
}

const ANSWER_KINDS: Readonly<Record<string, Answer['kind']>> = {
  ANSWER_KIND_EXECUTED: 'executed',
  ANSWER_KIND_REFUSED: 'refused',
  ANSWER_KIND_FAILED: 'failed',
  ANSWER_KIND_INTERRUPTED: 'interrupted',
};

/** As the core, the logs and protocol.md name them: without the prefix that the contract's style asks for. */
const REFUSAL_CODES: Readonly<Record<string, string>> = {
  REFUSAL_CODE_FENCED: 'FENCED',
  REFUSAL_CODE_GONE: 'GONE',
  REFUSAL_CODE_BUSY: 'BUSY',
  REFUSAL_CODE_LEAVING: 'LEAVING',
  REFUSAL_CODE_NOT_ALLOWED: 'NOT_ALLOWED',
  REFUSAL_CODE_MACHINE_DIFFERS: 'MACHINE_DIFFERS',
  REFUSAL_CODE_BY_PROCESS: 'BY_PROCESS',
  REFUSAL_CODE_NOT_ATTACHED: 'NOT_ATTACHED',
};

function parseAnswer(path: string, answer: Answer__Output, problems: Problem[]): Answer {
  const kind = ANSWER_KINDS[answer.kind];
  const code = REFUSAL_CODES[answer.code] ?? '';
  if (kind === undefined) {
    problems.push({
      path: `${path}.kind`,
      want: `one of ${list(Object.keys(ANSWER_KINDS))}`,
      got: show(answer.kind),
    });
  }
  if (kind === 'refused' && code === '') {
    problems.push({
      path: `${path}.code`,
      want: `one of ${list(Object.keys(REFUSAL_CODES))}`,
      got: show(answer.code),
    });
  }
  checkText(`${path}.cause`, answer.cause, { max: SENTENCE_CHARACTERS_MAX }, problems);
  return {
    token: parseToken(`${path}.token`, answer.token, problems),
    incarnation: parseIncarnation(`${path}.incarnation`, answer.incarnation, problems),
    kind: kind ?? 'failed',
    code: kind === 'refused' ? code : '',
    cause: answer.cause,
  };
}

function parseState(path: string, state: State__Output | null, problems: Problem[]): ReportedState {
  if (state === null) {
    problems.push({ path, want: 'a state', got: 'nothing' });
    return NO_STATE;
  }
  checkText(`${path}.state`, state.state, { max: NAME_LENGTH_MAX }, problems);
  checkText(`${path}.cause`, state.cause, { max: SENTENCE_CHARACTERS_MAX }, problems);
  checkText(`${path}.doingTransition`, state.doingTransition, { max: NAME_LENGTH_MAX }, problems);
  return {
    incarnation: parseIncarnation(`${path}.incarnation`, state.incarnation, problems),
    stateNumber: checkCount(`${path}.stateNumber`, state.stateNumber, problems),
    state: state.state,
    inError: state.inError,
    attached: state.attached,
    doing: state.doing ? parseToken(`${path}.doing`, state.doing, problems) : undefined,
    doingTransition: state.doingTransition,
    leaving: state.leaving,
    cause: state.cause,
  };
}

function parseSettled(target: Target, settled: Settled__Output, problems: Problem[]): Event {
  return {
    type: 'settled',
    target,
    incarnation: parseIncarnation('settled.incarnation', settled.incarnation, problems),
    doing: settled.doing ? parseToken('settled.doing', settled.doing, problems) : undefined,
    operationNumber: checkCount('settled.operationNumber', settled.operationNumber, problems),
    step: settled.step,
  };
}

function parseLeaving(target: Target, leaving: Leaving__Output, problems: Problem[]): Event {
  const incarnation = parseIncarnation('leaving.incarnation', leaving.incarnation, problems);
  return { type: 'leaving', target, incarnation, done: leaving.done, clean: leaving.clean };
}

function parseToken(path: string, token: Token__Output | null, problems: Problem[]): Token {
  if (token === null) {
    problems.push({ path, want: 'a token', got: 'nothing' });
    return NO_TOKEN;
  }
  checkText(`${path}.operationId`, token.operationId, { max: NAME_LENGTH_MAX }, problems);
  return {
    operationNumber: checkCount(`${path}.operationNumber`, token.operationNumber, problems),
    step: token.step,
    operationId: token.operationId,
  };
}

/** Empty until a process has attached. */
function parseIncarnation(path: string, value: string, problems: Problem[]): Incarnation {
  if (value !== '' && !INCARNATION.test(value)) {
    problems.push({ path, want: '<8 characters>.<8 characters>, or nothing', got: show(value) });
  }
  // The one cast of this parser: a name from the wire becomes ours.
  return value as Incarnation;
}

// What stands in for a part that is missing. It never leaves this file: a problem goes with it.
const NO_TOKEN: Token = { operationNumber: 0, step: 0, operationId: '' };
const NO_STATE: ReportedState = {
  incarnation: parseIncarnation('', '', []),
  stateNumber: 0,
  state: '',
  inError: false,
  attached: false,
  doing: undefined,
  doingTransition: '',
  leaving: false,
  cause: '',
};

/** uint64 travels as a number: beyond 2^53 two of them could look alike. */
function checkCount(path: string, value: number, problems: Problem[]): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    problems.push({ path, want: 'an integer in 0..9007199254740991', got: show(value) });
  }
  return value;
}

function checkText(path: string, value: string, limit: { max: number }, problems: Problem[]): void {
  if (value.length <= limit.max) return;
  problems.push({ path, want: `at most ${limit.max} characters`, got: `${value.length}` });
}
