// Command lines: of `baton`, of the coordinator, and what a sidecar is configured with.

import type { Command } from 'commander';
import { runBaton } from '../../../coordinator/cli/main.ts';
import { buildProgram } from '../../../coordinator/cli/program.ts';
import { parseOptions } from '../../../coordinator/config/options.ts';
import { minimal } from '../../../protos/machine/minimal.ts';
import { parseConfig } from '../../../sidecar/config/parse.ts';
import { exits, fakeWorld } from '../../cli/fakeWorld.ts';
import { temporaryDirectory } from '../../journal/directory.ts';
import type { Dice } from '../dice.ts';
import { mutateText, mutateValue } from '../mutate.ts';
import { acceptOrReject, checkProblems, Finding, type Subject, type Verdict } from '../subject.ts';

/** Nobody listens there: each command that needs a coordinator ends at once. */
const NOBODY = '127.0.0.1:1';

/** A command that still waits then is told Ctrl-C, which must end it. In milliseconds. */
const INTERRUPT_AFTER_MS = 200;

const WORDS = [
  ...[
    'x',
    'start_run',
    'rate=5',
    'rate=',
    '=5',
    'readout-0',
    'running',
    '',
    '-',
    '--',
    '-1',
    '1e9',
    '30s',
    '0',
  ],
  ...[
    'json',
    'table',
    NOBODY,
    'nowhere',
    ':0',
    '[::1]:0',
    'host:99999',
    '/nowhere/file.yaml',
    '--no-such',
    '-x',
  ],
  ...['😀', '__proto__', '--output=xml', '-ojson', 'a'.repeat(300), '\n', 'state=running', 'targets=ready'],
];

/** Commands that start programs or write files, which is not what is asked here. */
const LEFT_OUT = new Set(['up', 'init']);

export async function flags(): Promise<Subject> {
  const directory = temporaryDirectory();
  const commands = commandLines(buildProgram(fakeWorld(NOBODY), () => undefined));
  return {
    attempt: async (dice, trace) => {
      switch (dice.below(3)) {
        case 0:
          return baton(wordsOf(dice, dice.pick(commands)), { trace, contexts: directory.file('contexts') });
        case 1:
          return coordinator(dice, trace);
        default:
          return sidecar(dice, trace);
      }
    },
    [Symbol.asyncDispose]: async () => directory[Symbol.dispose](),
  };
}

type Line = { readonly words: readonly string[]; readonly flags: readonly string[] };

/** Each command that there is, with the flags that it takes. */
function commandLines(program: Command, before: readonly string[] = []): readonly Line[] {
  const own = program.options.flatMap(({ short, long }) =>
    [short, long].filter((flag) => flag !== undefined),
  );
  const here = { words: before, flags: own };
  const below = program.commands.filter((command) => !LEFT_OUT.has(command.name()));
  return [here, ...below.flatMap((command) => commandLines(command, [...before, command.name()]))];
}

const COMMON = [
  '-o',
  '--output',
  '--address',
  '--timeout',
  '--plain',
  '--help',
  '--version',
  '--context',
  '--tls',
];

function wordsOf(dice: Dice, { words, flags: own }: Line): readonly string[] {
  const line = [...words];
  for (let more = dice.below(6); more > 0; more -= 1) {
    const word = dice.chance(0.4) ? dice.pick([...own, ...COMMON]) : dice.pick(WORDS);
    line.splice(dice.chance(0.8) ? line.length : dice.below(line.length + 1), 0, word);
  }
  return line.some((word) => LEFT_OUT.has(word)) ? words : line;
}

async function baton(
  words: readonly string[],
  { trace, contexts }: { trace: (line: string) => void; contexts: string },
): Promise<Verdict> {
  trace(`baton ${words.map((word) => JSON.stringify(word)).join(' ')}`);
  const world = fakeWorld(NOBODY, { environment: { BATON_CONTEXTS: contexts } });
  const impatient = setInterval(world.interrupt, INTERRUPT_AFTER_MS);
  try {
    const code = await runBaton(words, world);
    const said = world.err.text();
    if (!Object.values(exits).includes(code)) throw new Finding(`exit code ${code}`);
    if (/something nobody thought of|a broken rule/.test(said)) throw new Finding(said);
    if (code === exits.done) return 'accepted';
    // What to do next is said, or, of a file that was checked, in the sentence itself.
    if (said.trim() === '') throw new Finding(`exit code ${code} without a word`);
    return 'rejected';
  } finally {
    clearInterval(impatient);
  }
}

const COORDINATOR = [
  ...['--document', 'p.yaml', '--journal', 'j.db', '--targets', 't.json'],
  ...['--listen', '127.0.0.1:0', '--log', 'info'],
];

function coordinator(dice: Dice, trace: (line: string) => void): Verdict {
  const args = [...COORDINATOR];
  for (let changes = dice.below(4); changes > 0; changes -= 1) {
    args.splice(dice.below(args.length + 1), dice.below(3), dice.pick([...WORDS, ...COORDINATOR]));
  }
  trace(`coordinator ${args.map((word) => JSON.stringify(word)).join(' ')}`);
  const parsed = parseOptions(args);
  if (parsed.kind !== 'problems') return 'accepted';
  checkProblems(parsed.problems);
  return 'rejected';
}

const CONFIG = {
  partition: 'daq',
  segment: 'readout',
  ordinal: 3,
  podUid: 'pod-1',
  machine: minimal,
  adapter: { type: 'grpc', address: '127.0.0.1:5000' },
  listen: { grpc: '127.0.0.1:0', probes: '127.0.0.1:0' },
  stateFile: '/nowhere/state',
  gracePeriodMs: 30_000,
  marginMs: 5_000,
};

function sidecar(dice: Dice, trace: (line: string) => void): Promise<Verdict> {
  const whole = JSON.stringify(CONFIG);
  const text = dice.chance(0.3) ? mutateText(dice, whole) : JSON.stringify(mutateValue(dice, CONFIG));
  const environment = dice.chance(0.3)
    ? { BATON_ORDINAL: dice.pick(WORDS), BATON_SEGMENT: dice.pick(WORDS) }
    : {};
  trace(`${JSON.stringify(environment)} ${text}`);
  return acceptOrReject('MALFORMED', () =>
    parseConfig({ text, environment, insecureListen: dice.chance(0.5) }),
  );
}
