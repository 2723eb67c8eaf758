// One process of the miniature DAQ: node test/daq/main.ts <trigger|readout|builder|writer> … (README.md)

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { destination, pino } from 'pino';
import { problemLine, RunControlError } from '../../protos/failure/trouble.ts';
import { Clerk } from './process/clerk.ts';
import { faultsNow } from './process/faults.ts';
import { serveHttp } from './process/http.ts';
import { obeyLines } from './process/lines.ts';
import type { Perform } from './process/parse.ts';
import { serveProcess } from './process/server.ts';
import type { Duty } from './process/steps.ts';
import { parseSettings, type Settings } from './run/settings.ts';
import type { Station } from './run/station.ts';

/** On SIGTERM the process keeps what it can for so long, in milliseconds, and then ends. */
const CLOSE_MS_MAX = 5_000;

const EXIT_TROUBLE = 1;
const EXIT_USAGE = 2;

async function main(): Promise<void> {
  const settings = parseSettings(process.argv.slice(2));
  // Written at once: what a process says just before it is killed is worth the most.
  // By lines the standard output belongs to the sidecar.
  const fd = settings.face === 'lines' ? 2 : 1;
  const log = pino({ base: { process: settings.name } }, destination({ sync: true, fd }));
  const tellTrouble = (): void => clerk.notify();
  const duty = await createDuty(settings, tellTrouble);
  const faults = (): ReturnType<typeof faultsNow> =>
    faultsNow({ given: settings.faults, path: settings.faultsPath });
  const clerk: Clerk = new Clerk({
    duty,
    startId: randomUUID(),
    faults,
    onBeginning: (request) => log.info(namesOf(request), 'a transition begins'),
    onEnding: (request, { outcome, state }) => {
      const { cause } = { cause: undefined, ...outcome };
      const ending = { ...namesOf(request), outcome: outcome.kind, state, cause: cause?.slice(0, 500) };
      log.info({ ...ending, counters: duty.counters() }, 'a transition ended');
    },
  });
  await duty.station.links.listen();
  const end = async (signal: string): Promise<void> => {
    await Promise.race([duty.close(), pause(CLOSE_MS_MAX)]);
    log.info({ signal, counters: duty.counters() }, 'the process ends');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end(signal));
  const beforeAttach = (): Promise<void> => sufferAttach(faults()['attach']);
  const listens = (port: number): void =>
    log.info({ port, startId: clerk.desk.startId }, 'the process listens');
  await showFace({ clerk, settings, beforeAttach, end, listens });
}

type FaceOptions = {
  readonly clerk: Clerk;
  readonly settings: Settings;
  readonly beforeAttach: () => Promise<void>;
  readonly end: (why: string) => Promise<void>;
  /** Says under which port it can be found, 0 by lines. */
  readonly listens: (port: number) => void;
};

/** From here on it is driven. */
async function showFace({ clerk, settings, beforeAttach, end, listens }: FaceOptions): Promise<void> {
  switch (settings.face) {
    case 'grpc': {
      const { ordinal, port } = settings;
      listens((await serveProcess({ clerk, ordinal, port, beforeAttach })).port);
      break;
    }
    case 'http':
      await beforeAttach();
      listens(await serveHttp(clerk, settings.port));
      break;
    case 'lines':
      await beforeAttach();
      listens(0);
      obeyLines({
        clerk,
        input: process.stdin,
        output: process.stdout,
        ended: () => void end('end of input'),
      });
  }
}

/** What a line in the log says of a request: with its token one can count how often it was begun. */
function namesOf({ transition, run, token }: Perform): object {
  return { transition, run, ...token };
}

// Only the writer needs HDF5, which takes longer to load than all the rest: each role loads its own.
async function createDuty(
  settings: Settings,
  onTrouble: () => void,
): Promise<Duty & { readonly station: Station }> {
  switch (settings.role) {
    case 'trigger':
      return new (await import('./trigger/trigger.ts')).Trigger(settings, onTrouble);
    case 'readout':
      return new (await import('./readout/readout.ts')).Readout(settings, onTrouble);
    case 'builder':
      return new (await import('./builder/builder.ts')).Builder(settings, onTrouble);
    case 'writer':
      return new (await import('./writer/writer.ts')).Writer(settings, onTrouble);
  }
}

/** Of the faults, those that make sense for an attachment. */
async function sufferAttach(fault: ReturnType<typeof faultsNow>[string] | undefined): Promise<void> {
  if (fault?.kind === 'slow') await pause(fault.ms);
  if (fault?.kind === 'hang') await new Promise(() => undefined);
  if (fault?.kind === 'refuse') throw new RunControlError('REFUSED', 'refused on demand');
  if (fault?.kind === 'crash') process.exit(EXIT_TROUBLE);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof RunControlError)) throw error;
  process.stderr.write(`${[error.message, ...error.problems.map(problemLine)].join('\n  ')}\n`);
  process.exitCode = error.code === 'MALFORMED' ? EXIT_USAGE : EXIT_TROUBLE;
  // A doorway that stands would keep the process alive.
  process.exit();
}
