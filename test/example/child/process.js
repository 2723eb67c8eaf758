// A process that obeys lines, whole: it counts while a run goes on. Its sidecar starts it: `node process.js`.
// The lines are told in sidecar/process/child/README.md; nothing but a JSON library is needed for them.

import { createInterface } from 'node:readline';

let state = 'idle';
let counter;

/** What each transition does: it gives the state that it leads to, or throws why it could not. */
const transitions = {
  start: async ({ runNumber }) => {
    let count = 0;
    // What is no message goes to the log.
    counter = setInterval(() => console.log(`run ${runNumber}: ${++count}`), 1_000);
    return 'running';
  },
  stop: async () => {
    clearInterval(counter);
    return 'idle';
  },
  recover: async () => state,
};

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

async function perform(request) {
  const { token, transition } = request;
  const work = transitions[transition];
  if (!work) return say({ answer: { token, outcome: 'refused', state, cause: `no ${transition} here` } });
  try {
    state = await work(request);
    say({ answer: { token, outcome: 'executed', state } });
  } catch (error) {
    say({ answer: { token, outcome: 'failed', state, cause: String(error) } });
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const { perform: request } = JSON.parse(line);
  // What runs here ends soon by itself: a wish to give up needs no answer of its own.
  if (request) perform(request);
});
// The sidecar is gone: nobody will ask any more.
lines.on('close', () => process.exit(0));
say({ state });
