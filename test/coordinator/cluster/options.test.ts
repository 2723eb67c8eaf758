import { expect, test } from 'vitest';
import { parseOptions } from '../../../coordinator/cluster/config/options.ts';

const POD = { POD_NAME: 'baton-0', POD_NAMESPACE: 'daq', POD_UID: 'u', POD_IP: '10.88.1.2' };

test('the chart’s command line', () => {
  const args = ['--namespaces', 'a,b,a', '--listen', '0.0.0.0:7400', '--http', '0.0.0.0:7403'];
  expect(parseOptions([...args, '--insecure-listen', '--insecure-dial'], POD)).toEqual({
    kind: 'options',
    options: {
      namespaces: ['a', 'b'],
      listen: '0.0.0.0:7400',
      http: '0.0.0.0:7403',
      insecureListen: true,
      insecureDial: true,
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
