import type { ListPartitionsResponse__Output } from '../../../protos/generated/baton/v1/ListPartitionsResponse.ts';
import { type Context, dial, give } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { partitionLines } from '../show/partitions.ts';

/** `baton partitions`: those that this coordinator leads, of one namespace where one is named. */
export async function partitions(context: Context): Promise<ExitCode> {
  using connection = await dial(context);
  const answer = await connection.ask<ListPartitionsResponse__Output>((stub, options, done) =>
    stub.listPartitions({}, options, done),
  );
  const [namespace = '', name = ''] = connection.partition.includes('/')
    ? connection.partition.split('/')
    : ['', connection.partition];
  const shown = answer.partitions.filter(
    (each) => (namespace === '' || each.namespace === namespace) && (name === '' || each.name === name),
  );
  await give(context, shown, (view) => partitionLines(shown, view));
  return EXIT.done;
}
