import { expect, test } from 'vitest';
import { parseOptions } from '../../../coordinator/cluster/config/options.ts';
import { problemLine } from '../../../protos/failure/trouble.ts';

const POD = { POD_NAME: 'baton-0', POD_NAMESPACE: 'daq', POD_UID: 'u', POD_IP: '10.88.1.2' };

test('the chart’s command line', () => {
  const args = ['--namespaces', 'a,b,a', '--listen', '0.0.0.0:7400', '--http', '0.0.0.0:7403'];
  expect(parseOptions([...args, '--insecure-listen', '--issue', '--certificate-life', '12h'], POD)).toEqual({
    kind: 'options',
    options: {
      namespaces: ['a', 'b'],
      listen: '0.0.0.0:7400',
      http: '0.0.0.0:7403',
      insecureListen: true,
      identity: { kind: 'issued', lifeMs: 43_200_000 },
      plaintextPods: false,
      insecureAnyone: false,
      kubeconfig: undefined,
      log: 'info',
      ownPod: { name: 'baton-0', namespace: 'daq', uid: 'u' },
      address: '10.88.1.2:7400',
    },
  });
});

test('outside of a pod there is none', () => {
  const parsed = parseOptions(['--kubeconfig', '/k'], {});
  expect(parsed).toMatchObject({
    options: { ownPod: undefined, kubeconfig: '/k', address: '', namespaces: [] },
  });
});

test.each([
  [[], { kind: 'plaintext', beyond: false }],
  [['--insecure-dial'], { kind: 'plaintext', beyond: true }],
  [['--tls', '/etc/baton/tls'], { kind: 'files', directory: '/etc/baton/tls' }],
  [['--issue'], { kind: 'issued', lifeMs: 1_728_000_000 }],
])('sidecars are shown who commands them: %s', (args, identity) => {
  expect(parseOptions([...args, '--plaintext-pods'], POD)).toMatchObject({
    options: { identity, plaintextPods: true },
  });
});

test.each([
  [['--issue', '--insecure-dial'], '--tls, --issue, --insecure-dial: want one of them at most, got several'],
  [
    ['--issue', '--certificate-life', '5m'],
    '--certificate-life: want a duration such as 30s or 500ms, at least 6m and at most 596h, got "5m"',
  ],
  [['--tls'], '--tls: want a value, got nothing'],
])('an identity that cannot be: %s', (args, problem) => {
  const parsed = parseOptions(args, POD);
  expect(parsed.kind === 'problems' && parsed.problems.map(problemLine)).toContain(problem);
});

test('all problems at once', () => {
  const args = ['--listen', '0.0.0.0:7400', '--namespaces', 'A', '--colour', 'x', '--log', 'loud'];
  const parsed = parseOptions(args, { POD_NAME: 'baton-0' });
  const paths = parsed.kind === 'problems' ? parsed.problems.map(({ path }) => path) : [];
  expect(paths.toSorted()).toEqual(
    ['--colour', 'argument 6', '--namespaces', '--log', 'POD_NAMESPACE', 'POD_UID', '--listen'].toSorted(),
  );
});

test('an address of IPv6 is one that can be dialled', () => {
  const parsed = parseOptions([], { ...POD, POD_IP: 'fd00::2' });
  expect(parsed).toMatchObject({ options: { address: '[fd00::2]:7400' } });
});
