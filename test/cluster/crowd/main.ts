// npm run bench:api [-- --pods N --silence refuse|swallow]     what thousands of pods cost a coordinator

import { parseArgs } from 'node:util';
import { type Figures, measure } from './measure.ts';

const { values } = parseArgs({
  options: {
    pods: { type: 'string', default: '5000' },
    silence: { type: 'string', default: 'refuse' },
  },
});
const silence = values.silence === 'swallow' ? 'swallow' : 'refuse';
const figures = await measure({ pods: Number(values.pods), silence, restMs: 60_000 }, (words) =>
  process.stderr.write(`${words}\n`),
);
process.stdout.write(`${linesOf(figures).join('\n')}\n`);

function linesOf(figures: Figures): readonly string[] {
  return [
    `all pods known after   ${(figures.settledMs / 1_000).toFixed(1)} s`,
    `memory                 ${figures.rssMb.toFixed(0)} MB, at most ${figures.peakMb.toFixed(0)} MB`,
    `processor at rest      ${figures.restCores.toFixed(2)} cores`,
    `log lines at rest      ${figures.restLines} in a minute`,
    `writes until it rests  ${counted(figures.startWrites)}`,
    `writes at rest         ${counted(figures.restWrites)} in a minute`,
  ];
}

function counted(writes: readonly string[]): string {
  const counts = Map.groupBy(writes, (each) => each);
  return [...counts].map(([what, all]) => `${all.length} ${what}`).join(', ') || 'none';
}
