// The core's picture as clients are told it. Pure: from data to messages of the contract.

import { unreachable } from '../../protos/failure/invariant.ts';
import type { Command as CommandMessage } from '../../protos/generated/baton/v1/Command.ts';
import type { Operation as OperationMessage } from '../../protos/generated/baton/v1/Operation.ts';
import type { Partition as PartitionMessage } from '../../protos/generated/baton/v1/Partition.ts';
import type { PartitionSummary } from '../../protos/generated/baton/v1/PartitionSummary.ts';
import type { Run as RunMessage } from '../../protos/generated/baton/v1/Run.ts';
import type { Step as StepMessage } from '../../protos/generated/baton/v1/Step.ts';
import type { TargetView } from '../../protos/generated/baton/v1/TargetView.ts';
import { cutSentence } from '../../protos/sentence.ts';
import type {
  FinishedOperation,
  FinishedRun,
  JournalState,
  OpenOperation,
  OpenRun,
} from '../core/model/journal.ts';
import type { Command, Outcome, Step } from '../core/model/operation.ts';
import type { Target } from '../core/model/partition.ts';
import type { Core, Observation } from '../core/model/picture.ts';
import { partitionState } from '../core/plan/members.ts';
import type { PlannedOperation } from '../core/plan/planned.ts';
import { allowedNow } from '../core/view.ts';

/** What a view needs beside the core. */
export type Surroundings = {
  /** Now on the coordinator's monotonic clock, in milliseconds. */
  readonly nowMs: number;
  /** `host:port` of a sidecar, empty when unknown. */
  readonly addressOf: (target: Target) => string;
  /** What people should know of the partition as a whole, one sentence each; absent: nothing. */
  readonly notices?: (() => readonly string[]) | undefined;
};

/** Notices that are told of one partition. */
const NOTICES_MAX = 8;

/** The whole partition. */
export function partitionView(core: Core, surroundings: Surroundings): PartitionMessage {
  const targets = [...core.fleet.values()].map((observation) => targetView(core, observation, surroundings));
  return { ...partitionHead(core, surroundings), targets, operation: presentOperation(core.journal) ?? null };
}

/** The partition without its targets and operation: what changes with state, run and leader. */
export function partitionHead(core: Core, { notices }: Pick<Surroundings, 'notices'>): PartitionMessage {
  const { partition, journal } = core;
  return {
    name: partition.name,
    state: partitionState(core),
    machine: partition.machine.name,
    machineHash: partition.machineHash,
    run: presentRun(journal) ?? null,
    epoch: journal.epoch,
    operationNumber: journal.operationNumber,
    allowedNow: [...allowedNow(core)],
    notices: (notices?.() ?? []).slice(0, NOTICES_MAX).map(cutSentence),
  };
}

/** One line about a partition that is led; `namespace` is empty outside a cluster. */
export function partitionSummary(core: Core, namespace: string): PartitionSummary {
  const { journal, partition } = core;
  return {
    name: partition.name,
    namespace,
    state: partitionState(core),
    runNumber: journal.run?.number ?? 0,
    operation: journal.open?.operation.title ?? '',
  };
}

/** Why a target that looks well is not commanded; empty when it is. */
function unsettled(core: Core, target: Target): string {
  const part = core.journal.unknown[target];
  if (part === undefined) return '';
  return `its part in operation ${part.number} is not known yet; if its process has ended: baton declare-gone ${target}`;
}

/** One target as it was last observed; P10: its state is unknown once its stream is closed. */
export function targetView(core: Core, observation: Observation, surroundings: Surroundings): TargetView {
  const { target, segment, ordinal, connected, reported, trouble, observedAtMs, podFacts } = observation;
  const excluded = core.journal.excluded[target];
  return {
    target,
    segment,
    ordinal,
    connected,
    incarnation: reported?.incarnation ?? '',
    state: connected ? (reported?.state ?? '') : '',
    inError: connected && reported?.inError === true,
    attached: connected && reported?.attached === true,
    doing: connected ? (reported?.doingTransition ?? '') : '',
    leaving: connected && reported?.leaving === true,
    excluded: excluded !== undefined,
    sinceMs: Math.max(0, Math.round(surroundings.nowMs - observedAtMs)),
    trouble: trouble || unsettled(core, target) || reported?.cause || excluded || '',
    address: surroundings.addressOf(target),
    stateNumber: reported?.stateNumber ?? 0,
    podDetail: podFacts.sentence,
    node: podFacts.node,
  };
}

/** The open operation, else the last one. */
export function presentOperation(journal: JournalState): OperationMessage | undefined {
  const last = journal.finished.at(-1);
  if (journal.open !== undefined) return openOperationView(journal.open);
  return last === undefined ? undefined : finishedOperationView(last);
}

/** The operation of that id; undefined when it is not remembered. */
export function findOperation(journal: JournalState, id: string): OperationMessage | undefined {
  if (journal.open?.operation.id === id) return openOperationView(journal.open);
  const found = journal.finished.find((finished) => finished.operation.id === id);
  return found === undefined ? undefined : finishedOperationView(found);
}

/** The operation of that id, and the one of that number: people give either. */
export function operationsNamed(journal: JournalState, name: string): readonly OperationMessage[] {
  const all = listOperations(journal, journal.operationsRememberedMax + 1);
  return all.filter(({ id, number }) => id === name || String(number) === name);
}

/** Newest first. */
export function listOperations(journal: JournalState, limit: number): readonly OperationMessage[] {
  const open = journal.open === undefined ? [] : [openOperationView(journal.open)];
  const finished = journal.finished.slice(-limit).reverse().map(finishedOperationView);
  return [...open, ...finished].slice(0, limit);
}

/** Newest first. */
export function listRuns(journal: JournalState, limit: number): readonly RunMessage[] {
  const open = journal.run === undefined ? [] : [openRunView(journal.run)];
  return [...open, ...journal.runs.slice(-limit).reverse().map(finishedRunView)].slice(0, limit);
}

/** An operation as it would be accepted now. */
export function plannedView(operation: PlannedOperation): OperationMessage {
  return {
    ...frozenView(operation),
    status: 'OPERATION_STATUS_UNSPECIFIED',
    troubles: [...operation.leftOut],
  };
}

function openOperationView({ operation, step, wave, troubles, ...open }: OpenOperation): OperationMessage {
  return {
    ...frozenView(operation),
    ...acceptedView(operation),
    status: 'OPERATION_STATUS_OPEN',
    step,
    wave,
    cause: open.cancelCause,
    troubles: [...troubles],
    cancelRequested: open.cancelRequested,
  };
}

const STATUSES = {
  succeeded: 'OPERATION_STATUS_SUCCEEDED',
  failed: 'OPERATION_STATUS_FAILED',
  cancelled: 'OPERATION_STATUS_CANCELLED',
} as const satisfies Record<Outcome, OperationMessage['status']>;

function finishedOperationView(finished: FinishedOperation): OperationMessage {
  const { operation, step, wave, troubles, outcome, cause, finishedAtMs } = finished;
  return {
    ...frozenView(operation),
    ...acceptedView(operation),
    status: STATUSES[outcome],
    step,
    wave,
    cause,
    troubles: [...troubles],
    finishedAtMs,
    cancelRequested: outcome === 'cancelled',
  };
}

type Accepted = FinishedOperation['operation'];

function acceptedView({ id, number, operator, acceptedAtMs }: Accepted): OperationMessage {
  return { id, number, operator, acceptedAtMs };
}

type Frozen = Pick<Accepted, 'command' | 'title' | 'steps' | 'runNumber'>;

function frozenView({ command, title, steps, runNumber }: Frozen): OperationMessage {
  return { command: commandView(command), title, steps: steps.map(stepView), runNumber };
}

function stepView({ transition, waves }: Step): StepMessage {
  return {
    transition,
    waves: waves.map((wave) => ({
      groups: wave.map(({ segment, ordinals, from, to }) => ({
        segment,
        ordinals: ordinals.map(([first, last]) => ({ first, last })),
        from,
        to,
      })),
    })),
  };
}

/** What was asked. The coordinator's own leaving is no command of the contract: its title tells. */
function commandView(command: Command): CommandMessage {
  switch (command.kind) {
    case 'transition':
      return { transition: command.name, argumentsJson: JSON.stringify(command.arguments) };
    case 'sequence':
      return { sequence: command.name, argumentsJson: JSON.stringify(command.arguments) };
    case 'goTo':
      return {
        goTo: command.state,
        argumentsJson: JSON.stringify(command.arguments),
        ...(command.targets === undefined ? {} : { toTargets: { targets: [...command.targets] } }),
      };
    case 'recover':
      return { recover: { targets: [...command.targets] } };
    case 'adopt':
      return { adopt: { targets: [...command.targets] } };
    case 'declareGone':
      return { declareGone: { targets: [...command.targets] } };
    case 'leave':
      return {};
    default:
      return unreachable(command);
  }
}

function presentRun({ run, runs }: JournalState): RunMessage | undefined {
  const last = runs.at(-1);
  if (run !== undefined) return openRunView(run);
  return last === undefined ? undefined : finishedRunView(last);
}

function openRunView({ number, startedAtMs, unclean }: OpenRun): RunMessage {
  return { number, status: 'RUN_STATUS_OPEN', cause: unclean, startedAtMs, endedAtMs: 0 };
}

function finishedRunView({ number, clean, cause, startedAtMs, endedAtMs }: FinishedRun): RunMessage {
  return { number, status: clean ? 'RUN_STATUS_CLEAN' : 'RUN_STATUS_UNCLEAN', cause, startedAtMs, endedAtMs };
}
