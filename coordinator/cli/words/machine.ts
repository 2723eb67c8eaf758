import type { Command } from 'commander';
import type { Run } from '../program.ts';

/** The commands about machines and documents; they need no coordinator. */
export function addMachineWords(program: Command, run: Run): void {
  const machine = program.command('machine').description('check, draw and list machines').helpCommand(false);
  machine
    .command('check <file>')
    .description('check a machine or a partition document: all problems at once')
    .action((file: string) =>
      run(async (context) => (await import('../commands/machine.ts')).check(context, file)),
    );
  machine
    .command('draw <name-or-file>')
    .description('draw a machine as a mermaid state diagram')
    .action((name: string) =>
      run(async (context) => (await import('../commands/machine.ts')).draw(context, name)),
    );
  machine
    .command('list')
    .description('list the machines that come with baton')
    .action(() => run(async (context) => (await import('../commands/machine.ts')).list(context)));
  program
    .command('schema')
    .description('print the JSON schema of a partition document, for editors')
    .action(() => run(async (context) => (await import('../commands/machine.ts')).schema(context)));
}
