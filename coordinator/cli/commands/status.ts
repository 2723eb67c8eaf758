import type { ListOperationsResponse__Output } from '../../../protos/generated/baton/v1/ListOperationsResponse.ts';
import type { Run__Output } from '../../../protos/generated/baton/v1/Run.ts';
import type { Connection } from '../client.ts';
import { type Context, dial, give } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { pictureOf } from '../picture.ts';
import { statusLines } from '../show/status.ts';
import { getPartition } from '../submit.ts';

/** Operations that are looked through for the arguments of a run: all that a coordinator remembers. */
const OPERATIONS_MAX = 256;

/** `baton status`: the partition and its targets as they are now. */
export async function status(context: Context): Promise<ExitCode> {
  const { world, options } = context;
  using connection = await dial(context);
  const { partition, revision } = await getPartition(connection);
  const nowMs = world.nowMs();
  const wallMs = world.wallMs();
  const wide = options.output === 'wide';
  const inUse = wide ? await inUseOf(connection, partition.run) : '';
  await give(context, partition, (view) =>
    statusLines(pictureOf(partition, revision, nowMs), { nowMs, wallMs, wide, inUse }, view),
  );
  return EXIT.done;
}

async function inUseOf(connection: Connection, run: Run__Output | null): Promise<string> {
  const { operations } = await connection.ask<ListOperationsResponse__Output>((stub, options, done) =>
    stub.listOperations({ limit: OPERATIONS_MAX, partition: connection.partition }, options, done),
  );
  const { argumentsInUse } = await import('../show/inUse.ts');
  return argumentsInUse(run, operations);
}
