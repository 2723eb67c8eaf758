// Once the suite has run: what the coordinator was allowed is what it asked for, as the API server noted it.

import { expect, test } from 'vitest';
import { askedSince } from '../audit.ts';
import { RELEASE, render } from '../charts/helm.ts';
import { BATON } from '../install.ts';
import { type Right, rightsOf, rightsUsed } from '../rights.ts';

/** What the suite need not come to, each with when it is used. A right that is used and stands here is no fault. */
const RARE: Readonly<Record<Right, string>> = {
  'delete baton.dev/runs': 'more runs than are remembered',
  'get coordination.k8s.io/leases': 'a write of the Lease without an answer',
  'patch events.k8s.io/events': 'an event that repeats',
  'delete policy/poddisruptionbudgets': 'a segment that is taken out of a Partition',
  'get pods': 'a target that leaves before its pod is seen to be deleted',
  'delete pods': 'baton rollout',
  'get apps/statefulsets': 'baton scale',
  'patch apps/statefulsets/scale': 'baton scale, and a segment of more than one member',
};

test.skipIf((process.env['BATON_KUBECONFIG'] ?? '') !== '')(
  'the coordinator needed no other rights than those of the chart, and all but the rare ones',
  async () => {
    const asked = askedSince(Number(process.env['BATON_AUDIT_MARK'] ?? 0));
    const { rights, refused } = rightsUsed(asked, BATON);
    const granted = rightsOf(await render('baton'), `${RELEASE}-${BATON}`);
    // One that ends while its release is uninstalled is refused what it was granted before.
    expect([...rights, ...refused].filter((right) => !granted.has(right))).toEqual([]);
    const isRare = (right: Right) => Object.hasOwn(RARE, right);
    expect([...granted].filter((right) => !rights.has(right) && !isRare(right))).toEqual([]);
    expect(Object.keys(RARE).filter((right) => !granted.has(right))).toEqual([]);
  },
);
