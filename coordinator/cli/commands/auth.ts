import type { GetCallerResponse__Output } from '../../../protos/generated/baton/v1/GetCallerResponse.ts';
import type { Verb } from '../../api/verbs.ts';
import { type Context, dial, give } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { permissionLines } from '../show/permissions.ts';

/** `baton auth whoami`: the name under which what is asked here is noted. */
export async function whoAmI(context: Context): Promise<ExitCode> {
  const { name } = await askCaller(context);
  await give(context, { name }, () => [name === '' ? 'nobody is asked who they are here' : name]);
  return EXIT.done;
}

/** `baton auth can-i [VERB]`: FAILED when it, or without one any of them, is not allowed. */
export async function canI(context: Context, verb: Verb | undefined): Promise<ExitCode> {
  const caller = await askCaller(context);
  const permissions = caller.permissions.filter((each) => verb === undefined || each.verb === verb);
  await give(context, { ...caller, permissions }, (view) =>
    permissionLines({ ...caller, permissions }, view),
  );
  return permissions.length > 0 && permissions.every(({ allowed }) => allowed) ? EXIT.done : EXIT.failed;
}

async function askCaller(context: Context): Promise<GetCallerResponse__Output> {
  using connection = await dial(context);
  const { partition } = connection;
  return await connection.ask<GetCallerResponse__Output>((stub, options, done) =>
    stub.getCaller({ partition }, options, done),
  );
}
