// What is logged of credentials, in the same words by every program.

import { unreachable } from '../failure/invariant.ts';
import { problemLine } from '../failure/trouble.ts';
import { showCertificate } from './names.ts';
import { type Credentials, showDate } from './parse.ts';
import { newsFilter, type Refused } from './refused.ts';
import type { CredentialNotice } from './store.ts';

type Log = Readonly<Record<'info' | 'warn' | 'error', (fields: object, message: string) => void>>;

/** Logs notices of the credentials in a folder. */
export function tellCredentials(log: Log, directory: string): (notice: CredentialNotice) => void {
  return (notice) => {
    switch (notice.type) {
      case 'renewed':
        log.info(shown(directory, notice.credentials), 'credentials are renewed; new connections use them');
        break;
      case 'notTaken': {
        const problems = notice.problems.map(problemLine);
        log.error({ directory, problems }, 'new credentials are not taken; those before stay in use');
        break;
      }
      case 'ending':
        log.warn(shown(directory, notice.credentials), 'credentials end soon; renew them');
        break;
      case 'ended':
        log.error(shown(directory, notice.credentials), 'credentials have ended; new connections will fail');
        break;
      default:
        unreachable(notice);
    }
  };
}

/** Logs that a peer was turned away, as far as that is news. */
export function tellRefused(log: Log): (refused: Refused) => void {
  const isNews = newsFilter();
  return (refused) => {
    if (isNews(refused)) log.warn({ peer: refused.peer, why: refused.why }, 'a peer was turned away');
  };
}

function shown(directory: string, { certificate, validToMs }: Credentials): object {
  return { directory, certificate: showCertificate(certificate), validTo: showDate(new Date(validToMs)) };
}
