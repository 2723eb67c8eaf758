// The credentials of a `baton up`: the coordinator's for the coordinator and for us, the sidecar's for all
// sidecars. Pods are reported with the coordinator's, since our word on a pod's end is taken as proof.

import type { Dialling } from '../../protos/credentials/dialling.ts';
import { openCredentials } from '../../protos/credentials/store.ts';
import { type Problem, RunControlError } from '../../protos/failure/trouble.ts';
import type { PartitionDocument } from '../document/document.ts';
import { credentialsOf, type UpOptions } from './setting.ts';

const ROLES = ['coordinator', 'sidecar'] as const;

/** Throws RunControlError MALFORMED with all problems of all credentials, before anything is started. */
export function checkCredentials({ tls }: UpOptions, { name: partition }: PartitionDocument): void {
  if (tls === undefined) return;
  const problems: Problem[] = [];
  for (const role of ROLES) {
    try {
      open(credentialsOf(tls, role), { role, realm: partition })[Symbol.dispose]();
    } catch (error) {
      if (!(error instanceof RunControlError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) {
    throw new RunControlError('MALFORMED', `the credentials in ${tls} cannot be used`, { problems });
  }
}

/** How we dial our own coordinator, wherever it listens. */
export function openDialling({ tls }: UpOptions, { name: partition }: PartitionDocument): Dialling {
  if (tls === undefined) return { kind: 'plaintext', beyond: true };
  return {
    kind: 'tls',
    store: open(credentialsOf(tls, 'coordinator'), { role: 'coordinator', realm: partition }),
  };
}

function open(directory: string, wanted: { readonly role: (typeof ROLES)[number]; readonly realm: string }) {
  // The coordinator and the sidecars log what becomes of the same files.
  return openCredentials({ directory, wanted, notice: () => undefined });
}
