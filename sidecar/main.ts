// The sidecar as a program: `node sidecar/main.ts --config FILE [--insecure-listen]`.
// Exit codes: 0 stopped when told to, 1 it could not go on, 2 the configuration or the arguments are wrong, 70 a
// bug; with a process of its own, that of the process.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { bugSentence, hearBugs } from '../protos/failure/bug.ts';
import type { Arming } from '../protos/failure/failpoints.ts';
import { armFailpoint } from '../protos/failure/reach.ts';
import { problemLine, RunControlError } from '../protos/failure/trouble.ts';
import { assemble } from './assemble.ts';
import { monotonicClock } from './clock.ts';
import { type Config, parseConfig } from './config/parse.ts';
import { EXIT, SIDECAR_BUG } from './failures.ts';
import type { OwnChild } from './process/adapter.ts';
import { readBootId } from './state/boot.ts';
import { endTogether, hearSignals, passSignals } from './wrapper.ts';

const USAGE = 'usage: node sidecar/main.ts --config FILE [--insecure-listen]';

// In a pod it is process 1, and what that does not handle the kernel drops: a pod that goes while its sidecar starts
// would wait for the whole grace.
const signals = hearSignals();
// Before there is a log.
hearBugs((error) => {
  process.stderr.write(`sidecar: ${bugSentence(error, SIDECAR_BUG)}\n`);
  process.exit(EXIT.bug);
});
const { config, arming } = readStart();
const log = pino({
  level: config.log,
  base: { partition: config.partition, target: `${config.segment}-${config.ordinal}` },
});
hearBugs((error) => {
  log.fatal({ err: error }, bugSentence(error, SIDECAR_BUG));
  process.exit(EXIT.bug);
});
await run();

/** One signal stops in good order, a second one at once. */
async function run(): Promise<void> {
  let code = 0;
  let child: OwnChild | undefined;
  void signals.second.then(() => (child === undefined ? process.exit(1) : child.signal('SIGKILL')));
  if (config.adapter.type === 'child') passSignals((signal) => child?.signal(signal));
  try {
    if (arming !== undefined) log.warn(arming, 'a failpoint is armed: this process will end itself there');
    await using sidecar = await assemble({
      config,
      bootId: readBootId(),
      clock: monotonicClock,
      log,
      fatal: giveUp,
    });
    child = sidecar.child;
    if (child === undefined) {
      // No stop path here: the preStop hook did that, and a restart of the sidecar must not touch the process.
      log.info({ signal: await signals.first }, 'sidecar stops');
    } else {
      code = await endTogether(child, {
        told: signals.first,
        log,
        clock: monotonicClock,
        graceMs: sidecar.graceLeftMs,
      });
    }
  } catch (error) {
    if (!(error instanceof RunControlError)) throw error;
    // What the configuration names cannot be used, e.g. credentials: as wrong as the configuration itself.
    if (error.code === 'MALFORMED') refuse(wordsOf(error));
    giveUp(error);
  }
  process.exit(code);
}

function giveUp(trouble: unknown): never {
  const sentence = trouble instanceof Error ? trouble.message : String(trouble);
  log.error({ trouble: sentence }, 'sidecar cannot go on');
  process.exit(EXIT.cannotGoOn);
}

function readStart(): { readonly config: Config; readonly arming: Arming | undefined } {
  try {
    const { values } = parseArgs({
      options: { config: { type: 'string' }, 'insecure-listen': { type: 'boolean', default: false } },
    });
    if (values.config === undefined) return refuse(`--config is missing\n${USAGE}`);
    const text = readFileSync(values.config, 'utf8');
    const { env } = process;
    const config = parseConfig({ text, environment: env, insecureListen: values['insecure-listen'] });
    return { config, arming: armFailpoint('sidecar', env) };
  } catch (error) {
    if (error instanceof RunControlError) {
      return refuse(wordsOf(error));
    }
    return refuse(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

function wordsOf({ message, problems }: RunControlError): string {
  return [message, ...problems.map((each) => `  ${problemLine(each)}`)].join('\n');
}

function refuse(words: string): never {
  process.stderr.write(`${words}\n`);
  process.exit(EXIT.usage);
}
