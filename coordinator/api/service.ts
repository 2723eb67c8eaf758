// The coordinator's gRPC face: every call is a question to the core of a partition, or an event for it.

import type { EventEmitter } from 'node:events';
import type { Logger } from 'pino';
import { type Access, callerOf } from '../../protos/credentials/access.ts';
import { throwOutside } from '../../protos/failure/bug.ts';
import { toStatus } from '../../protos/failure/status.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { CoordinatorHandlers } from '../../protos/generated/baton/v1/Coordinator.ts';
import type { GetPartitionResponse } from '../../protos/generated/baton/v1/GetPartitionResponse.ts';
import type { Operation } from '../../protos/generated/baton/v1/Operation.ts';
import type { ReportPodRequest__Output } from '../../protos/generated/baton/v1/ReportPodRequest.ts';
import { podDigest } from '../../protos/identity.ts';
import { v1 } from '../../protos/load.ts';
import { machineToWire } from '../../protos/machine/wire.ts';
import type { Service } from '../../protos/serve.ts';
import { unary } from '../../protos/unary.ts';
import { OPERATIONS_REMEMBERED_MAX, RUNS_REMEMBERED_MAX } from '../core/limits.ts';
import type { Event, Response } from '../core/model/turn.ts';
import { plan } from '../core/plan/plan.ts';
import type { Leading } from '../leading.ts';
import type { Sequencer } from '../sequencer.ts';
import { type Credit, certified } from './credit.ts';
import type { Partitions } from './partitions.ts';
import { parseCommand, parseLimit, parseReportPod, parseSubmit } from './request.ts';
import { parseRollout, parseScale, requireScaling, tellProgress } from './scaling.ts';
import { fittingOperation, fittingOperations, splitPartition } from './size.ts';
import { VERBS } from './verbs.ts';
import {
  findOperation,
  listOperations,
  listRuns,
  operationsNamed,
  partitionView,
  plannedView,
} from './view.ts';

/** How many are listed when the client does not say. */
export const LISTED_BY_DEFAULT = 20;

/** Full name of the service. */
export const COORDINATOR_SERVICE = 'baton.v1.Coordinator';

/** The service of the partitions that this process leads. */
export function coordinatorService(partitions: Partitions, log: Logger, credit: Credit = certified): Service {
  return {
    name: COORDINATOR_SERVICE,
    definition: v1.Coordinator.service,
    handlers: handlers(partitions, log, credit),
    access: ACCESS,
  };
}

/**
 * Operators command. Whoever starts and ends pods shows the coordinator's own certificate: its word that a
 * process has ended is taken as proof.
 */
const ACCESS: Access = {
  Submit: ['operator'],
  Cancel: ['operator'],
  Plan: ['operator'],
  Watch: ['operator', 'coordinator'],
  GetPartition: ['operator', 'coordinator'],
  GetMachine: ['operator', 'coordinator'],
  ListOperations: ['operator', 'coordinator'],
  ListRuns: ['operator', 'coordinator'],
  ListPartitions: ['operator', 'coordinator'],
  GetCaller: ['operator', 'coordinator'],
  Scale: ['operator'],
  Rollout: ['operator'],
  ReportPod: ['coordinator'],
};

function handlers(partitions: Partitions, log: Logger, credit: Credit): CoordinatorHandlers {
  const coreOf = ({ partition }: { readonly partition: string }) => partitions.find(partition).core;
  return {
    Submit: unary(async (request, call) => {
      const { sequencer } = partitions.find(request.partition);
      const submission = parseSubmit(request);
      const operator = credit(call, submission.operator);
      const response = await sequencer.ask((caller) => ({ type: 'submit', caller, ...submission, operator }));
      return { operation: operationOf(sequencer, response) };
    }),
    Plan: unary((request) => {
      const planned = plan(coreOf(request), parseCommand(request.command));
      if (planned.kind === 'trouble') throw troubleOf(planned);
      return { operation: fittingOperation(plannedView(planned.operation)) };
    }),
    Cancel: unary(async ({ operationId: id, partition }) => {
      const { sequencer } = partitions.find(partition);
      const response = await sequencer.ask((caller) => ({ type: 'cancel', caller, id }));
      return { operation: operationOf(sequencer, response) };
    }),
    Watch: (call) => orError(call, () => partitions.find(call.request.partition).watchers.add(call)),
    GetPartition: unary(({ partition }) => getPartition(partitions.find(partition))),
    GetMachine: unary((request) => ({ machine: machineToWire(coreOf(request).partition.machine) })),
    ListOperations: unary(({ limit, operation, partition }) => {
      const { journal } = coreOf({ partition });
      if (operation !== '') return { operations: fittingOperations(operationsNamed(journal, operation)) };
      const count = parseLimit(limit, { otherwise: LISTED_BY_DEFAULT, max: OPERATIONS_REMEMBERED_MAX });
      return { operations: fittingOperations(listOperations(journal, count)) };
    }),
    ListRuns: unary(({ limit, partition }) => {
      const { journal } = coreOf({ partition });
      const count = parseLimit(limit, { otherwise: LISTED_BY_DEFAULT, max: RUNS_REMEMBERED_MAX });
      return { runs: [...listRuns(journal, count)] };
    }),
    ListPartitions: unary(() => ({ partitions: [...partitions.list()] })),
    GetCaller: unary((_, call) => ({
      name: callerOf(call) ?? '',
      // Who came so far may do everything; where that is not so, whoever let them in says more.
      permissions: VERBS.map((verb) => ({ verb, allowed: true })),
    })),
    Scale: (call) =>
      orError(call, () => {
        const leading = partitions.find(call.request.partition);
        const scaling = requireScaling(partitions.scaling, 'members');
        const asked = parseScale(call, leading.core.partition, credit);
        tellProgress(call, (signal) => scaling.scale(leading, asked, signal));
      }),
    Rollout: (call) =>
      orError(call, () => {
        const leading = partitions.find(call.request.partition);
        const scaling = requireScaling(partitions.scaling, 'process');
        const asked = parseRollout(call, leading.core.partition, credit);
        tellProgress(call, (signal) => scaling.rollout(leading, asked, signal));
      }),
    ReportPod: unary((request) => {
      reportPod(partitions.find(request.partition).sequencer, request, log);
      return {};
    }),
  };
}

/** Begins a stream, or ends it with the trouble that this throws. */
function orError(call: Pick<EventEmitter, 'emit'>, begin: () => void): void {
  try {
    begin();
  } catch (error) {
    if (error instanceof RunControlError) call.emit('error', toStatus(error));
    else throwOutside(error);
  }
}

function getPartition({ sequencer, watchers, surroundings }: Leading): GetPartitionResponse {
  const { first, rest } = splitPartition(partitionView(sequencer.core, surroundings()));
  if (rest.length > 0) {
    throw new RunControlError(
      'LIMIT',
      'the partition is too large for one message; ask by Watch, which tells it in parts',
    );
  }
  return { revision: watchers.revision, partition: first };
}

function reportPod(sequencer: Sequencer, request: ReportPodRequest__Output, log: Logger): void {
  const { target, phase, facts } = parseReportPod(request, sequencer.core.fleet);
  log.info({ target, podUid: request.podUid, phase, detail: request.detail }, 'pod reported');
  const event: Event = { type: 'pod', target, pod: podDigest(request.podUid), phase, facts };
  if (sequencer.post(event)) return;
  throw new RunControlError('LIMIT', 'too many events wait for their turn; report again later');
}

/** The operation that the core answered with, as it stands now. */
function operationOf(sequencer: Sequencer, response: Response): Operation | null {
  if (response.kind === 'trouble') throw troubleOf(response);
  const found = findOperation(sequencer.core.journal, response.id);
  return found === undefined ? null : fittingOperation(found);
}

function troubleOf({ code, sentence, problems }: Extract<Response, { kind: 'trouble' }>): RunControlError {
  return new RunControlError(code, sentence, { problems });
}
