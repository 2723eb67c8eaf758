// The coordinator in a cluster as a process: command line, environment, signals, exit codes.

import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { bugSentence, hearBugs } from '../../protos/failure/bug.ts';
import { armFailpoint } from '../../protos/failure/reach.ts';
import { type Problem, problemLine, RunControlError } from '../../protos/failure/trouble.ts';
import { systemClock } from '../clock.ts';
import { EXIT, exitOf } from '../config/exit.ts';
import { COORDINATOR_BUG } from '../failures.ts';
import { StaleAppend } from '../journal/journal.ts';
import { createObjectJournal } from '../journal/object/journal.ts';
import { kubeObjectStore } from '../journal/object/store.ts';
import { openLog } from '../log.ts';
import { KubeClient } from './client/client.ts';
import { type Options, parseOptions, USAGE } from './config/options.ts';
import { ClusterCoordinator } from './coordinator.ts';
import { openIdentity } from './identity/identity.ts';
import { electionOf } from './leader/election.ts';

const STANDARD_OUTPUT = 1;

/** A stop that takes longer is cut, in milliseconds: well before the pod's grace ends. */
const STOP_MS_MAX = 15_000;

hearBugs((error) => {
  process.stderr.write(`coordinator: ${sentenceOf(error)}\n`);
  process.exit(exitOf(error));
});
await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const parsed = parseOptions(args, process.env);
  if (parsed.kind === 'help') process.stdout.write(USAGE);
  else if (parsed.kind === 'problems') leave(EXIT.usage, 'cannot start', parsed.problems);
  else await run(parsed.options, openLog(parsed.options.log, STANDARD_OUTPUT));
}

async function run(options: Options, log: Logger): Promise<void> {
  // P8: what is not led any more is not settled either.
  const fatal = (error: unknown): never => {
    log.fatal({ err: error }, sentenceOf(error));
    process.exit(exitOf(error));
  };
  hearBugs(fatal);
  const { promise: stop, resolve } = Promise.withResolvers<void>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve());
  try {
    const arming = armFailpoint('coordinator', process.env);
    if (arming !== undefined) log.warn(arming, 'a failpoint is armed: this process will end itself there');
    await using client = KubeClient.open(accessOf(options));
    await using coordinator = await start(options, { client, log, fatal });
    const { address, httpAddress: http } = coordinator;
    log.info({ address, http, server: client.access.server }, 'coordinator listens');
    if (options.identity.kind === 'plaintext')
      log.warn({}, 'sidecars are dialled in plaintext, and show nobody who they are');
    if (options.plaintextPods) log.warn({}, 'pods without an identity are led in plaintext');
    if (options.insecureAnyone) log.warn({}, 'whoever connects may command: nobody is asked who they are');
    await stop;
    log.info({}, 'coordinator stops');
    setTimeout(() => fatal(new Error(`it did not stop within ${STOP_MS_MAX} ms`)), STOP_MS_MAX).unref();
  } catch (error) {
    if (!(error instanceof RunControlError)) throw error;
    leave(exitOf(error), error.message, error.problems);
  }
  process.exit(process.exitCode ?? EXIT.done);
}

type Surroundings = {
  readonly client: KubeClient;
  readonly log: Logger;
  readonly fatal: (error: unknown) => never;
};

function start(options: Options, { client, log, fatal }: Surroundings): Promise<ClusterCoordinator> {
  const own = options.ownPod?.namespace ?? client.access.namespace;
  const namespaces = options.namespaces.length > 0 ? options.namespaces : [own];
  const shared = { client, log, clock: systemClock, random: Math.random, onFatal: fatal };
  return ClusterCoordinator.start({
    ...options,
    ...shared,
    namespaces,
    identity: openIdentity(options.identity, { namespaces, home: own, log }),
    openJournal: (name, { signal, onWait }) =>
      createObjectJournal({ store: kubeObjectStore(client, name), signal, onWait, random: Math.random }),
    elect: (address) =>
      electionOf({
        ...shared,
        namespace: own,
        ownPod: options.ownPod,
        address: options.address || address,
        life: randomUUID().slice(0, 8),
        onLost: (holder) => {
          log.fatal({ holder }, 'the Lease is lost: another coordinator leads, or may do so');
          process.exit(EXIT.superseded);
        },
      }),
  });
}

function accessOf({ kubeconfig }: Options): Parameters<typeof KubeClient.open>[0] {
  return kubeconfig === undefined
    ? { kind: 'pod' }
    : { kind: 'kubeconfig', path: kubeconfig, context: undefined };
}

/** A bug is told as one: its stack is in the log. */
function sentenceOf(error: unknown): string {
  const isTrouble = error instanceof RunControlError || error instanceof StaleAppend;
  return isTrouble ? error.message : bugSentence(error, COORDINATOR_BUG);
}

/** Ends with `code` and lines for people. */
function leave(code: number, sentence: string, problems: readonly Problem[]): void {
  const lines = [`coordinator: ${sentence}`, ...problems.map((problem) => `  ${problemLine(problem)}`)];
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = code;
}
