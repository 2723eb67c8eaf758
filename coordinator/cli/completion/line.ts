// A command line that is being typed: which command it is of, and what may stand where the cursor is. Pure.

import type { Argument, Command, Option } from 'commander';

/** Something that may be typed, and what it is, for shells that show it. */
export type Candidate = { readonly value: string; readonly about: string };

/** What only somebody else knows: the coordinator, a folder, the contexts file. */
export type Unknown =
  | 'names'
  | 'plans'
  | 'arguments'
  | 'states'
  | 'targets'
  | 'operations'
  | 'logs'
  | 'contexts'
  | 'conditions'
  | 'machines'
  | 'commands'
  | 'files';

export type Line = {
  /** The word at the cursor, as far as it is typed. */
  readonly current: string;
  /** Candidates that are known from the commands alone. */
  readonly candidates: readonly Candidate[];
  /** What else may stand here. */
  readonly unknown: Unknown | undefined;
  /** What stands before each candidate in the same word: `--output=`. */
  readonly prefix: string;
  /** Arguments of the command that are typed already. */
  readonly given: readonly string[];
  /** Values of options that are typed already, by name: `address`. */
  readonly options: ReadonlyMap<string, string>;
};

/** What stands where an argument or the value of an option is wanted, by command and name. */
const UNKNOWN: Readonly<Record<string, Unknown>> = {
  'send name': 'names',
  'send name=value': 'arguments',
  'goto state': 'states',
  'goto name=value': 'arguments',
  'plan name': 'plans',
  'plan words': 'arguments',
  'recover targets': 'targets',
  'adopt targets': 'targets',
  'declare-gone targets': 'targets',
  'cancel operation-id': 'operations',
  'operations id': 'operations',
  'logs target': 'logs',
  'context use name': 'contexts',
  'context set name': 'contexts',
  'context remove name': 'contexts',
  'machine draw name-or-file': 'machines',
  'help command': 'commands',
  '--context': 'contexts',
  '--for': 'conditions',
  '--target': 'targets',
};

/** What is called so is a name of a file or folder. */
const FILE = /file|path|dir|yaml/i;

/** Looks at the words after `baton`; the last one is that at the cursor, empty when nothing of it is typed. */
export function lookAt(program: Command, words: readonly string[]): Line {
  const current = words.at(-1) ?? '';
  const { command, given, options, awaiting } = walk(program, words.slice(0, -1));
  const line = { current, candidates: [], unknown: undefined, prefix: '', given, options };
  if (awaiting !== undefined) return { ...line, ...valuesOf(awaiting) };
  const at = current.indexOf('=');
  const option = at < 0 ? undefined : findOption(command, current.slice(0, at));
  if (option !== undefined) return { ...line, ...valuesOf(option), prefix: current.slice(0, at + 1) };
  if (current.startsWith('-')) return { ...line, candidates: flagsOf(command) };
  const argument = argumentAt(command, given.length);
  if (argument === undefined) return { ...line, candidates: given.length === 0 ? commandsOf(command) : [] };
  const candidates = (argument.argChoices ?? []).map((value) => ({ value, about: '' }));
  const known = UNKNOWN[`${pathOf(command)} ${argument.name()}`];
  return { ...line, candidates, unknown: known ?? (FILE.test(argument.name()) ? 'files' : undefined) };
}

/** The commands below one, with what they do. */
export function commandsOf(command: Command): readonly Candidate[] {
  const shown = command.createHelp().visibleCommands(command);
  return shown.map((each) => ({ value: each.name(), about: each.description() }));
}

type Walked = {
  readonly command: Command;
  readonly given: readonly string[];
  readonly options: ReadonlyMap<string, string>;
  /** The option whose value the next word is. */
  readonly awaiting: Option | undefined;
};

function walk(program: Command, words: readonly string[]): Walked {
  let command = program;
  let awaiting: Option | undefined;
  const given: string[] = [];
  const options = new Map<string, string>();
  for (const word of words) {
    if (awaiting !== undefined) {
      options.set(awaiting.attributeName(), word);
      awaiting = undefined;
      continue;
    }
    if (word.startsWith('-')) {
      const at = word.indexOf('=');
      const option = findOption(command, at < 0 ? word : word.slice(0, at));
      if (option?.required === true && at < 0) awaiting = option;
      else if (option !== undefined) options.set(option.attributeName(), word.slice(at + 1));
      continue;
    }
    const below = given.length === 0 ? command.commands.find((each) => each.name() === word) : undefined;
    if (below === undefined) given.push(word);
    else command = below;
  }
  // `help` is no command of the table: what follows it is the name of one.
  const [first] = given;
  const isHelp = command === program && first === 'help';
  return {
    command: isHelp ? helpOf(program) : command,
    given: isHelp ? given.slice(1) : given,
    options,
    awaiting,
  };
}

/** The help command as the table would hold it. */
function helpOf(program: Command): Command {
  return (
    program
      .createHelp()
      .visibleCommands(program)
      .find((each) => each.name() === 'help') ?? program
  );
}

function valuesOf(option: Option): Pick<Line, 'candidates' | 'unknown'> {
  const candidates = (option.argChoices ?? []).map((value) => ({ value, about: '' }));
  const isFile = candidates.length === 0 && FILE.test(option.flags.replace(/^[^<[]*/, ''));
  return { candidates, unknown: UNKNOWN[option.long ?? ''] ?? (isFile ? 'files' : undefined) };
}

function argumentAt({ registeredArguments }: Command, at: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[at] ?? (last?.variadic === true ? last : undefined);
}

function flagsOf(command: Command): readonly Candidate[] {
  return optionsOf(command).flatMap(({ long, description }) =>
    long === undefined || long === null ? [] : [{ value: long, about: description }],
  );
}

function findOption(command: Command, flag: string): Option | undefined {
  return optionsOf(command).find(({ long, short }) => long === flag || short === flag);
}

function optionsOf(command: Command): readonly Option[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

/** `machine check`, without the name of the program. */
function pathOf(command: Command): string {
  const above = command.parent;
  return above === null || above.parent === null ? command.name() : `${pathOf(above)} ${command.name()}`;
}
