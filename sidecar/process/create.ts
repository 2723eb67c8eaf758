// Which adapter a configuration means. A further adapter is a folder here, a branch in config/adapter.ts and in
// the document's schema, and a case below.

import { unreachable } from '../../protos/failure/invariant.ts';
import type { Machine } from '../../protos/machine/table.ts';
import type { Clock } from '../clock.ts';
import type { AdapterConfig } from '../config/adapter.ts';
import type { Log } from '../log.ts';
import type { Adapter } from './adapter.ts';
import { childProcess } from './child/child.ts';
import { grpcProcess } from './grpc/grpc.ts';

/** What an adapter of any type knows of its target. */
export type Beside = {
  readonly partition: string;
  readonly segment: string;
  readonly ordinal: number;
  readonly machineHash: string;
  readonly clock: Clock;
  readonly machine: Machine;
  readonly log: Log;
  /** A number for each attachment, higher than all before. */
  readonly nextAttachment: () => number;
};

/** The adapter that `config` names. It does nothing until it is started. */
export function createAdapter(config: AdapterConfig, beside: Beside): Adapter {
  switch (config.type) {
    case 'grpc':
      return grpcProcess({ address: config.address, ...beside });
    case 'child':
      return childProcess({
        ...config,
        ...beside,
        signals: config.signals,
        silenceLimitMs: config.silenceLimitMs,
        words: process.stderr,
      });
    default:
      return unreachable(config);
  }
}
