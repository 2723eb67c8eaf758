// The last net: a shell that waits for the end of `baton up` and then ends what still lives of its children.

import { spawn } from 'node:child_process';
import { begin } from '../../protos/begin.ts';

/**
 * Waits until the writer of its input is gone, however it went; then SIGTERM to the group of each process in
 * the list of the started that still is the same one, and SIGKILL to those that live three seconds later.
 * The 22nd field of /proc/PID/stat is the start time; the second, the program's name in brackets, may hold
 * anything. The list is read last of all, so that it cannot grow while we wait.
 */
const SCRIPT = `
trap '' INT HUP TERM
cat > /dev/null
started=$(tr '{' '\\n' < "$1" |
  sed -n 's/.*"pid":\\([0-9]*\\),"startTime":"\\([0-9]*\\)".*/\\1:\\2/p')
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

/**
 * Starts the guard of the processes in the file at `list`. Disposing it lets it go: it finds nobody then.
 * Where there is no /bin/sh or no /proc, only the next `baton up` cleans up.
 */
export function startGuard(list: string): Disposable {
  const { child: shell } = begin(() =>
    spawn('/bin/sh', ['-c', SCRIPT, 'baton-guard', list], {
      // A group of its own: the Ctrl-C of a terminal is not for it.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
    }),
  );
  // Nothing depends on it: a guard that cannot start, or has died, guards nothing.
  shell?.on('error', () => {});
  shell?.stdin.on('error', () => {});
  shell?.unref();
  return {
    [Symbol.dispose]: () => {
      shell?.stdin.end();
    },
  };
}
