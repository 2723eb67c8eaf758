// The commands that only ask: where the process is, and whether it is well.

import type { ExecSettings } from '../../../protos/adapter/exec.ts';
import type { Clock } from '../../clock.ts';
import type { Token } from '../../rules/model.ts';
import { parseStartId, stateName, type Understood } from '../said.ts';
import { parseToken } from '../token.ts';
import { type Ended, prepare } from './command.ts';
import { causeOf } from './output.ts';
import { question, type Surroundings } from './request.ts';

/** The life of a process whose state command does not name one: it is as long as the pod's. */
export const ONLY_LIFE = 'exec';

/** What the process says of itself. */
export type Seen = {
  readonly state: string;
  /** Names this life of it. */
  readonly startId: string;
  /** What it executed last; undefined when it does not say. */
  readonly executed: Token | undefined;
};

export type Asking = {
  readonly settings: ExecSettings;
  readonly around: Surroundings;
  readonly clock: Clock;
  readonly say: (chunk: Buffer) => void;
};

type Question = { readonly command: readonly string[]; readonly timeoutMs: number };

/** True unless the health command says otherwise. */
export async function askHealth(asking: Asking, signal: AbortSignal): Promise<Understood<true>> {
  const { health } = asking.settings;
  if (health === undefined) return { value: true };
  const ended = await ask(asking, health, signal);
  return 'broken' in ended ? { broken: `the health command ${ended.broken}` } : { value: true };
}

/** What the state command prints; undefined where there is none. */
export async function askState(asking: Asking, signal: AbortSignal): Promise<Understood<Seen> | undefined> {
  const { state } = asking.settings;
  if (state === undefined) return undefined;
  const ended = await ask(asking, state, signal);
  if ('broken' in ended) return { broken: `the state command ${ended.broken}` };
  return parseSeen(ended.value.output);
}

function parseSeen(output: string): Understood<Seen> {
  const [first = '', second = '', third = ''] = output.split('\n').map((line) => line.trim());
  if (first === '') return { broken: 'the state command printed nothing on its first line' };
  const startId = second === '' ? { value: ONLY_LIFE } : parseStartId(second);
  if ('broken' in startId) return startId;
  const executed = third === '' ? undefined : parseToken(third);
  if (third !== '' && executed === undefined)
    return { broken: 'the state command printed a token that is none' };
  return { value: { state: stateName(first), startId: startId.value, executed } };
}

async function ask(
  asking: Asking,
  { command, timeoutMs }: Question,
  signal: AbortSignal,
): Promise<Understood<Ended>> {
  const { around, clock, say } = asking;
  // Only what it complains of is for people: its output is for us.
  const running = prepare(question(command, around), () => undefined);
  let late = false;
  const disarm = clock.after(timeoutMs, () => {
    late = true;
    running.signal('SIGKILL');
  });
  const kill = () => running.signal('SIGKILL');
  signal.addEventListener('abort', kill);
  if (signal.aborted) kill();
  else running.begin();
  const ended = await running.ended;
  disarm();
  signal.removeEventListener('abort', kill);
  if (ended.complaints !== '') say(Buffer.from(ended.complaints));
  if (late) return { broken: `took longer than ${timeoutMs} ms` };
  const { exit, complaints } = ended;
  const well = exit.kind === 'code' && exit.code === 0;
  return well ? { value: ended } : { broken: causeOf(exit, complaints) };
}
