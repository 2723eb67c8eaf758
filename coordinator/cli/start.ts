// The command as a process: what nobody handles is told as a bug, without its stack.

import { hearBugs } from '../../protos/failure/bug.ts';
import { wordsOf } from './called.ts';
import { explain } from './explain.ts';
import { runBaton } from './main.ts';
import { print, type World } from './world.ts';

/** Runs what was typed, by the program at `path`, and ends the process with its exit code. */
export async function startBaton(path: string, words: readonly string[], world: World): Promise<never> {
  hearBugs((error) => {
    const { exit, lines } = explain(error);
    world.err.settle();
    print(world.err, lines);
    process.exit(exit);
  });
  process.exit(await runBaton(wordsOf(path, words), world));
}
