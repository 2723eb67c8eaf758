// Who may call what: by the name in the certificate, checked before a handler sees the call.

import { X509Certificate } from 'node:crypto';
import { ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import { toStatus } from '../failure/status.ts';
import { RunControlError } from '../failure/trouble.ts';
import { parseListen } from '../listen.ts';
import { nameOf, personOf, type Role, rolesOf, showCertificate } from './names.ts';
import type { Refused } from './refused.ts';

/** Roles that may call each method, by its name: `{ Submit: ['operator'] }`. What is not named nobody may. */
export type Access = Readonly<Record<string, readonly Role[]>>;

/** What grpc-js tells of the connection that a call came on. */
type Call = { getAuthContext(): { readonly sslPeerCertificate?: { readonly raw: Buffer } } };

/**
 * An interceptor that refuses with NOT_ALLOWED who may not call a method, and tells `refused`. `services` are those with rules, by
 * full name; the others (health, reflection) are for everyone whose certificate is good.
 */
export function accessInterceptor(
  services: Readonly<Record<string, Access>>,
  { realm, refused }: { readonly realm: string; readonly refused: (refused: Refused) => void },
): ServerInterceptor {
  return ({ path }, call) =>
    new ServerInterceptingCall(call, {
      start: (next) => {
        next({
          onReceiveMetadata: (metadata, go) => {
            const why = refusal(path, { realm, access: accessOf(path, services), call });
            if (why === undefined) return go(metadata);
            refused({ reason: 'name', peer: hostOf(call.getPeer()), why });
            call.sendStatus(toStatus(new RunControlError('NOT_ALLOWED', why)));
          },
        });
      },
    });
}

/** The person whose certificate the call came with; undefined without TLS. Throws RunControlError NOT_ALLOWED. */
export function callerOf(call: Call): string | undefined {
  const certificate = certificateOf(call);
  if (certificate === undefined) return undefined;
  const person = personOf(certificate);
  if (person !== undefined) return person;
  const shown = showCertificate(certificate);
  throw new RunControlError(
    'NOT_ALLOWED',
    `the certificate ${shown} names nobody: want one common name, e.g. CN=alice`,
  );
}

/** Whom the certificate names that the call came with; undefined when there is none, or it names nobody. */
export function namedBy(call: Call): string | undefined {
  const certificate = certificateOf(call);
  return certificate && personOf(certificate);
}

function accessOf(path: string, services: Readonly<Record<string, Access>>): readonly Role[] | undefined {
  const [, service = '', method = ''] = path.split('/');
  const access = Object.hasOwn(services, service) ? services[service] : undefined;
  if (access === undefined) return undefined;
  return Object.hasOwn(access, method) ? (access[method] ?? []) : [];
}

type Asked = {
  readonly realm: string;
  /** undefined: every role, and none, will do. */
  readonly access: readonly Role[] | undefined;
  readonly call: Call;
};

function refusal(path: string, { realm, access, call }: Asked): string | undefined {
  const certificate = certificateOf(call);
  if (certificate === undefined) return 'a client certificate is wanted here, and none was shown';
  if (access === undefined) return undefined;
  if (rolesOf(certificate, realm).some((role) => access.includes(role))) return undefined;
  const names = access.map((role) => nameOf(role, realm)).join(' or ') || 'nobody';
  return `${path.slice(1)} is for ${names}; the certificate shown is ${showCertificate(certificate)}`;
}

/** Without the port, which is another one each time. */
function hostOf(peer: string): string {
  return parseListen(peer)?.host ?? peer;
}

function certificateOf(call: Call): X509Certificate | undefined {
  const raw = call.getAuthContext().sslPeerCertificate?.raw;
  return raw === undefined ? undefined : new X509Certificate(raw);
}
