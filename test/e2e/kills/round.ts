// One partition, and runs that are started and stopped again and again while something is killed at random
// times. The seed draws what and when; what it meets there is up to the machine.

import { setTimeout as wait } from 'node:timers/promises';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { verifyRun } from '../../daq/verify.ts';
import { condition } from '../../sidecar/condition.ts';
import { createRandom } from '../../sim/random.ts';
import { livesBy } from '../armed.ts';
import { type Daq, startDaq } from '../daq.ts';
import { say, standsOf, toConfigured } from './person.ts';
import { type Outcome, VICTIMS, type Victim } from './tally.ts';

/** The kill comes so late after a command at the most, in milliseconds: an operation takes about as long. */
const DELAY_MS_MAX = 1_500;

/** A run in which a process has died cannot be drained; nobody need wait for long. */
const TIMEOUTS = { conf: '10s', start: '10s', drain_dataflow: '3s' };

/** Kills in one run: one while it is started, one while it is stopped. */
export const KILLS_OF_A_RUN = 2;

/**
 * So many runs, in each of which one kind of victim is killed twice; then everything is stopped in order and
 * held to every promise. Throws PromiseBroken, or Error when a person cannot go on.
 */
export async function killInRuns(options: {
  readonly seed: number;
  readonly runs: number;
  readonly tell?: (outcome: Outcome) => void;
}): Promise<readonly Outcome[]> {
  const random = createRandom(options.seed);
  const outcomes: Outcome[] = [];
  await using daq = await startDaq({ spec: { timeouts: TIMEOUTS }, lives: livesBy({}) });
  for (let run = 1; run <= options.runs; run += 1) {
    // In turn, so that each round meets each kind.
    const victim = VICTIMS[(run + options.seed) % VICTIMS.length] ?? 'coordinator';
    const outcome = await killInRun(daq, { victim, random });
    outcomes.push(outcome);
    options.tell?.(outcome);
  }
  await daq.end();
  return outcomes;
}

type Draw = { readonly victim: Victim; readonly random: () => number };

async function killInRun(daq: Daq, draw: Draw): Promise<Outcome> {
  await toConfigured(daq);
  const before = (await runsOf(daq)).length;
  const starting = strike(daq, draw);
  await say(daq, 'send start_run trigger_rate=200');
  await starting;
  const stands = await standsOf(daq);
  // Else whoever did not get there is brought back, and the number of the run is spent.
  if (stands.every(({ state, inError }) => state === 'running' && !inError)) {
    const stopping = strike(daq, draw);
    await say(daq, 'send stop_run');
    await stopping;
  } else await strike(daq, draw);
  await toConfigured(daq);
  await condition('the run has ended', async () => {
    return (await runsOf(daq)).every(({ status }) => status !== 'RUN_STATUS_OPEN');
  });
  // Newest first. More than one when a client that had heard nothing asked again; none when it was refused.
  const begun = (await runsOf(daq)).toReversed().slice(before);
  return outcomeOf(daq, draw, begun.at(0));
}

/** kill -9 of one victim, after a time that the seed draws. */
async function strike(daq: Daq, { victim, random }: Draw): Promise<void> {
  const { pods } = daq.up;
  const delayMs = random() * DELAY_MS_MAX;
  const pod = pods[Math.floor(random() * pods.length)];
  const pid = () => {
    if (victim === 'coordinator') return daq.up.coordinatorPid();
    return (victim === 'sidecar' ? pod?.sidecarPid : pod?.processPid) ?? 0;
  };
  // This is what the test is about: a time that nothing in the product decides.
  await wait(delayMs);
  await condition('the victim lives', () => pid() !== 0);
  process.kill(pid(), 'SIGKILL');
}

type Run = { readonly number: number; readonly status: string; readonly cause: string };

async function runsOf(daq: Daq): Promise<readonly Run[]> {
  return JSON.parse((await say(daq, 'runs -o json')).out);
}

async function outcomeOf(daq: Daq, { victim }: Draw, run: Run | undefined): Promise<Outcome> {
  const kills = KILLS_OF_A_RUN;
  if (run === undefined) return { victim, kills, run: 0, clean: false, cause: 'refused', ...NOTHING };
  const { number, cause, status } = run;
  const fragments = await fragmentsOf(daq, number);
  return { victim, kills, run: number, clean: status === 'RUN_STATUS_CLEAN', cause, ...fragments };
}

type Fragments = Pick<Outcome, 'readOut' | 'missing' | 'double' | 'corrupt'>;

async function fragmentsOf(daq: Daq, run: number): Promise<Fragments> {
  try {
    const { readOut, missing, double, corrupt } = (await verifyRun(daq.site.data, run)).fragments;
    return { readOut, missing, double, corrupt };
  } catch (error) {
    // Its number was spent before anybody took part.
    if (error instanceof RunControlError && error.code === 'UNKNOWN_ID') return NOTHING;
    throw error;
  }
}

const NOTHING: Fragments = { readOut: 0, missing: 0, double: 0, corrupt: 0 };
