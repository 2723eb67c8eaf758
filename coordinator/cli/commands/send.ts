import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { Command } from '../../../protos/generated/baton/v1/Command.ts';
import type { GetMachineResponse__Output } from '../../../protos/generated/baton/v1/GetMachineResponse.ts';
import type { Operation__Output } from '../../../protos/generated/baton/v1/Operation.ts';
import type { Machine } from '../../../protos/machine/table.ts';
import { machineFromWire } from '../../../protos/machine/wire.ts';
import type { Connection } from '../client.ts';
import { type Context, dial, give } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { goToCommand, sendCommand } from '../request.ts';
import { planLine } from '../show/operation.ts';
import { nowWords } from '../show/outcome.ts';
import { getPicture, submitSurely } from '../submit.ts';
import { print, type World } from '../world.ts';
import { awaitEnd, conclude } from './await.ts';

/** Letters, digits, '-' and '_', as the contract says. */
const OPERATION_ID = /^[A-Za-z0-9_-]{1,64}$/;
const OPERATOR_LENGTH_MAX = 64;

export type SubmitOptions = {
  readonly wait: boolean;
  /** For repeating a submit whose answer was lost; a random one without. */
  readonly operationId: string | undefined;
};

/** What a command is made from once the machine is known; commands that need none ignore it. */
export type Asking = (machine: Machine) => Command;

/** `baton send NAME [name=value…]`. Throws RunControlError MALFORMED where targets are named: all take it. */
export function send(words: readonly string[], targets: readonly string[] = []): Asking {
  const [name = '', ...pairs] = words;
  if (targets.length > 0) {
    throw new RunControlError('MALFORMED', `all targets take ${name}: --target is for goto alone`);
  }
  return (machine) => sendCommand(machine, name, pairs);
}

/** `baton goto STATE [name=value…]`, for these targets or segments alone if any are named. */
export function goTo(words: readonly string[], targets: readonly string[]): Asking {
  const [state = '', ...pairs] = words;
  return (machine) => goToCommand(machine, { state, pairs, targets });
}

/** The machine that the partition obeys. */
export async function getMachine(connection: Connection): Promise<Machine> {
  const { machine } = await connection.ask<GetMachineResponse__Output>((stub, options, done) =>
    stub.getMachine({ partition: connection.partition }, options, done),
  );
  if (machine === null) throw new RunControlError('UNREACHABLE', 'the coordinator told no machine');
  return machineFromWire(machine);
}

/** Submits what is asked and, unless told otherwise, follows it to its end. */
export async function submit(context: Context, asking: Asking, options: SubmitOptions): Promise<ExitCode> {
  const { world } = context;
  const id = operationIdFrom(options.operationId, world);
  const stopping = new AbortController();
  const progress = { submitted: false };
  const interrupted = Promise.withResolvers<void>();
  const release = world.onInterrupt(() => {
    stopping.abort();
    interrupted.resolve();
  });
  try {
    using connection = await dial(context);
    // A call that hangs must not hold back a Ctrl-C.
    const outcome = await Promise.race([
      interrupted.promise,
      carryThrough(connection, context, {
        asking,
        id,
        wait: options.wait,
        signal: stopping.signal,
        progress,
      }),
    ]);
    if (outcome !== undefined) return outcome;
    print(world.err, goodbye(id, progress.submitted));
    return EXIT.interrupted;
  } finally {
    release();
  }
}

type Undertaking = {
  readonly asking: Asking;
  readonly id: string;
  readonly wait: boolean;
  readonly signal: AbortSignal;
  /** Told to whoever interrupts: from then on the operation may go on without us. */
  readonly progress: { submitted: boolean };
};

async function carryThrough(
  connection: Connection,
  context: Context,
  { asking, id, wait, signal, progress }: Undertaking,
): Promise<ExitCode | undefined> {
  const { world, options } = context;
  const machine = await getMachine(connection);
  const command = asking(machine);
  const before = await getPicture(connection, world);
  const highestSeen = before.partition.operationNumber;
  const operator = operatorOf(world);
  if (signal.aborted) return undefined;
  progress.submitted = true;
  const accepted = await submitSurely(
    connection,
    { id, command, highestSeen, operator },
    { world, signal, silenceMsMax: options.timeoutMs },
  );
  if (accepted.id !== id) return concludeWord(connection, context, accepted);
  print(world.err, [`${accepted.id} accepted: ${accepted.title} · ${planLine(accepted)}`]);
  if (!wait) {
    await give(context, accepted, () => [`next: baton watch · baton operations ${accepted.number}`]);
    return EXIT.done;
  }
  const end = await awaitEnd(connection, context, { accepted, signal });
  if (end === undefined) return undefined;
  const sequences = machine.sequences.map((sequence) => sequence.name);
  return conclude(connection, context, { operation: end, sequences });
}

/** An operator's word is no operation of its own: the answer is the operation that had waited for it. */
async function concludeWord(
  connection: Connection,
  context: Context,
  waited: Operation__Output,
): Promise<ExitCode> {
  const picture = await getPicture(connection, context.world);
  await give(context, waited, () => [
    `the coordinator takes your word; ${waited.title} (${waited.id}) waits for them no more`,
    `now: ${nowWords(picture)}`,
    `next: baton status · baton operations ${waited.number}`,
  ]);
  return EXIT.done;
}

function goodbye(id: string, submitted: boolean): readonly string[] {
  if (!submitted) return ['interrupted; nothing was sent'];
  return [`operation ${id} goes on; look with: baton status; stop it with: baton cancel ${id}`];
}

function operationIdFrom(given: string | undefined, world: World): string {
  if (given === undefined) return `op-${world.randomId()}`;
  if (OPERATION_ID.test(given)) return given;
  throw new RunControlError('MALFORMED', 'that is no id of an operation', {
    problems: [
      { path: '--operation-id', want: "1 to 64 letters, digits, '-' or '_'", got: JSON.stringify(given) },
    ],
  });
}

/** Who asks, for the record. */
export function operatorOf({ environment }: World): string {
  const name = environment['BATON_OPERATOR'] ?? environment['USER'] ?? environment['LOGNAME'] ?? '';
  return name.slice(0, OPERATOR_LENGTH_MAX);
}
