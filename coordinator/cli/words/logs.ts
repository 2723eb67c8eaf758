import type { Command } from 'commander';
import type { LogsFlags } from '../commands/logs.ts';
import type { Run } from '../program.ts';
import { countUpTo } from './values.ts';

const LINES = 50;
const LINES_MAX = 1_000_000;

/** `baton logs`: what `baton up` has kept. */
export function addLogsWords(program: Command, run: Run): void {
  program
    .command('logs <target>')
    .description('show what a process printed under baton up; also of: coordinator')
    .option('-f, --follow', 'and what it prints from now on, until Ctrl-C')
    .option('--lines <count>', 'how many of the last lines', countUpTo(LINES_MAX), LINES)
    .option('--sidecar', 'what its sidecar printed')
    .option('--directory <path>', 'where baton up keeps what belongs to it (default: .baton)')
    .action((target: string, flags: LogsFlags) =>
      run(async (context) => (await import('../commands/logs.ts')).logs(context, target, flags)),
    );
}
