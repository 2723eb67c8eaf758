import { findCoordinator, type Whereabouts } from './address.ts';
import { type Connection, connect } from './client.ts';
import { openDialling } from './dialling.ts';
import type { View } from './show/table.ts';
import { openToken } from './token/open.ts';
import { type TokenSource, tokenDialling, tokenSource } from './token/source.ts';
import type { ClusterFlags } from './tunnel/place.ts';
import type { Shown } from './tunnel/tunnel.ts';
import { print, type Screen, viewOf, type World } from './world.ts';

export type Format = 'table' | 'wide' | 'json' | 'yaml';

/** Options that every command takes. */
export type CommonOptions = ClusterFlags & {
  readonly output: Format;
  readonly address: string | undefined;
  /** Name of a context, in place of an address. */
  readonly context: string | undefined;
  /** Folder with the credentials of an operator. */
  readonly tls: string | undefined;
  /** Plaintext may leave this machine. */
  readonly insecure: boolean;
  /** File with the token to show. */
  readonly tokenFile?: string | undefined;
  /** Service account as which to call, NAMESPACE/NAME. */
  readonly asServiceAccount?: string | undefined;
  /** A token may leave this machine in plaintext too. */
  readonly insecureToken?: boolean | undefined;
  /** The partition that is meant, and its namespace; else what the context, or the environment, says. */
  readonly partition?: string | undefined;
  readonly namespace?: string | undefined;
  readonly timeoutMs: number;
  readonly plain: boolean;
};

/** What a command works with. */
export type Context = { readonly world: World; readonly options: CommonOptions };

/**
 * A connection to the coordinator that the options name; dispose it. Throws RunControlError MALFORMED; for one in a
 * cluster also NOT_ALLOWED, and for a namespace without a partition's name whatever the coordinator says of it.
 */
export async function dial(context: Context): Promise<Connection> {
  const { options, world } = context;
  const { environment } = world;
  const found = await whereabouts(context);
  const allowed = openDialling(context, found);
  const { source } = found;
  const name = options.partition ?? found.partition ?? environment['BATON_PARTITION'] ?? '';
  const namespace = options.namespace ?? found.namespace ?? environment['BATON_NAMESPACE'] ?? '';
  const partition = fullName(name, namespace);
  const token = tokenSource(context, found);
  const dialling = token.kind === 'none' ? allowed : tokenDialling(context, found, allowed);
  if (found.cluster === undefined) {
    const shown = await openToken(token, context);
    return connect(found.address, options.timeoutMs, { source, dialling, partition, shown });
  }
  // The client of Kubernetes takes longer to load than all the rest: only who goes there waits for it.
  const { openTunnel } = await import('./tunnel/tunnel.ts');
  const way = await openTunnel(found.cluster, await shownOf(token, context));
  return connect(way.address, options.timeoutMs, { source, dialling, partition, way });
}

/** What is shown to whoever is reached through the API server, which is also where tokens come from. */
async function shownOf(source: TokenSource, context: Context): Promise<Shown> {
  const { nowMs } = context.world;
  if (source.kind === 'account') return { kind: 'asked', account: source.account, nowMs };
  const { token } = await openToken(source, context);
  return token === undefined ? { kind: 'asked', account: undefined, nowMs } : { kind: 'token', token };
}

/** Where the coordinator is that the options name. Throws RunControlError MALFORMED. */
export function whereabouts({ options, world }: Context): Promise<Whereabouts> {
  const { environment, directory } = world;
  const isPlugin = world.calledAs === 'kubectl baton';
  return findCoordinator({ flags: options, environment, directory, isPlugin });
}

/** The partition as requests name it; of a namespace alone it is the only one there. */
function fullName(partition: string, namespace: string): string {
  return namespace === '' || partition.includes('/') ? partition : `${namespace}/${partition}`;
}

/** True when one drawing may replace another on that screen. */
export function isLive({ options }: Context, screen: Screen): boolean {
  return screen.isTerminal && !options.plain;
}

/** How to draw on that screen. */
export function view(context: Context, screen: Screen): View {
  return viewOf(screen, context.world, context.options.plain);
}

/**
 * Writes a result to standard output: as JSON or YAML when that is asked for, else the lines that `draw`
 * gives.
 */
export async function give(
  context: Context,
  value: unknown,
  draw: (view: View) => readonly string[],
): Promise<void> {
  const { world, options } = context;
  switch (options.output) {
    case 'json':
      world.out.write(`${JSON.stringify(value, null, 2)}\n`);
      return;
    case 'yaml': {
      const { stringify } = await import('yaml');
      world.out.write(stringify(value));
      return;
    }
    case 'table':
    case 'wide':
      print(world.out, draw(view(context, world.out)));
  }
}
