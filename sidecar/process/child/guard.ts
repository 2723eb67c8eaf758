// The last net: a shell that waits for the end of the sidecar, and then ends the child that it left behind.
// In a container the kernel does that when the entry point ends; where a sidecar is started by hand nobody does.

import { spawn } from 'node:child_process';
import { begin } from '../../../protos/begin.ts';
import type { Identity } from '../../../protos/procfs.ts';

/**
 * Waits until the writer of its input is gone, however it went; then SIGTERM to the process with that pid if it
 * still is the one with that start time, and SIGKILL if it lives three seconds later. The 22nd field of
 * /proc/PID/stat is the start time; the second, the program's name in brackets, may hold anything.
 */
const SCRIPT = `
trap '' INT HUP TERM
cat > /dev/null
signal_living() {
  stat=$(cat "/proc/$2/stat" 2>/dev/null) || exit 0
  started=$3
  signal=$1
  pid=$2
  set -- \${stat##*) }
  [ "\${20}" = "$started" ] || exit 0
  kill -s "$signal" "$pid" 2>/dev/null
}
signal_living TERM "$1" "$2"
sleep 3
signal_living KILL "$1" "$2"
`;

/**
 * Starts the guard of a process. Disposing it lets it go. Where there is no /bin/sh or no /proc, a child that
 * does not end at the end of its input may outlive a sidecar that was killed.
 */
export function startGuard({ pid, startTime }: Identity): Disposable {
  const { child: shell } = begin(() =>
    spawn('/bin/sh', ['-c', SCRIPT, 'baton-guard', String(pid), startTime], {
      // A group of its own: what is meant for the sidecar's is not for it.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
    }),
  );
  // Nothing depends on it: a guard that cannot start, or has died, guards nothing.
  shell?.on('error', () => undefined);
  shell?.stdin.on('error', () => undefined);
  shell?.unref();
  return {
    [Symbol.dispose]: () => {
      shell?.stdin.end();
    },
  };
}
