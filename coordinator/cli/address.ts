import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { parseListen } from '../../protos/listen.ts';

/** Where a coordinator listens when nobody says otherwise. */
export const DEFAULT_ADDRESS = '127.0.0.1:7400';

/** Where `baton up` keeps what belongs to it, below the working directory. */
export const UP_DIRECTORY = '.baton';

/** File in that directory that holds the coordinator's address while `baton up` runs. */
export const ADDRESS_FILE = 'address';

export type AddressSources = {
  readonly flag: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
};

/**
 * The coordinator's `host:port`: from the flag, BATON_ADDRESS, a `baton up` in this directory, or the
 * default, in this order. Throws RunControlError MALFORMED when what was given is no address.
 */
export function findAddress({ flag, environment, directory }: AddressSources): string {
  const variable = environment['BATON_ADDRESS'];
  if (flag !== undefined) return checked(flag, '--address');
  if (variable !== undefined && variable !== '') return checked(variable, 'BATON_ADDRESS');
  const file = join(directory, UP_DIRECTORY, ADDRESS_FILE);
  const told = readIfThere(file);
  return told === undefined ? DEFAULT_ADDRESS : checked(told, file);
}

function checked(text: string, path: string): string {
  const parsed = parseListen(text);
  if (parsed !== undefined && parsed.port > 0) return text;
  throw new RunControlError('MALFORMED', 'that is no address of a coordinator', {
    problems: [{ path, want: 'host:port, e.g. 127.0.0.1:7400', got: JSON.stringify(text) }],
  });
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new RunControlError('MALFORMED', `cannot read ${file}`, { cause: error });
  }
}
