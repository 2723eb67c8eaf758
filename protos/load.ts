import { fileURLToPath } from 'node:url';
import { type GrpcObject, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync, type Options, type PackageDefinition } from '@grpc/proto-loader';
import type { ProtoGrpcType as CoordinatorTypes } from './generated/coordinator.ts';
import type { ProtoGrpcType as ProcessTypes } from './generated/process.ts';
import type { ProtoGrpcType as SidecarTypes } from './generated/sidecar.ts';

/** Version of the contract that this build speaks; it drives sidecars of this and the one before. */
export const CONTRACT_VERSION = 1;

/** No message is larger, in bytes: a larger one is refused with RESOURCE_EXHAUSTED. */
export const MESSAGE_BYTES_MAX = 1_048_576;

/** Options of every channel and server. channelz costs 5 % of a fan-out and nobody looks at it. */
export const CHANNEL_OPTIONS = {
  'grpc.enable_channelz': 0,
  'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
  'grpc.max_send_message_length': MESSAGE_BYTES_MAX,
} as const;

/**
 * Options of a channel that is for one attempt: no back-off of grpc-js delays the next one, which has a channel of its
 * own. The global pool would also keep an entry for each address there ever was.
 */
export const ONE_ATTEMPT_OPTIONS = {
  ...CHANNEL_OPTIONS,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.enable_http_proxy': 0,
} as const;

/** Must equal the flags that the generated types were made with (`npm run contract`). */
const LOAD_OPTIONS: Options = { longs: Number, enums: String, defaults: true, oneofs: true };

/** The files of the contract, and the folder in which they are found. */
export const CONTRACT_FILES: readonly string[] = ['machine', 'process', 'sidecar', 'coordinator'].map(
  (name) => `baton/v1/${name}.proto`,
);
export const CONTRACT_FOLDER: string = fileURLToPath(new URL('.', import.meta.url));

/** The whole contract as proto-loader reads it; also what reflection serves. */
export const contract: PackageDefinition = loadSync([...CONTRACT_FILES], {
  ...LOAD_OPTIONS,
  includeDirs: [CONTRACT_FOLDER],
});

type ContractTypes = CoordinatorTypes & ProcessTypes & SidecarTypes;

// The one cast of the contract: proto-loader's result is untyped, its generator's types describe it.
const loaded = loadPackageDefinition(contract) as GrpcObject & ContractTypes;

/** Constructors and service definitions of `baton.v1`. */
export const v1 = loaded.baton.v1;
