// How a coordinator calls itself in the Lease: its pod, where others reach it, and which life of it this is.

import { hostname } from 'node:os';
import type { OwnPod } from '../config/options.ts';

/** Who holds the Lease, as far as its name tells. */
export type Holder = {
  readonly pod: string;
  /** `host:port` of its gRPC server; empty: not told. */
  readonly address: string;
  /** It does not call itself as a coordinator does. */
  readonly isStranger: boolean;
};

/** `pod/address/life`. A container that was started again is another holder: what the one before knew is gone. */
export function identityOf(ownPod: OwnPod | undefined, address: string, life: string): string {
  return [ownPod?.name ?? hostname(), address, life].join('/');
}

/** What a name of the Lease's holder tells; a stranger's tells only itself. */
export function holderOf(identity: string): Holder {
  const [pod = '', address = '', life] = identity.split('/');
  return life === undefined
    ? { pod: identity, address: '', isStranger: true }
    : { pod, address, isStranger: false };
}
