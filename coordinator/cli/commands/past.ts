// What has been: operations and runs.

import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { ListOperationsResponse__Output } from '../../../protos/generated/baton/v1/ListOperationsResponse.ts';
import type { ListRunsResponse__Output } from '../../../protos/generated/baton/v1/ListRunsResponse.ts';
import { type Context, dial, give } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { operationDetailLines, operationLines, runLines } from '../show/lists.ts';
import { findOperation } from '../submit.ts';

/** `baton operations`: the newest `limit` operations. */
export async function operations(context: Context, limit: number): Promise<ExitCode> {
  using connection = await dial(context);
  const answer = await connection.ask<ListOperationsResponse__Output>((stub, options, done) =>
    stub.listOperations({ limit, partition: connection.partition }, options, done),
  );
  const wallMs = context.world.wallMs();
  const wide = context.options.output === 'wide';
  await give(context, answer.operations, (view) => operationLines(answer.operations, { wallMs, wide }, view));
  return EXIT.done;
}

/** `baton operations ID`: one operation with its steps, waves and troubles. */
export async function operation(context: Context, id: string): Promise<ExitCode> {
  using connection = await dial(context);
  const found = await findOperation(connection, id);
  if (found === undefined) {
    throw new RunControlError('UNKNOWN_ID', `the coordinator remembers no operation ${JSON.stringify(id)}`);
  }
  await give(context, found, (view) => operationDetailLines(found, context.world.wallMs(), view));
  return EXIT.done;
}

/** `baton runs`: the newest `limit` runs. */
export async function runs(context: Context, limit: number): Promise<ExitCode> {
  using connection = await dial(context);
  const answer = await connection.ask<ListRunsResponse__Output>((stub, options, done) =>
    stub.listRuns({ limit, partition: connection.partition }, options, done),
  );
  const wallMs = context.world.wallMs();
  await give(context, answer.runs, (view) => runLines(answer.runs, { wallMs }, view));
  return EXIT.done;
}
