// How a coordinator is dialled: with a person's credentials, or in plaintext, beyond this machine only by name.

import { resolve } from 'node:path';
import { type Dialling, dialProblem } from '../../protos/credentials/dialling.ts';
import { showDate } from '../../protos/credentials/parse.ts';
import { openCredentials } from '../../protos/credentials/store.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { Whereabouts } from './address.ts';
import { parseAddresses } from './addresses.ts';
import type { Context } from './context.ts';
import { print } from './world.ts';

/**
 * How to dial a coordinator: --tls, else what its context says, else BATON_TLS; --insecure, its context or
 * BATON_INSECURE=1 allow plaintext to another machine. Throws RunControlError MALFORMED when the credentials
 * cannot be used, or when plaintext would leave this machine unasked.
 */
export function openDialling({ world, options }: Context, found: Whereabouts): Dialling {
  const { environment, directory } = world;
  const folder = options.tls ?? found.tls ?? environment['BATON_TLS'] ?? '';
  if (folder !== '') return withCredentials(world, resolve(directory, folder));
  const beyond = options.insecure || found.insecure === true || environment['BATON_INSECURE'] === '1';
  const dialling: Dialling = { kind: 'plaintext', beyond };
  // What goes through the API server leaves this machine under its TLS.
  if (found.cluster !== undefined) return dialling;
  const { address: addresses, source: path } = found;
  const problems = (parseAddresses(addresses) ?? []).flatMap(
    (address) => dialProblem(dialling, { path, address, how: '--tls DIR, or --insecure' }) ?? [],
  );
  if (problems.length === 0) return dialling;
  throw new RunControlError('MALFORMED', 'will not dial another machine in plaintext', { problems });
}

function withCredentials(world: Context['world'], folder: string): Dialling {
  const store = openCredentials({
    directory: folder,
    wanted: { role: 'operator', realm: undefined },
    wallMs: world.wallMs,
    notice: (notice) => {
      if (notice.type !== 'ending') return;
      const validTo = showDate(new Date(notice.credentials.validToMs));
      print(world.err, [`your certificate in ${folder} ends on ${validTo}: renew it soon`]);
    },
  });
  return { kind: 'tls', store };
}
