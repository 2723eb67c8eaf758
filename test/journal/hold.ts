// A program for tests: waits for the lock of the journal that its argument names, and tells when it waits and
// when it holds it. It never lets go.

import { waitForLock } from '../../coordinator/lease/lock.ts';

const lock = await waitForLock(process.argv[2] ?? '', {
  signal: new AbortController().signal,
  onWait: () => process.stdout.write('waits\n'),
});
process.stdout.write('holds\n');
setInterval(() => lock, 1_000_000);
