// A change of the authority while kubelets bring files when they like: at no moment is there a sidecar that the leader
// could not reach anew, whatever its pod has mounted by then.

import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { trustedIn } from '../../../../coordinator/cluster/identity/decide.ts';
import { ask, authoritiesIn, DAY_MS, decided, freshSecrets, type Secrets, settle, take } from './world.ts';

const NAMESPACES = ['physics', 'beam'] as const;
const TURNS = 150;

type Mounted = { readonly namespace: string; files: Readonly<Record<string, string>> };

test.each([1, 2, 3])('nobody is ever shut out (seed %i)', (seed) => {
  const random = randomOf(seed);
  const secrets = freshSecrets(...NAMESPACES);
  settle(secrets);
  const pods = NAMESPACES.flatMap((namespace) => [0, 1, 2].map(() => mount(secrets, namespace)));
  let promoted = 0;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const pick = pods[Math.floor(random() * pods.length)];
    const dice = random();
    if (dice < 0.5 && pick !== undefined) pick.files = mount(secrets, pick.namespace).files;
    else if (dice < 0.55) ask(secrets, `${turn}`);
    else if (dice < 0.6) pods.push(mount(secrets, NAMESPACES[turn % 2] ?? 'beam'));
    else if (dice < 0.65) {
      // No kubelet takes days.
      for (const pod of pods) pod.files = mount(secrets, pod.namespace).files;
      secrets.nowMs += 4 * DAY_MS;
    } else {
      const { steps, isLooking } = decided(secrets);
      // A leader may end after any step.
      for (const step of steps.slice(0, 1 + Math.floor(random() * steps.length))) {
        take(secrets, step);
        if (step.type === 'promote') promoted += 1;
      }
      secrets.unseen = isLooking ? unseen(secrets, pods) : undefined;
    }
    expect(shutOut(secrets, pods)).toEqual([]);
  }
  expect(promoted).toBeGreaterThan(0);
});

function mount({ sidecars }: Secrets, namespace: string): Mounted {
  return { namespace, files: sidecars.get(namespace)?.texts ?? {} };
}

function unseen({ sidecars }: Secrets, pods: readonly Mounted[]): readonly string[] {
  const isOld = ({ namespace, files }: Mounted) =>
    files['tls.crt'] !== sidecars.get(namespace)?.texts['tls.crt'];
  return pods.filter(isOld).map(({ namespace }) => namespace);
}

/** Pods with which no new connection would come about. */
function shutOut(secrets: Secrets, pods: readonly Mounted[]): readonly string[] {
  const authorities = authoritiesIn(secrets);
  const trusted = trustedIn(authorities).map(({ certificate }) => new X509Certificate(certificate));
  return pods.flatMap(({ files }) => {
    const shown = new X509Certificate(files['tls.crt'] ?? '');
    const takesUs = files['ca.crt']?.includes(authorities.current.certificate) === true;
    const isTaken = trusted.some((each) => shown.verify(each.publicKey));
    return takesUs && isTaken ? [] : [`takes us ${takesUs}, is taken ${isTaken}`];
  });
}

/** The same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
