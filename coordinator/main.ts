// The coordinator as a process: command line, signals, exit codes.

import { renameSync, writeFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { type CredentialStore, openCredentials } from '../protos/credentials/store.ts';
import { tellCredentials } from '../protos/credentials/tell.ts';
import { bugSentence, hearBugs } from '../protos/failure/bug.ts';
import { armFailpoint, reach } from '../protos/failure/reach.ts';
import { type Problem, problemLine, RunControlError } from '../protos/failure/trouble.ts';
import { systemClock } from './clock.ts';
import { EXIT, exitOf } from './config/exit.ts';
import { type Options, parseOptions, USAGE } from './config/options.ts';
import { partitionOf } from './config/partition.ts';
import { Coordinator } from './coordinator.ts';
import type { PartitionDocument } from './document/document.ts';
import { readDocument } from './document/parse.ts';
import { COORDINATOR_BUG } from './failures.ts';
import { placesTrouble, watchPlacesFile } from './fleet/discovery.ts';
import { StaleAppend } from './journal/journal.ts';
import { openLog } from './log.ts';

const STANDARD_OUTPUT = 1;

/** How long it may take to tell whoever waits for an answer that nothing more can be done (P8). */
const LAST_WORDS_MS = 500;

hearBugs((error) => {
  process.stderr.write(`coordinator: ${sentenceOf(error)}\n`);
  process.exit(exitOf(error));
});
await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const parsed = parseOptions(args);
  if (parsed.kind === 'help') {
    process.stdout.write(USAGE);
    return;
  }
  const path = parsed.kind === 'options' ? parsed.options.document : parsed.document;
  const document = path === undefined ? { problems: [] } : await read(path);
  const problems = [
    ...(parsed.kind === 'problems' ? parsed.problems : []),
    ...('problems' in document ? document.problems : []),
  ];
  if (parsed.kind === 'problems' || 'problems' in document) leave(EXIT.usage, 'cannot start', problems);
  else await run(parsed.options, document, openLog(parsed.options.log, STANDARD_OUTPUT));
}

async function read(path: string): Promise<PartitionDocument | { readonly problems: readonly Problem[] }> {
  try {
    return await readDocument(path);
  } catch (error) {
    if (error instanceof RunControlError && error.code === 'MALFORMED') return { problems: error.problems };
    throw error;
  }
}

async function run(options: Options, document: PartitionDocument, log: Logger): Promise<void> {
  const fatal = (error: unknown): never => {
    log.fatal({ err: error }, sentenceOf(error));
    process.exit(exitOf(error));
  };
  hearBugs(fatal);
  const { promise: stop, resolve } = Promise.withResolvers<void>();
  // The line of events has ended: what is left is to say so.
  const giveUp = (error: unknown): void => {
    log.fatal({ err: error }, sentenceOf(error));
    process.exitCode = exitOf(error);
    setTimeout(() => process.exit(), LAST_WORDS_MS);
    resolve();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve());
  try {
    const arming = armFailpoint('coordinator', process.env);
    if (arming !== undefined) log.warn(arming, 'a failpoint is armed: this process will end itself there');
    using discovery = watchPlacesFile(options.targets, (problems) =>
      log.error({ targets: options.targets }, `its places are not taken: ${placesTrouble(problems)}`),
    );
    using tls = openTls(options, document, log);
    await using coordinator = await Coordinator.start({
      partition: partitionOf(document),
      heartbeatMs: document.heartbeatIntervalMs,
      journal: options.journal,
      discovery,
      listen: options.listen,
      insecureListen: options.insecureListen,
      tls,
      insecureDial: options.insecureDial,
      clock: systemClock,
      log,
      onFatal: giveUp,
    });
    log.info({ address: coordinator.address, partition: document.name }, 'coordinator listens');
    // Not before the journal is read: whoever waits for the file may count on an answer.
    await Promise.race([stop, coordinator.begun]);
    // What could not even begin to lead has nothing to tell.
    if (process.exitCode === undefined) {
      reach('coordinator.before-address');
      if (options.portFile !== undefined) writePortFile(options.portFile, coordinator.address);
    }
    // A standby may find a journal that cannot be used only when it takes over.
    await Promise.race([stop, coordinator.leads.then(() => stop)]);
    if (process.exitCode === undefined) log.info({}, 'coordinator stops');
  } catch (error) {
    if (!(error instanceof RunControlError)) throw error;
    leave(exitOf(error), error.message, error.problems);
  }
  process.exit(process.exitCode ?? EXIT.done);
}

function openTls({ tls }: Options, { name }: PartitionDocument, log: Logger): CredentialStore | undefined {
  if (tls === undefined) return undefined;
  const wanted = { role: 'coordinator', realm: name } as const;
  return openCredentials({ directory: tls, wanted, notice: tellCredentials(log, tls) });
}

/**
 * Written whole: whoever waits for the file never reads half an address. Throws RunControlError MALFORMED
 * when it cannot be written there.
 */
function writePortFile(path: string, address: string): void {
  try {
    writeFileSync(`${path}.new`, `${address}\n`);
    renameSync(`${path}.new`, path);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    const problems = [{ path: '--port-file', want: 'a file that can be written', got }];
    throw new RunControlError('MALFORMED', 'cannot tell its address', { cause, problems });
  }
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
