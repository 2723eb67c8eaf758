// Addresses of pods that are not there: what listens there hangs up at once, or nobody ever answers.

import { run } from '../run.ts';

/** `refuse`: a connection is refused at once, as where a sidecar is gone. `swallow`: nothing comes back, as from a dead node. */
export type Silence = 'refuse' | 'swallow';

export type Network = AsyncDisposable & {
  /** The range for kwok. */
  readonly addresses: string;
};

/** Of this machine, and nothing listens there. */
const ADDRESSES = '127.64.0.1/16';

/** What drops every packet on its way there. */
const TABLE = 'baton-crowd';
const RULES = `table ip ${TABLE} {
  chain input {
    type filter hook input priority 0; policy accept;
    ip daddr ${ADDRESSES.replace('.1/', '.0/')} drop
  }
}
`;

/** `swallow` needs root and nft: it makes a table of rules, and takes it away when it is disposed of. */
export async function openNetwork(silence: Silence): Promise<Network> {
  if (silence === 'refuse') return { addresses: ADDRESSES, [Symbol.asyncDispose]: async () => undefined };
  const remove = () => run('nft', ['delete', 'table', 'ip', TABLE]);
  // Those that a killed test has left.
  await remove().catch(() => '');
  await run('nft', ['--file', '-'], { input: RULES });
  return { addresses: ADDRESSES, [Symbol.asyncDispose]: async () => void (await remove()) };
}
