import type { Who } from '../../api/audit.ts';
import type { Caller } from './permission.ts';

/** Where the API server tells which token it was, as it also stands in the audit log of whoever asked for that token. */
const CREDENTIAL = 'authentication.kubernetes.io/credential-id';

/** The caller for the record. The id of a token is no secret, and leads to the person who asked for it. */
export function whoIs({ person }: Caller): Who {
  const [credential] = person.extra[CREDENTIAL] ?? [];
  return { name: person.name, credential };
}
