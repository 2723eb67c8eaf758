import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';

/**
 * Names the present boot of the kernel: what another boot wrote is void, as its processes are gone. Where
 * the system does not tell (neither Linux nor macOS) a random id, so that nothing older is ever believed.
 */
export function readBootId(): string {
  try {
    if (platform() === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    if (platform() === 'darwin') {
      return execFileSync('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' }).trim();
    }
  } catch {
    // A container without /proc: the memory will not survive a restart, which is safe.
  }
  return randomUUID();
}
