// kwok, which says of the pods on fake nodes what their kubelets would.

import { join } from 'node:path';
import { lives } from '../../../protos/procfs.ts';
import { pathOf } from '../binaries.ts';
import { end, lastLines, launch } from '../daemon.ts';

const STAGES = join(import.meta.dirname, '..', 'kwok', 'stages.yaml');

/** It has nothing to give back, in milliseconds. */
const END_MS = 1_000;

export type KwokParts = {
  readonly kubeconfig: string;
  readonly folder: string;
  /** Addresses of pods, as `127.64.0.1/16`. */
  readonly addresses: string;
};

export type Kwok = AsyncDisposable & {
  /** Throws with its last words when it has ended. */
  readonly requireAlive: () => void;
};

/** Plays the kubelet of every node there is, until it is disposed of. Throws when it cannot be started. */
export async function startKwok({ kubeconfig, folder, addresses }: KwokParts): Promise<Kwok> {
  const log = join(folder, 'kwok.log');
  const who = await launch({
    program: pathOf('kwok'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--config=${STAGES}`,
      '--manage-all-nodes',
      `--cidr=${addresses}`,
      // No word of nodes that nobody reads: what is counted here are writes.
      '--node-lease-duration-seconds=0',
    ],
    log,
    diesWithUs: true,
  });
  return {
    requireAlive: () => {
      if (!lives(who)) throw new Error(`kwok has ended:\n${lastLines(log)}`);
    },
    [Symbol.asyncDispose]: () => end(who, END_MS),
  };
}
