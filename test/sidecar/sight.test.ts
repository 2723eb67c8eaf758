// What a coordinator sees of the certificates that sidecars show, by asking a whole one.

import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { OwnIdentity } from '../../coordinator/cluster/identity/own.ts';
import { Sight } from '../../coordinator/cluster/identity/sight.ts';
import { changed, sidecarTexts } from '../../coordinator/cluster/identity/steps.ts';
import { podOf } from '../../coordinator/cluster/resources/pod.ts';
import { newFolder } from '../credentials/folder.ts';
import { condition } from './condition.ts';
import { rig } from './rig.ts';

const NAMESPACE = 'physics';
const TERMS = { nowMs: Date.now(), lifeMs: 3_600_000 };

function podWith(name: string, annotations: object, container: object = { containerID: 'c' }) {
  return podOf({
    metadata: { name, namespace: NAMESPACE, uid: name, annotations },
    spec: { containers: [{ name: 'daq' }], initContainers: [{ name: 'baton' }] },
    status: {
      phase: 'Running',
      podIP: '127.0.0.1',
      initContainerStatuses: [{ name: 'baton', ...container }],
    },
  });
}

const IDENTITY = { 'baton.dev/identity': 'coordinatorIssued' };

test('a sidecar is seen to have what its Secret holds once it shows it', async () => {
  const { authorities: first } = changed({ type: 'found' }, undefined, { ...TERMS, home: 'baton' });
  const { authorities: both } = changed({ type: 'prepare', asked: '' }, first, { ...TERMS, home: 'baton' });
  const files = (authorities: typeof first) => {
    const texts = sidecarTexts(authorities, { ...TERMS, namespace: NAMESPACE });
    const { 'ca.crt': ca = '', 'tls.crt': certificate = '', 'tls.key': key = '' } = texts;
    return { 'ca.crt': ca, 'tls.crt': certificate, 'tls.key': key };
  };
  const [old, next] = [files(first), files(both)];
  using own = new OwnIdentity(NAMESPACE);
  own.follow(first, TERMS);
  using folder = newFolder();
  folder.swap(old);
  await using all = await rig({ tls: { directory: folder.path, namespace: NAMESPACE } });
  const sight = new Sight({
    pods: () => [
      podWith('mini-readout-0', IDENTITY),
      // Of before: it has no certificate at all. And one whose sidecar has not begun.
      podWith('mini-readout-1', {}),
      podWith('mini-readout-2', IDENTITY, {}),
    ],
    addressOf: () => all.sidecar.grpc,
    own: () => own,
  });
  const unseen = ({ 'tls.crt': certificate }: typeof old) =>
    sight.unseen(() => new X509Certificate(certificate).fingerprint256, new AbortController().signal);
  expect(await unseen(old)).toEqual([]);
  expect(await unseen(next)).toEqual(['physics/mini-readout-0']);
  folder.swap(next);
  await condition('it is seen', async () => (await unseen(next))?.length === 0);
  expect(await all.get('/metrics')).not.toMatch(/baton_peers_refused_total\{.*\} [1-9]/);
  await all.sidecar[Symbol.asyncDispose]();
  expect(await unseen(old)).toEqual(['physics/mini-readout-0']);
});
