// gRPC frames on real connections, to a sidecar and to a coordinator; and what a sidecar tells, as bytes.

import { decide, initialCore, observe } from '../../../coordinator/core/core.ts';
import { emptyJournal } from '../../../coordinator/core/journal-state.ts';
import type { Target } from '../../../coordinator/core/model/partition.ts';
import { parseUp } from '../../../coordinator/fleet/up.ts';
import { v1 } from '../../../protos/load.ts';
import { machineHash } from '../../../protos/machine/hash.ts';
import { minimal } from '../../../protos/machine/minimal.ts';
import { parseHookEnd } from '../../../sidecar/process/grpc/wire.ts';
import { rig as coordinatorRig, partitionOf } from '../../coordinator/rig.ts';
import { state, welcome } from '../../fleet/fakeSidecar.ts';
import { rig as sidecarRig } from '../../sidecar/rig.ts';
import { HELLO } from '../../sidecar/testCoordinator.ts';
import type { Dice } from '../dice.ts';
import { mutateBytes, mutateValue } from '../mutate.ts';
import { checkProblems, Finding, type Subject, type Verdict } from '../subject.ts';
import { type Ended, framed, openWire, type Wire } from '../wire.ts';

const UNKNOWN = 2;
const INVALID_ARGUMENT = 3;
const INTERNAL = 13;

/** Encodes and decodes one kind of message. */
type Codec = { readonly encode: (value: unknown) => Buffer; readonly decode: (bytes: Buffer) => unknown };
type Specimen = Codec & {
  readonly path: string;
  readonly value: unknown;
  /** The server goes on telling until the client goes. */
  readonly isWatch?: boolean;
};

export async function frames(): Promise<Subject> {
  await using opened = new AsyncDisposableStack();
  const beside = opened.use(await sidecarRig({ log: 'silent' }));
  const above = opened.use(await coordinatorRig(2));
  const toSidecar = opened.use(openWire(beside.sidecar.grpc));
  const toCoordinator = opened.use(openWire(above.coordinator.address));
  const held = opened.move();
  const attempt: Subject['attempt'] = async (dice, trace) => {
    const drawn = dice.below(6);
    if (drawn === 0) return tellUp(dice, trace);
    if (drawn === 1) return tellBeside(dice, trace);
    const [wire, specimens] = drawn < 4 ? [toSidecar, SIDECAR] : [toCoordinator, COORDINATOR];
    const verdict = await tryFrame(dice, { wire, specimen: dice.pick(specimens), trace });
    const fatal = [...beside.log.filter((line) => line.startsWith('fatal')), ...above.fatal];
    if (fatal.length > 0) throw new Finding(`it gave up: ${String(fatal[0])}`);
    return verdict;
  };
  return { attempt, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

type Tried = { readonly wire: Wire; readonly specimen: Specimen; readonly trace: (line: string) => void };

async function tryFrame(dice: Dice, { wire, specimen, trace }: Tried): Promise<Verdict> {
  const message = messageFrom(dice, specimen);
  const spoilt = dice.chance(0.15);
  const body = spoilt ? spoiltFrame(dice, message) : framed(message);
  trace(`${specimen.path} ${body.toString('hex')}`);
  const ended = await wire.call(specimen.path, body, specimen.isWatch === true);
  return judge(ended, spoilt || !canDecode(specimen, message));
}

function judge(ended: Ended, isUnreadable: boolean): Verdict {
  if (ended.kind === 'reset') {
    if (isUnreadable) return 'rejected';
    throw new Finding(`a sound message got a reset: ${ended.code}`);
  }
  const { code, sentence, problems } = ended;
  if (code === 0) return 'accepted';
  if (code === UNKNOWN) throw new Finding(`an exception came through: ${sentence}`);
  if (code === INTERNAL && !isUnreadable) throw new Finding(`a sound message got INTERNAL: ${sentence}`);
  if (sentence === '') throw new Finding(`status ${code} without a word`);
  if (code === INVALID_ARGUMENT && !sentence.startsWith('Hello comes first')) checkProblems(problems ?? []);
  return 'rejected';
}

function messageFrom(dice: Dice, { encode, value }: Codec & { readonly value: unknown }): Buffer {
  try {
    const message = encode(dice.chance(0.7) ? mutateValue(dice, value) : value);
    return dice.chance(0.3) ? mutateBytes(dice, message) : message;
  } catch {
    // The library does not even encode it.
    return mutateBytes(dice, encode(value));
  }
}

function canDecode({ decode }: Codec, message: Buffer): boolean {
  try {
    decode(message);
    return true;
  } catch {
    return false;
  }
}

/** A frame that lies about its length or its compression, or no whole one. */
function spoiltFrame(dice: Dice, message: Buffer): Buffer {
  switch (dice.below(4)) {
    case 0:
      return framed(message, { length: dice.pick([0, 1, message.length + 1, 2 ** 31, 2 ** 32 - 1]) });
    case 1:
      return framed(message, { compressed: dice.pick([1, 2, 255]) });
    case 2:
      return mutateBytes(dice, framed(message));
    default:
      return Buffer.concat([framed(message), mutateBytes(dice, framed(message))]);
  }
}

/** What a sidecar tells, as the coordinator reads it and decides on it. */
async function tellUp(dice: Dice, trace: (line: string) => void): Promise<Verdict> {
  const value = dice.pick(UP);
  const { encode, decode } = controlUp;
  const message = messageFrom(dice, { encode, decode, value });
  trace(`up ${message.toString('hex')}`);
  if (!canDecode(controlUp, message)) return 'rejected';
  const parsed = parseUp(READOUT, decode(message) as never);
  if (parsed.kind === 'malformed') {
    checkProblems(parsed.problems);
    return 'rejected';
  }
  if (parsed.kind === 'event') {
    const core = initialCore(partitionOf(1), { ...emptyJournal, journalId: 'journal-1', epoch: 1 });
    const now = { monotonicMs: 1, wallMs: 1 };
    observe(core, parsed.event, now);
    decide(core, parsed.event, now);
  }
  return 'accepted';
}

/** What a process tells, as the sidecar beside it reads it. */
async function tellBeside(dice: Dice, trace: (line: string) => void): Promise<Verdict> {
  const value = dice.pick([EXECUTED, { ...EXECUTED, outcome: 'PERFORM_OUTCOME_FAILED', cause: 'no' }]);
  const message = messageFrom(dice, { ...performed, value });
  trace(`beside ${message.toString('hex')}`);
  if (!canDecode(performed, message)) return 'rejected';
  const understood = parseHookEnd(performed.decode(message) as never);
  if (!('broken' in understood)) return 'accepted';
  if (understood.broken === '') throw new Finding('broken without a word');
  return 'rejected';
}

const EXECUTED = { outcome: 'PERFORM_OUTCOME_EXECUTED', state: 'running', cause: '' };

const performed: Codec = {
  encode: (value) => v1.Process.service.Perform.responseSerialize(value as never),
  decode: v1.Process.service.Perform.responseDeserialize,
};

const READOUT = 'readout-0' as Target;
const sidecar = v1.Sidecar.service;
const coordinator = v1.Coordinator.service;

type Method = {
  readonly path: string;
  readonly requestSerialize: (value: never) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
};

function specimen(method: Method, value: unknown, isWatch = false): Specimen {
  const { path, requestSerialize, requestDeserialize: decode } = method;
  return { path, encode: (each) => requestSerialize(each as never), decode, value, isWatch };
}

const controlUp: Codec = {
  encode: (value) => sidecar.Control.responseSerialize(value as never),
  decode: sidecar.Control.responseDeserialize,
};

const token = { operationNumber: 1, step: 0, operationId: 'op-1' };
const request = {
  token,
  incarnation: 'podpod00.life0000',
  machineHash: machineHash(minimal),
  transition: 'start',
  argumentsJson: '{"rate": 5}',
  from: 'idle',
  to: 'running',
  budgetMs: 5_000,
  runNumber: 7,
};

const SIDECAR: readonly Specimen[] = [
  { hello: HELLO },
  { request },
  { settle: { operationNumber: 1, step: 0 } },
  { giveUp: { operationNumber: 1, step: 0 } },
  { leave: { incarnation: 'podpod00.life0000', mode: 'LEAVE_MODE_LOCAL' } },
  { heartbeat: {} },
]
  .map((value) => specimen(sidecar.Control, value))
  .concat(
    specimen(sidecar.GetState, {}),
    specimen(sidecar.DescribeMachine, {}),
    specimen(sidecar.WatchState, {}, true),
  );

const submission = { operationId: 'op-1', highestSeen: 0, operator: 'crew' };

const COORDINATOR: readonly Specimen[] = [
  specimen(coordinator.Submit, { ...submission, command: { transition: 'start', argumentsJson: '{}' } }),
  specimen(coordinator.Submit, { ...submission, command: { goTo: 'running' } }),
  specimen(coordinator.Submit, { ...submission, command: { recover: { targets: ['readout-0'] } } }),
  specimen(coordinator.Plan, { command: { sequence: 'start_run', argumentsJson: '{"rate": 1}' } }),
  specimen(coordinator.Cancel, { operationId: 'op-1' }),
  specimen(coordinator.ListOperations, { limit: 5 }),
  specimen(coordinator.ListRuns, { limit: 5 }),
  specimen(coordinator.GetPartition, {}),
  specimen(coordinator.GetMachine, {}),
  specimen(coordinator.Watch, {}, true),
  specimen(coordinator.ReportPod, {
    target: 'readout-0',
    podUid: 'pod',
    phase: 'POD_PHASE_RUNNING',
    detail: '',
  }),
];

const pod = { podUid: 'pod-of-readout-0', target: 'readout-0' };
const present = state(pod);
const incarnation = present.incarnation;

const UP: readonly unknown[] = [
  welcome(pod, { machineHash: machineHash(minimal), journalId: 'journal-1', fence: { epoch: 1 } }),
  { answer: { token, incarnation, kind: 'ANSWER_KIND_EXECUTED', state: present } },
  { answer: { token, incarnation, kind: 'ANSWER_KIND_REFUSED', code: 'REFUSAL_CODE_BUSY', state: present } },
  { state: present },
  { settled: { incarnation, operationNumber: 1, step: 0 } },
  { leaving: { incarnation } },
  { heartbeat: { stateNumber: 1 } },
];
