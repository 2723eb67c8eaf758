// `npm start`: a run of the miniature DAQ, stopped in order, and nothing is lost; then the same run with
// every process killed at once. Exit 0 only if the ordered stop lost nothing.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../coordinator/cli/client.ts';
import { follow } from '../../coordinator/cli/follow.ts';
import { runBaton } from '../../coordinator/cli/main.ts';
import type { Picture } from '../../coordinator/cli/picture.ts';
import { type Cell, tableLines } from '../../coordinator/cli/show/table.ts';
import { terminalWorld } from '../../coordinator/cli/terminal.ts';
import { print, type Screen, type World } from '../../coordinator/cli/world.ts';
import { withPods } from '../../coordinator/up/overlay.ts';
import { startPartition, type UpPartition } from '../../coordinator/up/partition.ts';
import { problemLine, RunControlError } from '../../protos/failure/trouble.ts';
import { type Report, verifyRun } from '../daq/verify.ts';
import { openStage, type Stage } from './stage.ts';

const DATA_TAKING_MS = 6_000;
const TRIGGER_RATE_HZ = 200;
const SILENCE_MS_MAX = 10_000;

const world = terminalWorld();
const stopping = new AbortController();
const release = world.onInterrupt(() => stopping.abort());
const directory = mkdtempSync(join(tmpdir(), 'baton-demo-'));
try {
  process.exitCode = await demonstrate();
} catch (error) {
  if (!(error instanceof RunControlError)) throw error;
  print(world.err, [error.message, ...error.problems.map(problemLine)]);
  process.exitCode = stopping.signal.aborted ? 130 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
  release();
}
process.exit();

async function demonstrate(): Promise<number> {
  const stage = openStage(world);
  stage.say('baton up: one coordinator, eight sidecars, eight processes');
  const partition = await startPartition({
    document: documentHere(),
    directory: join(directory, '.baton'),
    tell: (words) => stage.say(`  ${words}`),
    signal: stopping.signal,
  });
  stopping.signal.addEventListener('abort', () => partition.kill());
  const watching = new AbortController();
  const eye = watchFrom(partition, { stage, signal: watching.signal });
  const blink = async () => {
    watching.abort();
    await eye.done;
  };
  try {
    await until(partition.ready);
    return await takeRuns(partition, { stage, eye, blink });
  } finally {
    await blink();
    stage.settle();
    partition.kill();
    await partition.stop();
  }
}

type Scene = {
  readonly stage: Stage;
  readonly eye: Eye;
  /** Ends the watching: what dies now shall not be told as news. */
  readonly blink: () => Promise<void>;
};

async function takeRuns(partition: UpPartition, { stage, eye, blink }: Scene): Promise<number> {
  const data = join(directory, 'data');
  const say = (line: string) => baton(partition, stage, line);
  await say('send conf');
  await takeData(stage, eye, say);
  await say('send stop_run');
  const ordered = await verifyRun(data, 1);
  const isClean = eye.picture()?.partition.run?.status === 'RUN_STATUS_CLEAN';
  stage.say(
    `run 1 ended ${isClean ? 'clean' : 'unclean'}; now the same again, and then kill -9 for everything`,
  );
  await takeData(stage, eye, say);
  await blink();
  const killed = partition.kill();
  stage.say(`killed at once: ${killed.length} processes`);
  await partition.stop();
  const cut = await verifyRun(data, 2);
  stage.settle();
  const isKept = ordered.ok && ordered.records.incomplete === 0 && ordered.fragments.readOut > 0 && isClean;
  stage.say('', ...comparison(ordered, cut, stage), '', verdict(isKept, cut));
  if (world.out.isTerminal) stage.say('', ...nextCommands());
  return isKept ? 0 : 1;
}

async function takeData(stage: Stage, eye: Eye, say: (line: string) => Promise<void>): Promise<void> {
  await say(`send start_run trigger_rate=${TRIGGER_RATE_HZ}`);
  stage.say(`taking data for ${DATA_TAKING_MS / 1_000} s`);
  const half = DATA_TAKING_MS / 2;
  await world.sleep(half, stopping.signal);
  const picture = eye.picture();
  if (picture !== undefined) stage.still(picture);
  await world.sleep(half, stopping.signal);
  if (stopping.signal.aborted) throw interrupted();
}

/** Runs one command as a person would type it, and says what it said. */
async function baton(partition: UpPartition, stage: Stage, line: string): Promise<void> {
  stage.say(`$ baton ${line}`);
  const said: string[] = [];
  const screen: Screen = {
    isTerminal: false,
    columns: () => undefined,
    rows: () => undefined,
    write: (text) => said.push(...text.trimEnd().split('\n')),
    redraw: () => {},
    settle: () => {},
  };
  const silent = { ...screen, write: () => {} };
  const environment = { ...world.environment, BATON_ADDRESS: partition.address };
  const at: World = { ...world, out: screen, err: silent, environment };
  const exit = await runBaton(line.split(' '), at);
  stage.say(...said.filter((each) => !each.startsWith('next: ')).map((each) => `  ${each}`));
  if (stopping.signal.aborted) throw interrupted();
  if (exit !== 0) throw new RunControlError('REFUSED', `baton ${line} ended with exit code ${exit}`);
}

type Eye = { readonly picture: () => Picture | undefined; readonly done: Promise<void> };

function watchFrom(
  partition: UpPartition,
  { stage, signal }: { readonly stage: Stage; readonly signal: AbortSignal },
): Eye {
  let picture: Picture | undefined;
  const look = async () => {
    using connection = connect(partition.address, SILENCE_MS_MAX);
    for await (const each of follow(connection, { world, signal, silenceMsMax: SILENCE_MS_MAX })) {
      if (each.kind !== 'change') continue;
      picture = each.picture;
      stage.show(withPods(picture, partition.pods));
    }
  };
  return { picture: () => picture, done: look() };
}

/** The document as it is in the repository, with its programs named from wherever it now lies. */
function documentHere(): string {
  const text = readFileSync(join(import.meta.dirname, 'partition.yaml'), 'utf8');
  const file = join(directory, 'partition.yaml');
  writeFileSync(file, text.replaceAll('../daq/', `${join(import.meta.dirname, '../daq')}/`));
  return file;
}

function comparison(ordered: Report, cut: Report, stage: Stage): readonly string[] {
  const row = (name: string, count: (report: Report) => number): readonly Cell[] => [
    { text: name },
    { text: String(count(ordered)), align: 'right' },
    { text: String(count(cut)), align: 'right' },
  ];
  const rows = [
    row('read out', ({ fragments }) => fragments.readOut),
    row('built', ({ fragments }) => fragments.built),
    row('written', ({ fragments }) => fragments.written),
    row('missing', ({ fragments }) => fragments.missing),
    row('double', ({ fragments }) => fragments.double),
    row('corrupt', ({ fragments }) => fragments.corrupt),
  ];
  return tableLines({ head: ['FRAGMENTS', 'ORDERED STOP', 'KILLED AT ONCE'], rows }, stage.view());
}

function verdict(isKept: boolean, cut: Report): string {
  const lost = `killing everything at once lost ${cut.fragments.missing} of ${cut.fragments.readOut} fragments`;
  return `the ordered stop lost ${isKept ? 'nothing' : 'DATA, or could not show that it did not'}; ${lost}`;
}

function nextCommands(): readonly string[] {
  return [
    'next, by hand:',
    '  npx baton up -f test/demo/partition.yaml',
    '  npx baton send start_run         (in another terminal, in the same directory)',
    '  npx baton watch',
  ];
}

async function until(ready: Promise<void>): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  stopping.signal.addEventListener('abort', () => aborted.reject(interrupted()));
  await Promise.race([ready, aborted.promise]);
}

function interrupted(): RunControlError {
  return new RunControlError('STOPPING', 'interrupted; everything was ended');
}
