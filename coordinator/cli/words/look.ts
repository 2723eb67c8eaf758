import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { countUpTo } from './values.ts';

const SHOWN = 20;
const OPERATIONS_MAX = 256;
const RUNS_MAX = 1_000;

type Limit = { readonly limit: number };

/** The commands that look and change nothing. */
export function addLookWords(program: Command, run: Run): void {
  program
    .command('status')
    .description('show the partition and its targets as they are now')
    .action(() => run(async (context) => (await import('../commands/status.ts')).status(context)));
  program
    .command('watch')
    .description('show them as they change, until Ctrl-C')
    .action(() => run(async (context) => (await import('../commands/watch.ts')).watch(context)));
  program
    .command('wait')
    .description('wait until something is so, at most --timeout long; also for a coordinator')
    .requiredOption(
      '--for <condition>',
      'state=STATE, run=open|none, operation=ID|none, targets=ready; several must hold at once',
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .action(({ for: conditions }: { readonly for: readonly string[] }) =>
      run(async (context) => (await import('../commands/wait.ts')).wait(context, conditions)),
    );
  program
    .command('operations [id]')
    .description('list the operations, newest first, or show one in full')
    .option('--limit <count>', 'how many', countUpTo(OPERATIONS_MAX), SHOWN)
    .action((id: string | undefined, { limit }: Limit) =>
      run(async (context) => {
        const past = await import('../commands/past.ts');
        return id === undefined ? past.operations(context, limit) : past.operation(context, id);
      }),
    );
  program
    .command('runs')
    .description('list the runs, newest first')
    .option('--limit <count>', 'how many', countUpTo(RUNS_MAX), SHOWN)
    .action(({ limit }: Limit) =>
      run(async (context) => (await import('../commands/past.ts')).runs(context, limit)),
    );
  program
    .command('partitions')
    .description('list the partitions that the coordinator leads')
    .action(() => run(async (context) => (await import('../commands/partitions.ts')).partitions(context)));
  program
    .command('version')
    .description('show the version of this client and who answers')
    .action(() => run(async (context) => (await import('../commands/version.ts')).version(context)));
}
