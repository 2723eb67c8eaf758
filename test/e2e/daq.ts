// A partition of the miniature DAQ under `baton up`, and a person at the command line.

import { join } from 'node:path';
import { startPartition, type UpPartition } from '../../coordinator/up/partition.ts';
import type { Pod } from '../../coordinator/up/pod.ts';
import type { UpOptions } from '../../coordinator/up/setting.ts';
import type { Unclean } from '../../coordinator/up/stop.ts';
import type { HistoryEvent } from '../promises/history.ts';
import { allOracles } from '../promises/oracles.ts';
import { type Eye, openEye } from './eye.ts';
import { gather } from './history.ts';
import { baton, type Said } from './person.ts';
import { openSite, type Site, type SiteOptions } from './site.ts';

export type Daq = AsyncDisposable & {
  readonly site: Site;
  readonly up: UpPartition;
  readonly eye: Eye;
  /** What `baton up` told people. */
  readonly told: readonly string[];
  readonly pod: (target: string) => Pod;
  /** Resolves once the hook of that transition runs at the target. */
  readonly begins: (target: string, transition: string) => Promise<void>;
  /** Runs one command line to its end, with more in the environment. */
  readonly baton: (line: string, environment?: Readonly<Record<string, string>>) => Promise<Said>;
  /** Stops everything in order and holds what happened to every promise. */
  readonly end: () => Promise<Ended>;
};

export type Ended = { readonly unclean: readonly Unclean[]; readonly history: readonly HistoryEvent[] };

/** A cache of compiled code, for this machine only: it halves the time in which children start. */
const COMPILED = join(import.meta.dirname, '../../node_modules/.cache/baton');

/** Environment of all children. */
export const ENVIRONMENT = { ...process.env, NODE_COMPILE_CACHE: COMPILED };

export type DaqOptions = SiteOptions &
  Pick<UpOptions, 'lives' | 'programs' | 'tls'> & {
    /** One that was made before, and that whoever made it disposes of. */
    readonly site?: Site;
  };

/** Starts a partition and waits until all of it is seen by its coordinator, but for the `absent` targets. */
export async function startDaq(options: DaqOptions = {}, absent: readonly string[] = []): Promise<Daq> {
  await using begun = new AsyncDisposableStack();
  const site = options.site ?? begun.use(openSite(options));
  const told: string[] = [];
  const { document, directory } = site;
  const tell = (words: string) => told.push(words);
  const up = await startPartition({
    document,
    directory,
    environment: ENVIRONMENT,
    tell,
    tls: options.tls,
    ...givenOf(options),
  });
  begun.defer(async () => {
    up.kill();
    await up.stop();
  });
  const eye = begun.use(openEye(up.address, up.dialling()));
  await eye.until('all are there', ({ targets }) =>
    [...targets.values()].every(({ view }) => view.attached || absent.includes(view.target)),
  );
  const held = begun.move();
  return {
    site,
    up,
    eye,
    told,
    pod: (target) => podOf(up, target),
    begins: async (target, transition) => {
      await eye.until(`${target} does ${transition}`, ({ targets }) => {
        return targets.get(target)?.view.doing === transition;
      });
    },
    baton: (line, environment) => baton(up.address, line, environment),
    end: () => end({ site, up, eye }),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

function givenOf({ lives, programs }: DaqOptions): Pick<UpOptions, 'lives' | 'programs'> {
  return { ...(lives && { lives }), ...(programs && { programs }) };
}

async function end({ site, up, eye }: Pick<Daq, 'site' | 'up' | 'eye'>): Promise<Ended> {
  const unclean = await up.stop();
  await eye[Symbol.asyncDispose]();
  const { machine } = up.document;
  const history = await gather({ ...site, machine, unclean, seen: eye.happened });
  judge(history);
  return { unclean, history };
}

/** Holds a history to every promise. Throws PromiseBroken. */
export function judge(history: readonly HistoryEvent[]): void {
  const oracle = allOracles();
  for (const event of history) oracle(event);
}

function podOf({ pods }: UpPartition, target: string): Pod {
  const found = pods.find((pod) => pod.target === target);
  if (found === undefined) throw new Error(`the document has no ${target}`);
  return found;
}
