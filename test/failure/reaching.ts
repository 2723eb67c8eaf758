// A program that passes failpoints and says so: `node reaching.ts POINT[/DURING]…`.

import { type Arming, parseArming } from '../../protos/failure/failpoints.ts';
import { armFailpoint, reach } from '../../protos/failure/reach.ts';

armFailpoint('sidecar', process.env);
for (const word of process.argv.slice(2)) {
  const { point, during }: Arming = parsed(word);
  reach(point, during);
  process.stdout.write(`passed ${word}\n`);
}

function parsed(word: string): Arming {
  const arming = parseArming(word);
  if ('path' in arming) throw new Error(arming.got);
  return arming;
}
