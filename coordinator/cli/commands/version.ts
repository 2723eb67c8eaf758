import manifest from '../../../package.json' with { type: 'json' };
import { CONTRACT_VERSION } from '../../../protos/load.ts';
import { type Context, dial, give } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { isPassing } from '../peers.ts';
import { getPicture } from '../submit.ts';

/** A server that is asked only in passing gets this long, in milliseconds. */
const ASK_MS_MAX = 2_000;

/** The version of this package. */
export function clientVersion(): string {
  return manifest.version;
}

/** `baton version`: of this client, and what is known of the coordinator when one answers. */
export async function version(context: Context): Promise<ExitCode> {
  const client = { version: clientVersion(), contract: CONTRACT_VERSION, node: process.versions.node };
  const server = await askServer(context);
  await give(context, { client, server }, () => [
    `client  baton ${client.version}, contract ${client.contract}, node ${client.node}`,
    server.reachable
      ? `server  ${server.address}: partition ${server.partition}, machine ${server.machine} ${server.machineHash}, epoch ${server.epoch}`
      : `server  none answers at ${server.address}`,
  ]);
  return EXIT.done;
}

type Server =
  | {
      readonly reachable: true;
      readonly address: string;
      readonly partition: string;
      readonly machine: string;
      readonly machineHash: string;
      readonly epoch: number;
    }
  | { readonly reachable: false; readonly address: string };

async function askServer({ world, options }: Context): Promise<Server> {
  const timeoutMs = Math.min(options.timeoutMs, ASK_MS_MAX);
  using connection = await dial({ world, options: { ...options, timeoutMs } });
  try {
    const { partition } = await getPicture(connection, world);
    const { name, machine, machineHash, epoch } = partition;
    const { address } = connection;
    return { reachable: true, address, partition: name, machine, machineHash, epoch };
  } catch (error) {
    if (isPassing(error)) return { reachable: false, address: connection.address };
    throw error;
  }
}
