import type { Command } from 'commander';
import type { Run } from '../program.ts';

/** The commands about a journal's file; they need no coordinator and change nothing. */
export function addJournalWords(program: Command, run: Run): void {
  const journal = program
    .command('journal')
    .description('check and export the file of a journal, also while a coordinator writes it');
  journal
    .command('check <file>')
    .description('replay it: is each record whole, and where does it lead?')
    .action((file: string) =>
      run(async (context) => (await import('../commands/journal.ts')).checkJournal(context, file)),
    );
  journal
    .command('export <file>')
    .description('write its records as JSON, one on each line; those before a damage in any case')
    .action((file: string) =>
      run(async (context) => (await import('../commands/journal.ts')).exportJournal(context, file)),
    );
}
