// Messages of the contract as a sidecar and a coordinator take them, and ways to spoil them on the wire.

import { v1 } from '../../protos/load.ts';
import { machineHash } from '../../protos/machine/hash.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { HELLO } from '../sidecar/testCoordinator.ts';
import type { Dice } from './dice.ts';
import { mutateBytes, mutateValue } from './mutate.ts';
import { checkProblems, Finding, type Verdict } from './subject.ts';
import { type Ended, framed } from './wire.ts';

const UNKNOWN = 2;
const INVALID_ARGUMENT = 3;
const INTERNAL = 13;

/** Encodes and decodes one kind of message. */
export type Codec = {
  readonly encode: (value: unknown) => Buffer;
  readonly decode: (bytes: Buffer) => unknown;
};
/** A call that is sound, to be spoilt. */
export type Specimen = Codec & {
  readonly path: string;
  readonly value: unknown;
  /** The server goes on telling until the client goes. */
  readonly isWatch?: boolean;
};

/** How a call may end: not with an exception, nor with INTERNAL unless its bytes could not be read. Throws Finding. */
export function judge(ended: Ended, isUnreadable: boolean): Verdict {
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

/** The bytes of a message, most often changed a little. */
export function messageFrom(dice: Dice, { encode, value }: Codec & { readonly value: unknown }): Buffer {
  try {
    const message = encode(dice.chance(0.7) ? mutateValue(dice, value) : value);
    return dice.chance(0.3) ? mutateBytes(dice, message) : message;
  } catch {
    // The library does not even encode it.
    return mutateBytes(dice, encode(value));
  }
}

/** True when the library can read these bytes. */
export function canDecode({ decode }: Codec, message: Buffer): boolean {
  try {
    decode(message);
    return true;
  } catch {
    return false;
  }
}

/** What to send for a specimen, and whether nobody can read it. */
export function frameFrom(
  dice: Dice,
  specimen: Specimen,
): { readonly body: Buffer; readonly isUnreadable: boolean } {
  const message = messageFrom(dice, specimen);
  const isSpoilt = dice.chance(0.15);
  const body = isSpoilt ? spoiltFrame(dice, message) : framed(message);
  return { body, isUnreadable: isSpoilt || !canDecode(specimen, message) };
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

export const TOKEN = { operationNumber: 1, step: 0, operationId: 'op-1' };

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

const request = {
  token: TOKEN,
  incarnation: 'podpod00.life0000',
  machineHash: machineHash(minimal),
  transition: 'start',
  argumentsJson: '{"rate": 5}',
  from: 'idle',
  to: 'running',
  budgetMs: 5_000,
  runNumber: 7,
};

/** To a sidecar. */
export const SIDECAR: readonly Specimen[] = [
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

/** To a coordinator. */
export const COORDINATOR: readonly Specimen[] = [
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
