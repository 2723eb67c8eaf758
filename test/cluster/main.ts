// npm run cluster -- up|down|status|env|build      a real Kubernetes with two nodes on this machine

import { unreachable } from '../../protos/failure/invariant.ts';
import { buildPrograms, PROGRAM_FOLDERS } from './binaries.ts';
import { machineLacks } from './machine.ts';
import { KUBECONFIG } from './places.ts';
import { type Progress, progressOnScreen } from './progress.ts';
import { goLacks } from './requirements.ts';
import { statusLines } from './status.ts';
import { down, upWithAll } from './up.ts';

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
      need([...machineLacks(), ...goLacks()]);
      await upWithAll(tell);
      return 0;
    case 'down':
      need(machineLacks());
      await down(tell);
      tell('down: no process, mount, bridge or cgroup is left');
      return 0;
    case 'build':
      need(goLacks());
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

/** Throws with all that the machine lacks. */
function need(lacks: readonly string[]): void {
  if (lacks.length > 0) throw new Error(lacks.join('\n'));
}
