import { type Command, Option } from 'commander';
import { BUILTIN_MACHINES } from '../../../protos/machine/builtin.ts';
import { PORT_MAX } from '../../document/limits.ts';
import type { InitFlags } from '../commands/init.ts';
import type { Run } from '../program.ts';
import { countUpTo } from './values.ts';

type StandIn = { readonly port: number; readonly state: string };

/** A document to start from, and processes to start with. */
export function addInitWords(program: Command, run: Run): void {
  program
    .command('init')
    .description('write a partition document with remarks, to start from')
    .option('-f, --file <partition.yaml>', 'where to write it', 'partition.yaml')
    .addOption(
      new Option('--machine <name>', 'the machine that its targets obey')
        .choices(BUILTIN_MACHINES.map(({ name }) => name))
        .default('dune'),
    )
    .option('--force', 'replace the file that is there')
    .action((flags: InitFlags) =>
      run(async (context) => (await import('../commands/init.ts')).init(context, flags)),
    );
  program
    .command('stand-in')
    .description('a process that obeys and does nothing, in place of one that is not there yet')
    .requiredOption('--port <port>', 'where its sidecar finds it', countUpTo(PORT_MAX))
    .requiredOption('--state <state>', 'the state in which it begins')
    .action((flags: StandIn) =>
      run(async (context) => (await import('../commands/standIn.ts')).standIn(context, flags)),
    );
}
