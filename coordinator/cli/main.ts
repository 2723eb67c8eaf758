import { CommanderError } from 'commander';
import { clientVersion } from './commands/version.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { explain } from './explain.ts';
import { buildProgram } from './program.ts';
import { print, type World } from './world.ts';

/** Runs `baton` with these words (without the program's own name) and gives its exit code; never throws. */
export async function runBaton(words: readonly string[], world: World): Promise<ExitCode> {
  let result: ExitCode = EXIT.done;
  const program = buildProgram(world, (code) => {
    result = code;
  });
  program.version(clientVersion(), '-V, --version', 'show the version of this client');
  try {
    await program.parseAsync([...words], { from: 'user' });
    return result;
  } catch (error) {
    // Commander has said its words already; only what help was asked for is no mistake.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const { exit, lines } = explain(error);
    print(world.err, lines);
    if (world.environment['BATON_DEBUG'] === '1' && error instanceof Error) {
      print(world.err, [error.stack ?? '']);
    }
    return exit;
  }
}
