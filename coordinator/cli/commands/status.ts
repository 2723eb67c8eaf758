import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { GetPartitionResponse__Output } from '../../../protos/generated/baton/v1/GetPartitionResponse.ts';
import { type Context, dial, give } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { pictureOf } from '../picture.ts';
import { statusLines } from '../show/status.ts';

/** `baton status`: the partition and its targets as they are now. */
export async function status(context: Context): Promise<ExitCode> {
  const { world, options } = context;
  using connection = await dial(context);
  const answer = await connection.ask<GetPartitionResponse__Output>((stub, callOptions, done) =>
    stub.getPartition({}, callOptions, done),
  );
  const { partition, revision } = answer;
  if (partition === null) throw new RunControlError('UNREACHABLE', 'the coordinator told no partition');
  const nowMs = world.nowMs();
  const wallMs = world.wallMs();
  const wide = options.output === 'wide';
  await give(context, partition, (view) =>
    statusLines(pictureOf(partition, revision, nowMs), { nowMs, wallMs, wide }, view),
  );
  return EXIT.done;
}
