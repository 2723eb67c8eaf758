// A server and clients with certificates of a test's own making.

import { pino } from 'pino';
import { dialCredentials, type Shown, type TlsCredentials } from '../../protos/credentials/dial.ts';
import type { Role } from '../../protos/credentials/names.ts';
import type { Refused } from '../../protos/credentials/refused.ts';
import { type CredentialStore, openCredentials } from '../../protos/credentials/store.ts';
import { fromStatus, isServiceError } from '../../protos/failure/status.ts';
import type { SidecarClient } from '../../protos/generated/baton/v1/Sidecar.ts';
import { CHANNEL_OPTIONS, v1 } from '../../protos/load.ts';
import { type Serving, serve } from '../../protos/serve.ts';
import { unary } from '../../protos/unary.ts';
import { type Files, type Folder, newFolder } from './folder.ts';

export const LOG = pino({ level: 'silent' });

/** How long a call may take, in milliseconds. */
const CALL_MS_MAX = 10_000;

export type Identity = Disposable & { readonly folder: Folder; readonly store: CredentialStore };

/** An identity with these files, which is looked at all the time. */
export function identity(role: Role, files: Files, realm: string | undefined = 'mini'): Identity {
  const folder = newFolder();
  folder.swap(files);
  const store = openCredentials({
    directory: folder.path,
    wanted: { role, realm },
    notice: () => undefined,
    lookMs: 5,
  });
  return {
    folder,
    store,
    [Symbol.dispose]: () => {
      store[Symbol.dispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** Serves a sidecar that only describes, after `before`, and watches; operators may, the coordinator too, others not. */
export function sidecarServer(
  store: CredentialStore,
  refused: (refused: Refused) => void = () => undefined,
  before: () => Promise<void> = async () => undefined,
): Promise<Serving> {
  const machine = { name: 'm', hash: '', initial: 'a', states: [], transitions: [], sequences: [] };
  const describe = async () => {
    await before();
    return { machine };
  };
  return serve({
    listen: '127.0.0.1:0',
    insecureListen: false,
    tls: { store, realm: 'mini', refused },
    services: [
      {
        name: 'baton.v1.Sidecar',
        definition: v1.Sidecar.service,
        access: { DescribeMachine: ['coordinator', 'operator'], WatchState: ['coordinator'] },
        handlers: {
          describeMachine: unary(describe),
          getState: unary(() => ({})),
          watchState: (call: {
            write(message: object): void;
            on(event: 'cancelled', run: () => void): void;
          }) => call.write({ state: { stateNumber: 1 } }),
        },
      },
    ],
  });
}

export type Dialled = Disposable & {
  readonly stub: SidecarClient;
  readonly credentials: TlsCredentials;
  /** Asks for the machine; the sentence of what went wrong, or its name. */
  describe(): Promise<string>;
};

/** A client of the sidecar at `address`. */
export function dialSidecar(address: string, store: Shown, realm?: string): Dialled {
  const credentials = dialCredentials({ store, role: 'sidecar', realm });
  const stub = new v1.Sidecar(address, credentials, {
    ...CHANNEL_OPTIONS,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 50,
  });
  return { stub, credentials, describe: () => describe(stub), [Symbol.dispose]: () => stub.close() };
}

/** Asks a sidecar for its machine: its name, or the code and sentence of the trouble. */
export function describe(stub: SidecarClient): Promise<string> {
  return new Promise((resolve, reject) => {
    stub.describeMachine({}, { deadline: Date.now() + CALL_MS_MAX }, (error, answer) => {
      if (error === null) resolve(answer?.machine?.name ?? '');
      else if (!isServiceError(error)) reject(error);
      else {
        const { code, message } = fromStatus(error);
        resolve(`${code}: ${message}`);
      }
    });
  });
}
