// A program for tests: goes for the Lease and tells what becomes of it, one word in a line. Its arguments are a
// kubeconfig, a namespace, the Lease's name and its own.

import { systemClock } from '../../../coordinator/clock.ts';
import { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { Candidate } from '../../../coordinator/lease/candidate.ts';

const [path = '', namespace = '', name = '', identity = ''] = process.argv.slice(2);

/** How often it looks whether it is certain, as a coordinator does before each thing that it does. */
const LOOK_MS = 20;

const tell = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const client = KubeClient.open({ kind: 'kubeconfig', path, context: undefined });
const candidate = Candidate.start({
  client,
  namespace,
  name,
  identity,
  clock: systemClock,
  random: Math.random,
  onWait: () => tell(`waits for ${candidate.holder()}`),
  onTrouble: (why) => tell(why === undefined ? 'no trouble' : `trouble: ${why.message}`),
  onLost: (holder) => tell(`lost to ${holder}`),
  onFatal: (error) => {
    throw error;
  },
});
process.on('SIGTERM', async () => {
  await candidate[Symbol.asyncDispose]();
  process.exit(0);
});
if (await candidate.elected) tell('leads');
let wasCertain = true;
setInterval(() => {
  const isCertain = candidate.isCertain();
  if (isCertain !== wasCertain) tell(isCertain ? 'certain' : 'uncertain');
  wasCertain = isCertain;
}, LOOK_MS);
