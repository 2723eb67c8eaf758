import { type Context, dial, give } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { pictureOf } from '../picture.ts';
import { statusLines } from '../show/status.ts';
import { getPartition } from '../submit.ts';

/** `baton status`: the partition and its targets as they are now. */
export async function status(context: Context): Promise<ExitCode> {
  const { world, options } = context;
  using connection = await dial(context);
  const { partition, revision } = await getPartition(connection);
  const nowMs = world.nowMs();
  const wallMs = world.wallMs();
  const wide = options.output === 'wide';
  await give(context, partition, (view) =>
    statusLines(pictureOf(partition, revision, nowMs), { nowMs, wallMs, wide }, view),
  );
  return EXIT.done;
}
