// A sidecar that does at once whatever it is asked: enough of one for tests of the coordinator's shell.

import type { Request__Output } from '../../protos/generated/baton/v1/Request.ts';
import type { State } from '../../protos/generated/baton/v1/State.ts';
import { machineHash } from '../../protos/machine/hash.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { type FakeSidecar, fakeSidecar, state, welcome } from '../fleet/fakeSidecar.ts';

export type Obedient = FakeSidecar & {
  /** From now on it does nothing and says nothing, until `goOn`. */
  hold(): void;
  /** Answers what it was asked meanwhile. */
  goOn(): void;
  readonly asked: readonly Request__Output[];
};

/** A sidecar of the machine `minimal` that executes every request. */
export async function obedientSidecar(
  target: string,
  podUid = `pod-of-${target}`,
  contractVersion = 1,
): Promise<Obedient> {
  const asked: Request__Output[] = [];
  let at = 'idle';
  let stateNumber = 1;
  let isHeld = false;
  const present = (): State => state({ podUid }, { state: at, stateNumber });
  const execute = (request: Request__Output): void => {
    at = request.to;
    stateNumber += 1;
    const { token, incarnation } = request;
    const answer = { token, incarnation, kind: 'ANSWER_KIND_EXECUTED', state: present() } as const;
    sidecar.say({ answer });
  };
  const sidecar = await fakeSidecar({
    target,
    podUid,
    react: ({ hello, request, settle }, stream, self) => {
      const journalId = hello?.journalId ?? '';
      const words = { contractVersion, machineHash: machineHash(minimal), journalId, state: present() };
      if (hello) stream.write(welcome(self, words));
      if (settle) stream.write({ settled: { ...settle, incarnation: present().incarnation ?? '' } });
      if (!request) return;
      asked.push(request);
      if (!isHeld) execute(request);
    },
  });
  return {
    ...sidecar,
    asked,
    hold: () => {
      isHeld = true;
    },
    goOn: () => {
      isHeld = false;
      const last = asked.at(-1);
      if (last !== undefined) execute(last);
    },
  };
}
