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
import type { Dice } from '../dice.ts';
import {
  COORDINATOR,
  type Codec,
  canDecode,
  frameFrom,
  judge,
  messageFrom,
  SIDECAR,
  type Specimen,
  TOKEN,
} from '../specimens.ts';
import { checkProblems, Finding, type Subject, type Verdict } from '../subject.ts';
import { openWire, type Wire } from '../wire.ts';

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
  const { body, isUnreadable } = frameFrom(dice, specimen);
  trace(`${specimen.path} ${body.toString('hex')}`);
  const ended = await wire.call(specimen.path, body, specimen.isWatch === true);
  return judge(ended, isUnreadable);
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

const controlUp: Codec = {
  encode: (value) => sidecar.Control.responseSerialize(value as never),
  decode: sidecar.Control.responseDeserialize,
};

const pod = { podUid: 'pod-of-readout-0', target: 'readout-0' };
const present = state(pod);
const incarnation = present.incarnation;

const UP: readonly unknown[] = [
  welcome(pod, { machineHash: machineHash(minimal), journalId: 'journal-1', fence: { epoch: 1 } }),
  { answer: { token: TOKEN, incarnation, kind: 'ANSWER_KIND_EXECUTED', state: present } },
  {
    answer: {
      token: TOKEN,
      incarnation,
      kind: 'ANSWER_KIND_REFUSED',
      code: 'REFUSAL_CODE_BUSY',
      state: present,
    },
  },
  { state: present },
  { settled: { incarnation, operationNumber: 1, step: 0 } },
  { leaving: { incarnation } },
  { heartbeat: { stateNumber: 1 } },
];
