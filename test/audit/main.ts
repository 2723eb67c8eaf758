// `npm run audit`: fails when the registry knows something high or critical against a package that Baton is made of. A
// registry that does not answer is no finding: it is said, and nothing is counted.

import { spawnSync } from 'node:child_process';
import { judge } from './judge.ts';

/** For the answer of a registry, in milliseconds. */
const LIMIT_MS = 60_000;

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  encoding: 'utf8',
  timeout: LIMIT_MS,
});
const judgement = judge(stdout ?? '');
if (judgement.kind === 'notAsked') {
  process.stdout.write(`The registry was not asked about the packages: ${judgement.why}\n`);
} else {
  for (const finding of judgement.findings) process.stdout.write(`${finding}\n`);
  const { length } = judgement.findings;
  process.stdout.write(`${length === 0 ? '1 passed, 0 failed' : `0 passed, ${length} failed`}\n`);
  process.exitCode = length === 0 ? 0 : 1;
}
