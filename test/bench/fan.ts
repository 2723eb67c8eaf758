// One stream to each endpoint by grpc-js alone: what both the floor and the bare way stand on.

import {
  type ClientDuplexStream,
  credentials,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
} from '@grpc/grpc-js';
import type {
  ControlRequest,
  ControlRequest__Output,
} from '../../protos/generated/baton/v1/ControlRequest.ts';
import type {
  ControlResponse,
  ControlResponse__Output,
} from '../../protos/generated/baton/v1/ControlResponse.ts';
import { CHANNEL_OPTIONS, v1 } from '../../protos/load.ts';
import type { HostedPlaces, HostSetting } from './messages.ts';
import { podUidOf, targetOf } from './partition.ts';

export type DownStream = ClientDuplexStream<ControlRequest, ControlResponse__Output>;

/** What a server says to one message. */
export type Reply = (message: ControlRequest__Output) => ControlResponse;

const OPTIONS = {
  ...CHANNEL_OPTIONS,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.enable_http_proxy': 0,
};

export type Fan = {
  readonly streams: readonly DownStream[];
  /** Sends each stream its message; resolves once there are as many replies. */
  round(messageOf: (ordinal: number) => ControlRequest): Promise<void>;
};

/** Opens a stream to each place and waits for a first reply on each. `check` sees every reply. */
export async function openFan(
  places: HostedPlaces,
  check: (reply: ControlResponse__Output) => void,
): Promise<Fan> {
  let missing = 0;
  let done = (): void => undefined;
  const streams = places.map(({ address }) => {
    const client = new v1.Sidecar(`ipv4:${address}`, credentials.createInsecure(), OPTIONS);
    const stream = client.Control();
    stream.on('data', (reply: ControlResponse__Output) => {
      check(reply);
      missing -= 1;
      if (missing === 0) done();
    });
    return stream;
  });
  const round = (messageOf: (ordinal: number) => ControlRequest): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    missing = streams.length;
    done = resolve;
    for (const [ordinal, stream] of streams.entries()) stream.write(messageOf(ordinal));
    return promise;
  };
  await round(() => ({ heartbeat: { stateNumber: 0 } }));
  return { streams, round };
}

/** Serves the targets of one process, each from a server of its own. */
export async function serveFan(
  setting: HostSetting,
  replyOf: (ordinal: number) => Reply,
): Promise<HostedPlaces> {
  const ordinals = Array.from({ length: setting.targets }, (_, index) => setting.first + index);
  return Promise.all(
    ordinals.map(async (ordinal) => {
      const port = await serveOne(replyOf(ordinal));
      return { target: targetOf(ordinal), address: `127.0.0.1:${port}`, podUid: podUidOf(ordinal) };
    }),
  );
}

function serveOne(reply: Reply): Promise<number> {
  const server = new Server(CHANNEL_OPTIONS);
  server.addService(v1.Sidecar.service, {
    control: (call: ServerDuplexStream<ControlRequest__Output, ControlResponse>) => {
      call.on('data', (message: ControlRequest__Output) => call.write(reply(message)));
    },
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
    if (error === null) resolve(port);
    else reject(error);
  });
  return promise;
}
