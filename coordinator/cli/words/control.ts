import type { Command } from 'commander';
import type { Asking } from '../commands/send.ts';
import type { Run } from '../program.ts';

type Waiting = { readonly wait: boolean };
type Chosen = { readonly target: readonly string[] };
type Submitting = Waiting & { readonly operationId?: string };

/** The commands that move the partition. */
export function addControlWords(program: Command, run: Run): void {
  addPlan(program, run);
  submitting(program.command('send <name> [name=value...]'), 'take a transition or a sequence').action(
    (name: string, pairs: readonly string[], options: Submitting) =>
      submitted(run, options, async () => (await import('../commands/send.ts')).send([name, ...pairs])),
  );
  submitting(
    onlyTargets(program.command('goto <state> [name=value...]')),
    'go to a state by the shortest way',
  ).action((state: string, pairs: readonly string[], options: Submitting & Chosen) =>
    submitted(run, options, async () =>
      (await import('../commands/send.ts')).goTo([state, ...pairs], options.target),
    ),
  );
  addTargetWords(program, run);
  program
    .command('cancel [operation-id]')
    .description('end the open operation after its present wave')
    .option('--wait', 'until it has ended', true)
    .option('--no-wait', 'return at once')
    .action((id: string | undefined, { wait }: Waiting) =>
      run(async (context) => (await import('../commands/cancel.ts')).cancel(context, { id, wait })),
    );
}

function addPlan(program: Command, run: Run): void {
  onlyTargets(program.command('plan <name> [words...]'))
    .usage('[options] <transition | sequence | goto STATE> [name=value...]')
    .description('show what send or goto would do now; nothing is done')
    .action((name: string, words: readonly string[], { target }: Chosen) =>
      run(async (context) => {
        const { goTo, send } = await import('../commands/send.ts');
        const { plan } = await import('../commands/plan.ts');
        return plan(context, name === 'goto' ? goTo(words, target) : send([name, ...words], target));
      }),
    );
}

/** The option is given once for each. */
function onlyTargets(command: Command): Command {
  const others = (target: string, before: readonly string[]) => [...before, target];
  return command.option(
    '--target <name>',
    'with goto: only this target or segment, as a new member does to where the others are; may be repeated',
    others,
    [],
  );
}

function addTargetWords(program: Command, run: Run): void {
  const many = 'by name or segment; all that need it without';
  submitting(
    program.command('recover [targets...]'),
    `bring targets out of error or unknown; ${many}`,
  ).action((targets: readonly string[], options: Submitting) =>
    submitted(run, options, async () => (await import('../commands/targets.ts')).recover(targets)),
  );
  submitting(
    program.command('adopt [targets...]'),
    `take over what another journal commands; ${many}`,
  ).action((targets: readonly string[], options: Submitting) =>
    submitted(run, options, async () => (await import('../commands/targets.ts')).adopt(targets)),
  );
  submitting(
    program.command('declare-gone <targets...>'),
    'give your word that these processes have ended; nobody waits for them any more',
  )
    .option('--yes', 'yes, they have ended')
    .action((targets: readonly string[], options: Submitting & { readonly yes?: true }) =>
      submitted(run, options, async () =>
        (await import('../commands/targets.ts')).declareGone(targets, options.yes === true),
      ),
    );
}

function submitting(command: Command, description: string): Command {
  return command
    .description(description)
    .option('--wait', 'until the operation has ended', true)
    .option('--no-wait', 'return once it is accepted')
    .option('--operation-id <id>', 'the id of an earlier try: it is done once, however often it is sent');
}

function submitted(run: Run, options: Submitting, asking: () => Promise<Asking>): Promise<void> {
  const { wait, operationId } = options;
  return run(async (context) => {
    const asked = await asking();
    const { submit } = await import('../commands/send.ts');
    return submit(context, asked, { wait, operationId });
  });
}
