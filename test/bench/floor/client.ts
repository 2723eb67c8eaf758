// The floor: what any coordinator with our duties has to do, written as short as it can be. A commit, a
// request down each stream, all answers, a commit.

import { join } from 'node:path';
import { assert } from '../../../protos/failure/invariant.ts';
import { machineHash } from '../../../protos/machine/hash.ts';
import { minimal } from '../../../protos/machine/minimal.ts';
import type { Fleet } from '../client.ts';
import { openFan } from '../fan.ts';
import type { ClientSetting, HostedPlaces } from '../messages.ts';
import { edgeOf } from '../partition.ts';
import { INCARNATION } from './incarnation.ts';
import { openCommits } from './journal.ts';

/** Streams to all targets, and a file for the commits. */
export async function connectFloor(setting: ClientSetting, places: HostedPlaces): Promise<Fleet> {
  const { sizes, directories } = setting;
  const commit = openCommits(join(directories.disk, 'commits.db'));
  const accepted = ['x'.repeat(sizes.accepted)];
  const ended = sizes.ended.map((bytes) => 'x'.repeat(bytes));
  const hash = machineHash(minimal);
  let operationNumber = 0;
  const fan = await openFan(places, ({ answer, heartbeat }) => {
    if (heartbeat) return;
    assert(answer?.kind === 'ANSWER_KIND_EXECUTED', 'every request is executed');
    assert(answer.token?.operationNumber === operationNumber, 'it answers what was asked');
  });
  return {
    operate: async () => {
      const { transition, from, to } = edgeOf(operationNumber);
      operationNumber += 1;
      const operationId = `operation-${operationNumber}`;
      commit(accepted);
      await fan.round(() => ({
        request: {
          token: { operationNumber, step: 0, operationId },
          incarnation: INCARNATION,
          machineHash: hash,
          transition,
          argumentsJson: '{}',
          from,
          to,
          budgetMs: 10_000,
          stopPath: false,
          runNumber: operationNumber,
        },
      }));
      commit(ended);
    },
    sizes: () => sizes,
  };
}
