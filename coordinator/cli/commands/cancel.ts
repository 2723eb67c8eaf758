import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { CancelResponse__Output } from '../../../protos/generated/baton/v1/CancelResponse.ts';
import type { Operation__Output } from '../../../protos/generated/baton/v1/Operation.ts';
import type { Connection } from '../client.ts';
import { type Context, dial, give } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { isOpen } from '../picture.ts';
import { statusWord } from '../show/operation.ts';
import { nowWords } from '../show/outcome.ts';
import { getPicture } from '../submit.ts';
import { print, type World } from '../world.ts';
import { awaitEnd } from './await.ts';

/** `baton cancel [ID]`: no further wave starts; with `wait`, until the present one has settled. */
export async function cancel(
  context: Context,
  options: { readonly id: string | undefined; readonly wait: boolean },
): Promise<ExitCode> {
  const { world } = context;
  const stopping = new AbortController();
  const release = world.onInterrupt(() => stopping.abort());
  try {
    using connection = await dial(context);
    const operationId = options.id ?? (await openId(connection, world));
    const { operation } = await connection.ask<CancelResponse__Output>((stub, callOptions, done) =>
      stub.cancel({ operationId, partition: connection.partition }, callOptions, done),
    );
    if (operation === null) throw new RunControlError('UNREACHABLE', 'the coordinator cancelled nothing');
    print(world.err, [`${operation.id} ${operation.title}: cancel asked; no further wave starts`]);
    const accepted = operation;
    const signal = stopping.signal;
    const end = options.wait ? await awaitEnd(connection, context, { accepted, signal }) : operation;
    if (end === undefined) return EXIT.interrupted;
    return await concludeCancel(connection, context, end);
  } finally {
    release();
  }
}

/** By name it can be asked twice: whatever is open the second time may be another one. Empty when none is. */
async function openId(connection: Connection, world: World): Promise<string> {
  const { operation } = (await getPicture(connection, world)).partition;
  return operation !== null && isOpen(operation) ? operation.id : '';
}

/** The wish was to stop: cancelled is a success here, and so is having ended before. */
async function concludeCancel(
  connection: Connection,
  context: Context,
  operation: Operation__Output,
): Promise<ExitCode> {
  const picture = await getPicture(connection, context.world);
  const cause = operation.cause === '' ? '' : `: ${operation.cause}`;
  await give(context, operation, () => [
    `${operation.title} ${statusWord(operation)}${cause}`,
    `now: ${nowWords(picture)}`,
    `next: baton operations ${operation.number} · baton status`,
  ]);
  return EXIT.done;
}
