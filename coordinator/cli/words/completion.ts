import { Argument, type Command } from 'commander';
import { SHELLS, type Shell } from '../completion/scripts.ts';
import type { Run } from '../program.ts';

/** Completion: the script for a shell, and what the script asks. */
export function addCompletionWords(program: Command, run: Run): void {
  program
    .command('completion')
    .description('print the completion script of a shell')
    .addArgument(new Argument('<shell>').choices([...SHELLS]))
    .addHelpText(
      'after',
      '\nFor good:\n' +
        '  bash  baton completion bash > ~/.local/share/bash-completion/completions/baton\n' +
        '  zsh   baton completion zsh > ~/.zfunc/_baton   (with ~/.zfunc in fpath, before compinit)\n' +
        '  fish  baton completion fish > ~/.config/fish/completions/baton.fish',
    )
    .action((shell: Shell) =>
      run(async (context) => (await import('../commands/complete.ts')).completion(context, shell)),
    );
  program
    .command('complete [words...]', { hidden: true })
    .description('what may follow these words; asked by the completion scripts')
    .option('--directive', 'end with what kubectl is to do with them')
    .action((words: readonly string[], { directive }: { readonly directive?: true }) =>
      run(async (context) => {
        const { complete } = await import('../commands/complete.ts');
        return complete(context, program, { words, forKubectl: directive === true });
      }),
    );
}
