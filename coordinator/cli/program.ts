// The words of the command line. What they do is in commands/, loaded when it is needed: `baton status`
// must not wait for the libraries of `baton up`.

import { Command, Option } from 'commander';
import type { CommonOptions, Context, Format } from './context.ts';
import type { ExitCode } from './exit.ts';
import { addAuthWords } from './words/auth.ts';
import { addCompletionWords } from './words/completion.ts';
import { addContextWords } from './words/context.ts';
import { addControlWords } from './words/control.ts';
import { addInitWords } from './words/init.ts';
import { addJournalWords } from './words/journal.ts';
import { addLogsWords } from './words/logs.ts';
import { addLookWords } from './words/look.ts';
import { addMachineWords } from './words/machine.ts';
import { addMembersWords } from './words/members.ts';
import { addUpWords } from './words/up.ts';
import { durationOf } from './words/values.ts';
import type { World } from './world.ts';

const FORMATS: readonly Format[] = ['table', 'wide', 'json', 'yaml'];

/** Width of help that goes nowhere in particular, in characters. */
const HELP_WIDTH = 100;

/** Runs one command with the options that are common to all. */
export type Run = (act: (context: Context) => Promise<ExitCode>) => Promise<void>;

/** The program `baton` with all its commands. Parsing runs the chosen one, which tells its exit code. */
export function buildProgram(world: World, exited: (code: ExitCode) => void): Command {
  const program = new Command(world.calledAs ?? 'baton')
    .description('Run control for data acquisition: takes a partition through its states, in order.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => world.out.write(text),
      writeErr: (text) => world.err.write(text),
      getOutHelpWidth: () => world.out.columns() ?? HELP_WIDTH,
      getErrHelpWidth: () => world.err.columns() ?? HELP_WIDTH,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      outputError: (text, write) =>
        write(`${text.replace(/^error: /, 'baton: ')}next: ${world.calledAs ?? 'baton'} --help\n`),
    })
    .addOption(
      new Option('-o, --output <format>', 'how results are written').choices([...FORMATS]).default('table'),
    )
    .option(
      '--address <host:port,...>',
      'the coordinators, of which one leads; else --context, --kube-context, BATON_ADDRESS, BATON_CONTEXT, .baton/address, the current context, the kubeconfig, 127.0.0.1:7400',
    )
    .option('--context <name>', 'the coordinator of that name: see baton context')
    .option('--partition <name>', 'the partition, where the coordinator leads several; else BATON_PARTITION')
    .option('-n, --namespace <name>', 'its namespace; else BATON_NAMESPACE')
    .option('--kubeconfig <file>', 'reach a coordinator in a cluster; else KUBECONFIG, ~/.kube/config')
    .option('--kube-context <name>', 'the context of the kubeconfig; else its current one')
    .option('--coordinator-namespace <name>', 'where in the cluster it runs; else it is looked for')
    .option('--tls <dir>', 'your ca.crt, tls.crt and tls.key; else those of the context, BATON_TLS')
    .option('--insecure', 'allow plaintext to a coordinator on another machine')
    .option('--token-file <file>', 'the token to show; else BATON_TOKEN, BATON_TOKEN_FILE')
    .option(
      '--as-service-account <ns/name>',
      'ask the API server for a token of that one; else BATON_SERVICE_ACCOUNT, else as the coordinator in a cluster offers',
    )
    .option('--insecure-token', 'allow that your token goes to another machine in plaintext')
    .option('--timeout <time>', 'give up on a silent coordinator after this (default: 30s)', durationOf)
    .option('--plain', 'no colours and nothing that moves; NO_COLOR takes the colours only');
  const run: Run = async (act) => exited(await act({ world, options: commonOptions(program) }));
  const help = new Command('help')
    .argument('[command]')
    .helpOption(false)
    .description('show the help of a command')
    .helpGroup('Look:');
  program.addHelpCommand(help);
  addUpWords(program.commandsGroup('On this machine:'), run);
  addLogsWords(program, run);
  addInitWords(program, run);
  addLookWords(program.commandsGroup('Look:'), run);
  addControlWords(program.commandsGroup('Control:'), run);
  addMembersWords(program, run);
  addJournalWords(program.commandsGroup('On this machine:'), run);
  addMachineWords(program.commandsGroup('Documents and machines:'), run);
  addContextWords(program.commandsGroup('This command:'), run);
  addAuthWords(program, run);
  addCompletionWords(program, run);
  return program;
}

const TIMEOUT_MS = 30_000;

type Flags = {
  readonly output: Format;
  readonly address?: string;
  readonly context?: string;
  readonly tls?: string;
  readonly insecure?: true;
  readonly tokenFile?: string;
  readonly asServiceAccount?: string;
  readonly insecureToken?: true;
  readonly timeout?: number;
  readonly plain?: true;
  readonly partition?: string;
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly kubeContext?: string;
  readonly coordinatorNamespace?: string;
};

function commonOptions(program: Command): CommonOptions {
  const { output, insecure, timeout, plain, ...named } = program.opts<Flags>();
  return {
    address: undefined,
    context: undefined,
    tls: undefined,
    ...named,
    output,
    insecure: insecure === true,
    timeoutMs: timeout ?? TIMEOUT_MS,
    plain: plain === true,
  };
}
