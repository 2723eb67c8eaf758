// What a test of a real API server stands on: one server with our kinds for each file, and what each test holds.

import { afterAll, afterEach, beforeAll } from 'vitest';
import { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { NAMESPACES } from '../../../coordinator/cluster/client/resource.ts';
import { type ControlPlane, startControlPlane } from '../controlPlane.ts';
import { installKinds } from './kinds.ts';

export type Ground = {
  readonly plane: ControlPlane;
  /** As the administrator. */
  readonly client: KubeClient;
  /** Given back after each test. */
  readonly held: AsyncDisposableStack;
  /** A namespace of its own, so that tests do not see one another; gives its name. */
  namespace(name: string): Promise<string>;
};

/** An API server with our kinds for the tests of the file that calls this. Asked for before its hooks it throws. */
export function useApiServer(): Ground {
  let begun: { readonly plane: ControlPlane; readonly client: KubeClient } | undefined;
  let held = new AsyncDisposableStack();
  const here = () => {
    if (begun === undefined) throw new Error('the API server is there once the tests of the file have begun');
    return begun;
  };
  beforeAll(async () => {
    const plane = await startControlPlane();
    const client = KubeClient.open({ kind: 'kubeconfig', path: plane.kubeconfig, context: undefined });
    begun = { plane, client };
    await installKinds(client);
  }, 120_000);
  afterAll(async () => {
    await begun?.client[Symbol.asyncDispose]();
    await begun?.plane[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    await held.disposeAsync();
    held = new AsyncDisposableStack();
  });
  return {
    get plane() {
      return here().plane;
    },
    get client() {
      return here().client;
    },
    get held() {
      return held;
    },
    namespace: async (name) => {
      await here().client.create(NAMESPACES, {}, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      return name;
    },
  };
}
