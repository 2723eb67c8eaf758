import type { Command } from 'commander';
import type { Run } from '../program.ts';

/** The commands about named coordinators; they ask nobody. */
export function addContextWords(program: Command, run: Run): void {
  const context = program
    .command('context')
    .description('name coordinators, and choose the one that is used without asking')
    .helpCommand(false);
  context
    .command('list')
    .description('list the contexts')
    .action(() => run(async (each) => (await import('../commands/context.ts')).list(each)));
  context
    .command('use <name>')
    .description('make a context the current one')
    .action((name: string) => run(async (each) => (await import('../commands/context.ts')).use(each, name)));
  context
    .command('set <name> [host:port]')
    .description(
      'add a context, or give it another address, or none for a cluster (--kube-context); with --tls, --insecure, --partition, --namespace if it wants that',
    )
    .action((name: string, address?: string) =>
      run(async (each) => (await import('../commands/context.ts')).set(each, { name, address })),
    );
  context
    .command('remove <name>')
    .description('forget a context')
    .action((name: string) =>
      run(async (each) => (await import('../commands/context.ts')).remove(each, name)),
    );
}
