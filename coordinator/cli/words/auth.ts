import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { VERBS, type Verb } from '../../api/verbs.ts';
import type { Run } from '../program.ts';

/** The commands about who asks, and what they may do. */
export function addAuthWords(program: Command, run: Run): void {
  const auth = program
    .command('auth')
    .description('who you are to the coordinator, and what you may do')
    .helpCommand(false);
  auth
    .command('whoami')
    .description('show as whom the coordinator knows you')
    .action(() => run(async (each) => (await import('../commands/auth.ts')).whoAmI(each)));
  auth
    .command('can-i')
    .argument('[verb]', `one of ${VERBS.join(', ')}; all without`, verbOf)
    .description('show what you may do with the partition; exit code 1 when you may not do it')
    .action((verb: Verb | undefined) =>
      run(async (each) => (await import('../commands/auth.ts')).canI(each, verb)),
    );
}

function verbOf(text: string): Verb {
  const verb = VERBS.find((each) => each === text);
  if (verb !== undefined) return verb;
  throw new InvalidArgumentError(`want one of ${VERBS.join(', ')}`);
}
