import { join } from 'node:path';
import { ADDRESS_FILE } from '../cli/address.ts';

/** Where `baton up` keeps what belongs to it. */
export type Paths = ReturnType<typeof pathsIn>;

/** The files and folders below the directory of one `baton up`. */
export function pathsIn(directory: string) {
  return {
    directory,
    /** Held as long as the program lives. */
    lock: join(directory, 'up'),
    /** Who holds it. */
    holder: join(directory, 'up.json'),
    journal: join(directory, 'journal.sqlite'),
    targets: join(directory, 'targets.json'),
    address: join(directory, ADDRESS_FILE),
    coordinatorPort: join(directory, 'coordinator.port'),
    /** Which processes were started, for whoever comes after a kill -9. */
    started: join(directory, 'started.json'),
    logs: join(directory, 'logs'),
    pods: join(directory, 'pods'),
    pod: (target: string) => join(directory, 'pods', target),
    log: (name: string) => join(directory, 'logs', `${name}.log`),
  };
}
