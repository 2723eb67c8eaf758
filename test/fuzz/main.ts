// npm run fuzz -- --cases 100000 --first 0 [--only documents,flags]      many cases
// npm run fuzz -- --case 4711 [--only documents] --trace                 one of them

import { parseArgs } from 'node:util';
import { CASE_MS_MAX, KIND_NAMES, type Kind, type Result, runCases } from './run.ts';
import { startWatchdog } from './watchdog.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '6000' },
    first: { type: 'string', default: '0' },
    case: { type: 'string' },
    only: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});

const FINDINGS_TOLD_MAX = 20;
const say = (line: string) => process.stdout.write(`${line}\n`);

const only = values.only === undefined ? KIND_NAMES : values.only.split(',').map(kindCalled);
const first = whole('first', values.case ?? values.first);
const cases = values.case === undefined ? whole('cases', values.cases) : 1;

await using watchdog = await startWatchdog(3 * CASE_MS_MAX);
const startedMs = performance.now();
const { begins } = watchdog;
const plan = { first, cases, only, begins, ...(values.trace ? { trace: say } : {}) };
const result = await runCases(plan);
report(result, (performance.now() - startedMs) / 1_000);
process.exitCode = result.findings.length === 0 ? 0 : 1;

function report({ counts, findings }: Result, seconds: number): void {
  for (const [kind, { accepted, rejected }] of counts) {
    say(
      `${kind.padEnd(10)} ${String(accepted).padStart(7)} accepted ${String(rejected).padStart(7)} rejected`,
    );
  }
  const given = values.only === undefined ? '' : ` --only ${values.only}`;
  for (const { number, kind, sentence } of findings.slice(0, FINDINGS_TOLD_MAX)) {
    say(`case ${number} (${kind}): ${sentence}\n  see it: npm run fuzz -- --case ${number}${given} --trace`);
  }
  say(`${cases} cases in ${seconds.toFixed(1)} s: ${Math.round(cases / seconds)} a second`);
  // Not "failed": the closing line of a run is counted.
  say(`${cases - findings.length} passed, ${findings.length} failed`);
}

function whole(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  process.stderr.write(`--${name}: want a whole number, got ${JSON.stringify(text)}\n`);
  process.exit(2);
}

function kindCalled(name: string): Kind {
  const kind = KIND_NAMES.find((each) => each === name);
  if (kind !== undefined) return kind;
  process.stderr.write(`--only: want some of ${KIND_NAMES.join(', ')}, got ${JSON.stringify(name)}\n`);
  process.exit(2);
}
