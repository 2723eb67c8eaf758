// npm run test:cluster [-- FILE…]      what needs the programs of Kubernetes, and what needs a whole cluster
// npm run test:cluster -- chaos --steps N --seed S      a story of chaos; --help tells more

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { auditMark } from './audit.ts';
import { buildPrograms } from './binaries.ts';
import { chaosByWords } from './chaos/main.ts';
import { progressOnScreen } from './progress.ts';
import { whatLacks } from './requirements.ts';

/** Tests of two releases: only when they are asked for. */
const RELEASES = 'cluster/releases';

const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

const asked = process.argv.slice(2);
const [first, ...rest] = asked;
process.exitCode = first === 'chaos' && rest.length > 0 ? await chaosByWords(rest) : await suite();

function suite(): Promise<number> | number {
  const lacks = whatLacks();
  return lacks.length === 0 ? runTests() : notRun(lacks);
}

/** Vitest's exit code; its own closing lines are the count. */
async function runTests(): Promise<number> {
  await buildPrograms(progressOnScreen());
  const releases = asked.some((path) => path.includes(RELEASES)) ? ['releases'] : [];
  const projects = ['api', 'cluster', 'after', ...releases].flatMap((name) => ['--project', name]);
  const words = ['run', ...projects, ...asked];
  // What is asked of the API server from here on is the suite's.
  const env = { ...process.env, BATON_AUDIT_MARK: String(auditMark()) };
  const child = spawn(process.execPath, [VITEST, ...words], { stdio: 'inherit', env });
  const [code]: (number | null)[] = await once(child, 'exit');
  return code ?? 1;
}

/** On a machine of continuous integration everything must be there. */
function notRun(sentences: readonly string[]): number {
  for (const sentence of sentences) process.stderr.write(`${sentence}\n`);
  const mustRun = process.env['CI'] === 'true';
  process.stdout.write(`The cluster tests were not run.\n0 passed, ${mustRun ? 1 : 0} failed\n`);
  return mustRun ? 1 : 0;
}
