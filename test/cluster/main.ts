// npm run cluster -- up|down|status|env|build      a real Kubernetes with two nodes on this machine

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unreachable } from '../../protos/failure/invariant.ts';
import { tryLockFile } from '../../protos/lock.ts';
import { buildPrograms, PROGRAM_FOLDERS } from './binaries.ts';
import { lacks } from './machine.ts';
import { installPackages } from './packages.ts';
import { KUBECONFIG, STATE } from './places.ts';
import { type Progress, progressOnScreen } from './progress.ts';
import { statusLines } from './status.ts';
import { sweep } from './sweep.ts';
import { up } from './up.ts';

const WORDS = ['up', 'down', 'status', 'env', 'build'] as const;
type Word = (typeof WORDS)[number];

const USAGE = `usage: npm run cluster -- up | down | status | env | build
  up       starts what does not run; the first time it builds Kubernetes, which takes minutes
  down     ends all of it and leaves nothing
  status   what runs
  env      words for a shell: eval "$(npm run --silent cluster -- env)"
  build    only the programs
`;

const say = (line: string) => process.stdout.write(`${line}\n`);
const word = WORDS.find((each) => each === process.argv[2]);
if (word === undefined || process.argv.length > 3) {
  process.stderr.write(USAGE);
  process.exit(2);
}
try {
  process.exitCode = await obey(word, progressOnScreen());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** Does what the word says and gives the exit code. */
async function obey(what: Word, tell: Progress): Promise<number> {
  switch (what) {
    case 'up':
      return changing(async () => {
        await installPackages(tell);
        await buildPrograms(tell);
        await up(tell);
      });
    case 'down':
      return changing(async () => {
        await sweep();
        tell('down: no process, mount, bridge or cgroup is left');
      });
    case 'build':
      await buildPrograms(tell);
      return 0;
    case 'env':
      say(`export KUBECONFIG=${KUBECONFIG}`);
      say(`export PATH=${PROGRAM_FOLDERS.join(':')}:$PATH`);
      return 0;
    case 'status': {
      const { lines, isUp } = await statusLines();
      for (const line of lines) say(line);
      return isUp ? 0 : 1;
    }
    default:
      return unreachable(what);
  }
}

/** One at a time on a machine; throws with all that the machine lacks. */
async function changing(act: () => Promise<void>): Promise<number> {
  const missing = lacks();
  if (missing.length > 0) throw new Error(missing.join('\n'));
  mkdirSync(dirname(STATE), { recursive: true });
  using lock = tryLockFile(join(dirname(STATE), 'cluster.lock'));
  if (lock === undefined) throw new Error('another "npm run cluster" is at work; wait until it has ended');
  await act();
  return 0;
}
