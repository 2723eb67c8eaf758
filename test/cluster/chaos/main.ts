// npm run test:cluster -- chaos --steps N --seed S      random trouble and random commands, judged by every promise

import { progressOnScreen } from '../progress.ts';
import { provideCluster } from '../provided.ts';
import { chaos, storyHere } from './chaos.ts';
import { type Asked, parseFlags, USAGE } from './flags.ts';
import { wordsOf } from './story/acts.ts';

const WRONG = 2;
const INTERRUPTED = 130;

/** What follows `chaos`; gives the exit code: 0 when every promise was kept. */
export async function chaosByWords(words: readonly string[]): Promise<number> {
  const asked = parseFlags(words);
  switch (asked.kind) {
    case 'help':
      process.stdout.write(USAGE);
      return 0;
    case 'wrong':
      process.stderr.write(`${asked.problems.join('\n')}\n${USAGE}`);
      return WRONG;
    case 'run':
      return asked.isOnlyTold ? tellOnly(asked) : runStory(asked);
  }
}

type Run = Extract<Asked, { kind: 'run' }>;

const say = (line: string) => process.stdout.write(`${line}\n`);

function tellOnly({ seed, steps }: Run): number {
  for (const { number, act, until } of storyHere(seed, steps)) {
    say(`${String(number).padStart(4)}  ${wordsOf(act)}${until > number ? ` (until ${until})` : ''}`);
  }
  return 0;
}

async function runStory({ seed, steps }: Run): Promise<number> {
  const stopping = new AbortController();
  const stop = () => {
    say('stopping: what is broken is mended, what was made is deleted');
    stopping.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    const cluster = await provideCluster(progressOnScreen());
    if (!cluster.isOwn)
      throw new Error('chaos breaks nodes and the API server: it needs a cluster of its own');
    await chaos({ cluster, seed, steps, signal: stopping.signal, write: say });
    if (stopping.signal.aborted) return INTERRUPTED;
    say('1 passed, 0 failed');
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) say('it was stopped before everything was up');
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    say('0 passed, 1 failed');
    return stopping.signal.aborted ? INTERRUPTED : 1;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
