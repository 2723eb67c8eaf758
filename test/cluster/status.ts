// `status`: what runs of the cluster.

import { lives } from '../../protos/procfs.ts';
import { pathOf } from './binaries.ts';
import { partOf, readParts } from './parts.ts';
import { KUBECONFIG } from './places.ts';
import { run } from './run.ts';
import { remains } from './sweep.ts';

export type Status = { readonly lines: readonly string[]; readonly isUp: boolean };

/** A line for each part, and the nodes as kubectl shows them. */
export async function statusLines(): Promise<Status> {
  const parts = readParts();
  if (parts.length === 0) return { lines: ['no cluster', ...remains()], isUp: false };
  const states = parts.map(({ name, log }) => ({ name, log, who: partOf(name) }));
  const lines = states.map(({ name, log, who }) => {
    const state = lives(who) ? `runs as ${who.pid}` : 'does not run';
    return `${name.padEnd(25)} ${state.padEnd(16)} ${log}`;
  });
  const nodes = await run(pathOf('kubectl'), [
    '--kubeconfig',
    KUBECONFIG,
    '--request-timeout=5s',
    'get',
    'nodes',
    '--output=wide',
  ]).catch((error: Error) => error.message);
  const isReady = nodes.split('\n').filter((line) => / Ready /.test(line)).length === 2;
  return {
    lines: [...lines, '', nodes.trimEnd()],
    isUp: isReady && states.every(({ who }) => lives(who)),
  };
}
