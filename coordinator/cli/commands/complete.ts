import type { Command } from 'commander';
import { candidatesOf } from '../completion/dynamic.ts';
import { type Candidate, commandsOf, type Line, lookAt } from '../completion/line.ts';
import { FILES, SCRIPTS, type Shell } from '../completion/scripts.ts';
import { type Context, whereabouts } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { printable } from '../show/table.ts';
import { print } from '../world.ts';

/** A coordinator that does not answer within this gives no words, in milliseconds: a person waits with a finger on Tab. */
const ASK_MS_MAX = 500;

/** The same for one in a cluster, with the way there, in milliseconds. */
const ASK_CLUSTER_MS_MAX = 3_000;

/** More would be no help; a shell asks the person before it shows as many. */
const CANDIDATES_MAX = 1_000;

/** Last line for kubectl: names of files, words and no files, the same with nothing after the word. */
const DIRECTIVES = { files: ':0', words: ':4', open: ':6' } as const;

/** `baton completion SHELL`: the script that a shell reads. */
export async function completion({ world }: Context, shell: Shell): Promise<ExitCode> {
  world.out.write(SCRIPTS[shell]);
  return EXIT.done;
}

/**
 * `baton complete -- words…`, asked by the scripts: what may stand in place of the last word, one to a line, each
 * with a tab and what it is. Never fails: where nothing is known there is nothing to offer.
 */
export async function complete(
  context: Context,
  program: Command,
  { words, forKubectl }: { readonly words: readonly string[]; readonly forKubectl: boolean },
): Promise<ExitCode> {
  const { world } = context;
  const line = lookAt(program, words);
  if (line.unknown === 'files') {
    print(world.out, [forKubectl ? DIRECTIVES.files : FILES]);
    return EXIT.done;
  }
  const found = [...line.candidates, ...(await unknownOf(context, program, line))];
  const whole = found.map(({ value, about }) => ({ value: `${line.prefix}${value}`, about }));
  const fitting = whole.filter(({ value }) => value.startsWith(line.current)).slice(0, CANDIDATES_MAX);
  print(
    world.out,
    fitting.map(({ value, about }) => `${printable(value)}\t${printable(about)}`),
  );
  if (forKubectl) {
    const isOpen = fitting.length > 0 && fitting.every(({ value }) => value.endsWith('='));
    print(world.out, [isOpen ? DIRECTIVES.open : DIRECTIVES.words]);
  }
  return EXIT.done;
}

async function unknownOf(context: Context, program: Command, line: Line): Promise<readonly Candidate[]> {
  const { unknown, options } = line;
  if (unknown === undefined || unknown === 'files') return [];
  if (unknown === 'commands') return commandsOf(program);
  // The line that is typed names the coordinator, not the one that asks.
  const asking = {
    ...context.options,
    address: options.get('address') ?? context.options.address,
    context: options.get('context') ?? context.options.context,
    tls: options.get('tls') ?? context.options.tls,
    insecure: options.has('insecure') || context.options.insecure,
    partition: options.get('partition') ?? context.options.partition,
    namespace: options.get('namespace') ?? context.options.namespace,
    kubeconfig: options.get('kubeconfig') ?? context.options.kubeconfig,
    kubeContext: options.get('kubeContext') ?? context.options.kubeContext,
    coordinatorNamespace: options.get('coordinatorNamespace') ?? context.options.coordinatorNamespace,
  };
  try {
    const { cluster } = await whereabouts({ ...context, options: asking });
    const timeoutMs = cluster === undefined ? ASK_MS_MAX : ASK_CLUSTER_MS_MAX;
    const found = candidatesOf(unknown, { ...context, options: { ...asking, timeoutMs } }, line);
    if (cluster === undefined) return await found;
    // The way there has limits of its own, which are longer.
    const late = context.world.sleep(timeoutMs, new AbortController().signal);
    return await Promise.race([found, late.then(() => [])]);
  } catch {
    // Whatever is wrong is told when the command is given; here it would only spoil the line.
    return [];
  }
}
