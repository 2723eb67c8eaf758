import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { PlanResponse__Output } from '../../../protos/generated/baton/v1/PlanResponse.ts';
import { type Context, dial, give } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { stepLines } from '../show/lists.ts';
import { planLine } from '../show/operation.ts';
import { type Asking, getMachine } from './send.ts';

/** `baton plan …`: what would be done now, step by step and wave by wave; nothing is done. */
export async function plan(context: Context, asking: Asking): Promise<ExitCode> {
  using connection = await dial(context);
  const command = asking(await getMachine(connection));
  const { operation } = await connection.ask<PlanResponse__Output>((stub, options, done) =>
    stub.plan({ command, partition: connection.partition }, options, done),
  );
  if (operation === null) throw new RunControlError('UNREACHABLE', 'the coordinator told no plan');
  await give(context, operation, (view) => [
    `${view.paint('strong', operation.title)} ${view.paint('quiet', planLine(operation))}`,
    '',
    ...stepLines(operation, view),
  ]);
  return EXIT.done;
}
