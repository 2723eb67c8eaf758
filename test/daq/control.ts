// A command that drives one process of the miniature DAQ, for the exec adapter:
//   node test/daq/control.ts --port N perform   takes the transition that its environment and its input tell
//   node test/daq/control.ts --port N state     prints the state, the start id and the last token executed; fails
//                                               while the process is busy
// Exit codes: 0 executed, 1 not, with the cause on the standard error.

import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { credentials, Metadata } from '@grpc/grpc-js';
import { z } from 'zod';
import type { AttachResponse__Output } from '../../protos/generated/baton/v1/AttachResponse.ts';
import type { PerformResponse__Output } from '../../protos/generated/baton/v1/PerformResponse.ts';
import type { Token__Output } from '../../protos/generated/baton/v1/Token.ts';
import { CHANNEL_OPTIONS, CONTRACT_VERSION, v1 } from '../../protos/load.ts';

/** How long it may take until the process listens and has said who it is, in milliseconds. */
const ATTACH_MS_MAX = 10_000;

const request = z.object({
  token: z.object({ operationNumber: z.number(), step: z.number(), operationId: z.string() }),
  transition: z.string(),
  arguments: z.record(z.string(), z.unknown()),
  from: z.string(),
  to: z.string(),
  budgetMs: z.number(),
  runNumber: z.number(),
});

const { values, positionals } = parseArgs({ options: { port: { type: 'string' } }, allowPositionals: true });
const client = new v1.Process(`127.0.0.1:${values.port}`, credentials.createInsecure(), CHANNEL_OPTIONS);
// Later commands attach with higher numbers: the microseconds since the kernel's boot.
const attachment = Number(process.hrtime.bigint() / 1_000n);
try {
  const { startId, state } = await attach();
  if (positionals[0] === 'perform') await perform(startId);
  else if (state?.busy) throw new Error(`busy with operation ${state.busy.operationNumber}`);
  else process.stdout.write(`${state?.state}\n${startId}\n${executedBy(state?.executed)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  client.close();
}

/** As BATON_TOKEN gave it. */
function executedBy(token: Token__Output | null | undefined): string {
  return token ? `${token.operationNumber}.${token.step}.${encodeURIComponent(token.operationId)}` : '';
}

function attach(): Promise<AttachResponse__Output> {
  const who = {
    contractVersion: CONTRACT_VERSION,
    attachment,
    partition: process.env['BATON_PARTITION'] ?? '',
    segment: process.env['BATON_SEGMENT'] ?? '',
    ordinal: Number(process.env['BATON_ORDINAL']),
    machineHash: '',
  };
  const options = { deadline: Date.now() + ATTACH_MS_MAX };
  const { promise, resolve, reject } = Promise.withResolvers<AttachResponse__Output>();
  client.attach(who, new Metadata({ waitForReady: true }), options, (error, answer) => {
    if (error === null && answer !== undefined) resolve(answer);
    else reject(error);
  });
  return promise;
}

async function perform(startId: string): Promise<void> {
  const { token, arguments: given, ...rest } = request.parse(JSON.parse(await text(process.stdin)));
  const caller = { attachment, startId, token };
  // The process ends what it does, and says so: its answer is awaited all the same.
  process.on('SIGTERM', () => client.giveUp(caller, () => undefined));
  const { promise, resolve, reject } = Promise.withResolvers<PerformResponse__Output>();
  client.perform({ ...rest, ...caller, argumentsJson: JSON.stringify(given) }, (error, answer) => {
    if (error === null && answer !== undefined) resolve(answer);
    else reject(error);
  });
  const { outcome, cause } = await promise;
  if (outcome !== 'PERFORM_OUTCOME_EXECUTED') throw new Error(cause);
}
