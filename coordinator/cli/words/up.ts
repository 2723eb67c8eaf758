import { type Command, Option } from 'commander';
import type { UpFlags } from '../commands/up.ts';
import type { Run } from '../program.ts';

/** `baton up`, the small kubelet, and how to break what it keeps running. */
export function addUpWords(program: Command, run: Run): void {
  program
    .command('up')
    .description(
      'start a partition on this machine: coordinator, sidecars and processes; Ctrl-C stops it in order',
    )
    .requiredOption('-f, --file <partition.yaml>', 'the document of the partition')
    .option('--directory <path>', 'where it keeps journal, logs and ports (default: .baton)')
    .option('--keep', 'keep the folders of the pods: logs and state files')
    .option('--listen <host:port>', 'address of the coordinator; else the one in the document')
    .option('--insecure-listen', 'let it listen in plaintext beyond this machine')
    .addOption(
      new Option('--log <level>', 'what the logs hold')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .action((flags: UpFlags) =>
      run(async (context) => (await import('../commands/up.ts')).up(context, flags)),
    );
  program
    .command('failpoints')
    .description('list the points at which a test may end a coordinator or a sidecar')
    .action(() => run(async (context) => (await import('../commands/failpoints.ts')).list(context)));
}
