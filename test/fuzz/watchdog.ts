// A case that never gives the thread back cannot be timed by a timer of that thread: another one looks.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const LOOK_MS = 1_000;

const SCRIPT = `
  const { workerData, parentPort } = require('node:worker_threads');
  const now = new Int32Array(workerData.shared);
  let last = -1;
  let looks = 0;
  setInterval(() => {
    looks = now[0] === last ? looks + 1 : 0;
    last = now[0];
    if (last < 0 || looks * ${LOOK_MS} < workerData.limitMs) return;
    require('node:fs').writeSync(2, 'case ' + last + ' hangs: the thread does not come back\\n');
    process.kill(process.pid, 'SIGKILL');
  }, ${LOOK_MS});
  parentPort.postMessage('looks');
`;

export type Watchdog = AsyncDisposable & { begins(number: number): void };

/** Ends this process with a word when a case holds its thread for longer than that; resolves once it looks. */
export async function startWatchdog(limitMs: number): Promise<Watchdog> {
  const shared = new SharedArrayBuffer(4);
  const now = new Int32Array(shared);
  now[0] = -1;
  const worker = new Worker(SCRIPT, { eval: true, execArgv: [], workerData: { shared, limitMs } });
  await once(worker, 'message');
  worker.unref();
  return {
    begins: (number) => {
      now[0] = number;
    },
    [Symbol.asyncDispose]: async () => {
      await worker.terminate();
    },
  };
}
