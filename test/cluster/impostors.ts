// A pod beside the DAQ that calls a sidecar's control port under several names, and says what became of each.

import type { Pair } from '../../coordinator/cluster/identity/certificate.ts';
import { SIDECAR_PORT } from '../../coordinator/cluster/names.ts';
import type { Site } from './site.ts';

/** Who calls: with a certificate, with none, or without TLS. */
export type Caller = Pair | 'no certificate' | 'plaintext';

const NAME = 'impostors';

/** How long it may take to be placed and to have called, in seconds. */
const LIMIT_SECONDS = 120;

/**
 * By the name of each caller: the gRPC status with which its control stream was refused, `open` when it was not, or why
 * there was no connection.
 */
export async function callsOf(
  site: Site,
  podIp: string,
  callers: Readonly<Record<string, Caller>>,
): Promise<Readonly<Record<string, string>>> {
  const data = Object.entries(callers).flatMap(([name, caller]) =>
    typeof caller === 'string'
      ? []
      : [
          [`${name}.crt`, caller.certificate],
          [`${name}.key`, caller.key],
        ],
  );
  await site.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: NAME },
    stringData: Object.fromEntries(data),
  });
  const kinds = Object.entries(callers).map(([name, caller]) => [
    name,
    typeof caller === 'string' ? caller : 'with',
  ]);
  const url = `://${podIp}:${SIDECAR_PORT}`;
  await site.apply(podBody(site, [JSON.stringify(Object.fromEntries(kinds)), url]));
  const until = '--for=jsonpath={.status.phase}=Succeeded';
  await site.kubectl('wait', until, `pod/${NAME}`, `--timeout=${LIMIT_SECONDS}s`);
  const said: unknown = JSON.parse(await site.kubectl('logs', NAME));
  await site.kubectl('delete', 'pod', NAME, '--wait=false');
  const entries = typeof said === 'object' && said !== null ? Object.entries(said) : [];
  return Object.fromEntries(entries.map(([name, became]) => [name, String(became)]));
}

function podBody(site: Site, args: readonly string[]): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: NAME },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, fsGroup: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
      volumes: [{ name: 'callers', secret: { secretName: NAME } }],
      containers: [
        {
          name: NAME,
          image: site.image('coordinator'),
          command: ['node', '-e', SCRIPT, '--'],
          args,
          volumeMounts: [{ name: 'callers', mountPath: '/callers', readOnly: true }],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
}

/** What the image has is Node: a control stream is opened by hand, as far as it gets. */
const SCRIPT = `
const http2 = require('http2');
const fs = require('fs');
const [kinds, url] = [JSON.parse(process.argv[1]), process.argv[2]];
const call = ([name, kind]) => new Promise((resolve) => {
  const read = (part) => fs.readFileSync('/callers/' + name + part);
  const own = kind === 'with' ? { cert: read('.crt'), key: read('.key') } : {};
  const session = kind === 'plaintext'
    ? http2.connect('http' + url)
    : http2.connect('https' + url, { ...own, rejectUnauthorized: false });
  const end = (became) => { resolve([name, String(became)]); session.destroy(); };
  session.on('error', (error) => end(error.code || error.message));
  session.on('close', () => end('closed'));
  const stream = session.request({
    ':method': 'POST',
    ':path': '/baton.v1.Sidecar/Control',
    'content-type': 'application/grpc+proto',
    te: 'trailers',
  });
  stream.on('error', (error) => end(error.code || error.message));
  const look = (headers) => { if (headers['grpc-status'] !== undefined) end(headers['grpc-status']); };
  stream.on('response', look);
  stream.on('trailers', look);
  setTimeout(() => end('open'), 4000);
});
Promise.all(Object.entries(kinds).map(call)).then((all) => {
  process.stdout.write(JSON.stringify(Object.fromEntries(all)));
});
`;
