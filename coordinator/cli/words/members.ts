import { Argument, type Command } from 'commander';
import { TARGETS_MAX } from '../../document/limits.ts';
import type { Run } from '../program.ts';
import { countFrom } from './values.ts';

type Flags = { readonly dryRun?: true };

/** The commands that change what a segment is made of; only in a cluster. */
export function addMembersWords(program: Command, run: Run): void {
  program
    .command('scale <segment>')
    .description('bring a segment of a cluster to that many members, in order')
    .addArgument(new Argument('<members>').argParser(countFrom(0, TARGETS_MAX)))
    .option('--dry-run', 'show what would be done; nothing is done')
    .action((segment: string, members: number, { dryRun }: Flags) =>
      run(async (context) => {
        const { scale } = await import('../commands/members.ts');
        return scale(context, { segment, members, dryRun: dryRun === true });
      }),
    );
  program
    .command('rollout <segment>')
    .description('replace the outdated pods of a segment of a cluster, in order; never in a run')
    .option('--dry-run', 'show what would be done; nothing is done')
    .action((segment: string, { dryRun }: Flags) =>
      run(async (context) => {
        const { rollout } = await import('../commands/members.ts');
        return rollout(context, { segment, dryRun: dryRun === true });
      }),
    );
}
