// Where a process takes data, and where its peers do: on one machine by files with port numbers, in a cluster
// by the names of pods, which stay while addresses change.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { assert } from '../../../protos/failure/invariant.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { type ListenAddress, parseListen } from '../../../protos/listen.ts';
import { portPath } from '../run/names.ts';

export type Places = {
  /** Which DAQ this is: links are made within one only. */
  readonly daq: string;
  /** Where links are taken; port 0: the kernel chooses. */
  readonly listen: ListenAddress;
  /** Lets the peers know under which port links are taken. */
  tell(port: number): void;
  /** Where a peer takes links, looked up anew each time. Throws RunControlError UNREACHABLE when it has not told. */
  find(peer: string): ListenAddress;
};

export type PlacesOptions = {
  readonly name: string;
  readonly dataDir: string;
  readonly dataListen: ListenAddress;
  /** `minidaq-{role}-{ordinal}.minidaq-{role}:7410`; undefined: by port files in the data folder. */
  readonly peers: string | undefined;
};

/** The places of one process's peers, as its settings want them. */
export function createPlaces(options: PlacesOptions): Places {
  const { peers, dataListen } = options;
  return peers === undefined ? portFiles(options) : hostNames(peers, dataListen);
}

/** `template` with the parts of a name such as `readout-2` in it; undefined when it names no address then. */
export function placeOf(template: string, name: string): ListenAddress | undefined {
  const [, role = '', ordinal = ''] = /^([a-z]+)-(\d+)$/.exec(name) ?? [];
  return parseListen(template.replaceAll('{role}', role).replaceAll('{ordinal}', ordinal));
}

function hostNames(template: string, listen: ListenAddress): Places {
  return {
    daq: template,
    listen,
    tell: () => undefined,
    find: (peer) => {
      const place = placeOf(template, peer);
      assert(place !== undefined, 'the template of peers was checked');
      return place;
    },
  };
}

function portFiles({ name, dataDir, dataListen }: PlacesOptions): Places {
  const path = portPath(dataDir, name);
  return {
    daq: dataDir,
    listen: dataListen,
    tell: (port) => {
      mkdirSync(dirname(path), { recursive: true });
      // A peer that reads while we write must never see half a number.
      writeFileSync(`${path}.new`, `${port}\n`);
      renameSync(`${path}.new`, path);
    },
    find: (peer) => ({ host: '127.0.0.1', port: readPort(portPath(dataDir, peer)) }),
  };
}

function readPort(path: string): number {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new RunControlError('UNREACHABLE', `no port is told in ${path}`, { cause: error });
  }
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new RunControlError('UNREACHABLE', `${path} holds no port: ${JSON.stringify(text.slice(0, 40))}`);
}
