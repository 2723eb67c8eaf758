// The last net: a shell that waits for the end of `baton up` and then ends what still lives of its children.

import { spawn } from 'node:child_process';
import type { Identity } from './procfs.ts';

/**
 * Reads "pid start" lines until the writer is gone, however it went. Then SIGTERM to the group of each that
 * still is the same process, and SIGKILL to those that live three seconds later. The 22nd field of
 * /proc/PID/stat is the start time; the second, the program's name in brackets, may hold anything.
 */
const SCRIPT = `
trap '' INT HUP TERM
started=
while read -r pid start; do started="$started $pid:$start"; done
signal_living() {
  signal=$1
  living=
  for each in $started; do
    stat=$(cat "/proc/\${each%%:*}/stat" 2>/dev/null) || continue
    set -- \${stat##*) }
    [ "\${20}" = "\${each##*:}" ] || continue
    living=yes
    kill -s "$signal" -- "-\${each%%:*}" 2>/dev/null
  done
}
signal_living TERM
for second in 1 2 3; do
  [ -n "$living" ] || exit 0
  sleep 1
  signal_living 0
done
signal_living KILL
`;

export type Guard = Disposable & { readonly watch: (identity: Identity) => void };

/** Starts the guard; where there is no /bin/sh or no /proc, only the next `baton up` cleans up. */
export function startGuard(): Guard {
  const shell = spawn('/bin/sh', ['-c', SCRIPT], {
    // A group of its own: the Ctrl-C of a terminal is not for it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  });
  // Nothing depends on it: a guard that cannot start, or has died, guards nothing.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  return {
    watch: ({ pid, startTime }) => {
      if (startTime !== '') shell.stdin.write(`${pid} ${startTime}\n`);
    },
    // By then everybody has ended and it finds nobody.
    [Symbol.dispose]: () => {
      shell.stdin.end();
    },
  };
}
