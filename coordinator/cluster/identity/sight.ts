// What the sidecars of pods show in a handshake now. A kubelet brings the three files of a Secret at once, so whoever
// shows the certificate that is in it trusts the authorities that are in it.

import { type Shown, TlsCredentials } from '../../../protos/credentials/dial.ts';
import { channelCredentials } from '../../../protos/credentials/dialling.ts';
import { showAddress } from '../../../protos/listen.ts';
import { ONE_ATTEMPT_OPTIONS, v1 } from '../../../protos/load.ts';
import { SIDECAR_PORT } from '../names.ts';
import { keyOf } from '../resources/metadata.ts';
import type { Pod } from '../resources/pod.ts';

/** Sidecars that are asked at the same time. */
const ASKED_MAX = 32;

/** How long one may take, in milliseconds. */
const ANSWER_MS_MAX = 5_000;

export type SightParts = {
  readonly pods: () => Iterable<Pod>;
  readonly addressOf?: ((pod: Pod) => string) | undefined;
  /** What we show in a namespace. */
  readonly own: (namespace: string) => Shown;
};

export class Sight {
  readonly #parts: SightParts;
  /** By the UID of a pod: the fingerprint that it has shown last. */
  #shown = new Map<string, string>();

  constructor(parts: SightParts) {
    this.#parts = parts;
  }

  /**
   * Asks every sidecar with an identity that has not shown yet what `wanted` says for its namespace; gives those that
   * still have not, `namespace/pod` each, or undefined when it was given up.
   */
  async unseen(
    wanted: (namespace: string) => string,
    signal: AbortSignal,
  ): Promise<readonly string[] | undefined> {
    const pods = [...this.#parts.pods()].filter(hasIdentity);
    const known = new Map(pods.map(({ uid }) => [uid, this.#shown.get(uid) ?? '']));
    this.#shown = known;
    const lacking = () => pods.filter(({ uid, namespace }) => known.get(uid) !== wanted(namespace));
    const waiting = lacking();
    const next = async (): Promise<void> => {
      for (let pod = waiting.shift(); pod !== undefined; pod = waiting.shift()) {
        if (signal.aborted) return;
        known.set(pod.uid, await this.#ask(pod));
      }
    };
    await Promise.all(Array.from({ length: ASKED_MAX }, next));
    return signal.aborted ? undefined : lacking().map(keyOf);
  }

  /** Fingerprint of what the sidecar shows; empty: it does not answer, or does not take what we show. */
  #ask(pod: Pod): Promise<string> {
    const { namespace } = pod;
    const dialling = { kind: 'tls', store: this.#parts.own(namespace), realm: namespace } as const;
    const credentials = channelCredentials(dialling, 'sidecar');
    const client = new v1.Sidecar(
      (this.#parts.addressOf ?? addressOf)(pod),
      credentials,
      ONE_ATTEMPT_OPTIONS,
    );
    const { promise, resolve } = Promise.withResolvers<string>();
    client.getState({}, { deadline: Date.now() + ANSWER_MS_MAX }, (error) => {
      const peer = credentials instanceof TlsCredentials ? credentials.peer : undefined;
      resolve(error === null ? (peer?.fingerprint256 ?? '') : '');
    });
    return promise.finally(() => client.close());
  }
}

/** Its sidecar runs, or may run again: only a kubelet's word that it has ended for good counts as that. */
function hasIdentity({ identity, ip, phase, sidecar }: Pod): boolean {
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  const hasRun = sidecar !== undefined && sidecar.id !== '';
  return identity !== '' && ip !== '' && hasRun && !isOver;
}

function addressOf({ ip }: Pod): string {
  return showAddress({ host: ip, port: SIDECAR_PORT });
}
