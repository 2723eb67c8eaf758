// The name server: on the machine itself, since pods reach the node's address as they reach each other.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathOf } from './binaries.ts';
import type { Certificates } from './certificates.ts';
import { FIRST_NODE } from './nodes.ts';
import type { Part } from './parts.ts';
import { LOGS, STATE } from './places.ts';

export const DNS_ADDRESS = FIRST_NODE.address;
export const DNS_DOMAIN = 'cluster.local';

/** Answers 200 at `/ready` once it has seen all Services and endpoints. */
export const DNS_READY = `http://${FIRST_NODE.loopback}:8181/ready`;

/** Times to live of an answer, in seconds: a name of a pod that has moved is forgotten soon. */
const TTL_SECONDS = 1;

/** Writes what CoreDNS reads and gives the part. */
export function dnsPart(server: string, certificates: Certificates): Part {
  const folder = join(STATE, 'dns');
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'Corefile');
  // It reads Services, endpoints and pods everywhere, on the machine of the administrator.
  const kubeconfig = certificates.kubeconfig({
    file: 'dns.conf',
    server,
    name: 'dns',
    group: 'system:masters',
  });
  writeFileSync(config, corefile(kubeconfig));
  return {
    name: 'dns',
    program: pathOf('dns'),
    args: ['-conf', config],
    log: join(LOGS, 'dns.log'),
  };
}

/** No other names exist: without a word of that, a resolver would take the server for broken and ask again. */
function corefile(kubeconfig: string): string {
  return `.:53 {
  bind ${DNS_ADDRESS}
  errors
  ready ${new URL(DNS_READY).host}
  kubernetes ${DNS_DOMAIN} in-addr.arpa {
    kubeconfig ${kubeconfig}
    ttl ${TTL_SECONDS}
  }
  template ANY ANY . {
    rcode NXDOMAIN
  }
}
`;
}
