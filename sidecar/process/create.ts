// Which adapter a configuration means. A further adapter is a folder here, a branch in config/adapter.ts and in
// the document's schema, and a case below.

import { unreachable } from '../../protos/failure/invariant.ts';
import type { Machine } from '../../protos/machine/table.ts';
import type { Clock } from '../clock.ts';
import { type AdapterConfig, loopbackAddress } from '../config/adapter.ts';
import type { Log } from '../log.ts';
import type { Adapter } from './adapter.ts';
import { childProcess } from './child/child.ts';
import { execProcess } from './exec/exec.ts';
import { grpcProcess } from './grpc/grpc.ts';
import { httpProcess } from './http/http.ts';

/** What an adapter of any type knows of its target. */
export type Beside = {
  readonly partition: string;
  readonly segment: string;
  readonly ordinal: number;
  readonly machine: Machine;
  readonly machineHash: string;
  /** Of the kernel: what an adapter noted under another one is void. */
  readonly bootId: string;
  /** Where the sidecar remembers; an adapter's own notes lie beside it. */
  readonly stateFile: string;
  readonly clock: Clock;
  readonly log: Log;
  /** An adapter could not remember what it must: the program must end. */
  readonly fatal: (trouble: unknown) => void;
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
    case 'exec': {
      const { type: _, ...settings } = config;
      const notesFile = `${beside.stateFile}.exec`;
      const say = (chunk: Buffer) => process.stderr.write(chunk);
      return execProcess({ ...beside, settings, who: beside, notesFile, say });
    }
    case 'http': {
      const { address: text, type: _, ...settings } = config;
      const address = loopbackAddress(text);
      const { machine, stateFile, ...rest } = beside;
      const notesFile = `${stateFile}.http`;
      return httpProcess({ ...rest, settings, address, who: beside, initial: machine.initial, notesFile });
    }
    default:
      return unreachable(config);
  }
}
