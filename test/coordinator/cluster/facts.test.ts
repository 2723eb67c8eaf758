import { expect, test } from 'vitest';
import { factsOf } from '../../../coordinator/cluster/facts/facts.ts';
import { aPod, type PodWords, RUNNING, terminated, waiting } from './objects.ts';

type Row = readonly [name: string, pod: PodWords, phase: string, sentence: string];

const BACK_OFF = 'back-off 40s restarting failed container=readout pod=minidaq-readout-0_daq(uid)';
const NO_ROOM = "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.";

const ROWS: readonly Row[] = [
  ['all is well', {}, 'running', ''],
  [
    'the process is in back-off',
    {
      process: { state: waiting('CrashLoopBackOff', BACK_OFF), lastState: terminated(3), restartCount: 3 },
    },
    'running',
    'its process ended with exit code 3 at 14:03:12 UTC, 3 restarts; it is started again after a back-off of 40s',
  ],
  [
    'the process was OOMKilled and is in back-off',
    {
      process: {
        state: waiting('CrashLoopBackOff', BACK_OFF),
        lastState: terminated(137, 'OOMKilled'),
        restartCount: 2,
      },
    },
    'running',
    'its process was OOMKilled at 14:03:12 UTC: it took more memory than its limit, 2 restarts; it is started again after a back-off of 40s',
  ],
  [
    'the process runs again after it was killed',
    { process: { state: RUNNING, lastState: terminated(137), restartCount: 1 } },
    'running',
    'its process was ended by SIGKILL at 14:03:12 UTC, 1 restart',
  ],
  [
    'the process has just ended',
    { process: { state: terminated(143), restartCount: 0 } },
    'running',
    'its process was ended by SIGTERM at 14:03:12 UTC',
  ],
  [
    'no image',
    {
      phase: 'Pending',
      process: {
        state: waiting('ImagePullBackOff', 'Back-off pulling image "minidaq:1"'),
        containerID: '',
      },
    },
    'running',
    'the image minidaq:1 of its process cannot be had (ImagePullBackOff: Back-off pulling image "minidaq:1")',
  ],
  [
    'no image of the sidecar',
    {
      phase: 'Pending',
      sidecar: { state: waiting('ErrImagePull', 'not found'), containerID: '' },
      process: { state: waiting('PodInitializing'), containerID: '' },
    },
    'running',
    'the image baton-sidecar:1 of its sidecar cannot be had (ErrImagePull: not found)',
  ],
  [
    'a configuration that does not exist',
    {
      phase: 'Pending',
      process: { state: waiting('CreateContainerConfigError', 'configmap "daq" not found'), containerID: '' },
    },
    'running',
    'its process cannot be started (CreateContainerConfigError: configmap "daq" not found)',
  ],
  [
    'the sidecar is in back-off',
    {
      sidecar: { state: waiting('CrashLoopBackOff'), lastState: terminated(70), restartCount: 5 },
    },
    'running',
    'its sidecar ended with exit code 70 at 14:03:12 UTC, 5 restarts; it is started again after a back-off',
  ],
  [
    'nowhere to place it',
    {
      phase: 'Pending',
      node: '',
      ip: '',
      status: {
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: NO_ROOM }],
        initContainerStatuses: [],
        containerStatuses: [],
      },
    },
    'running',
    `its pod cannot be placed (Unschedulable): ${NO_ROOM}`,
  ],
  [
    'evicted under pressure',
    {
      phase: 'Failed',
      status: { reason: 'Evicted', message: 'The node was low on resource: memory.' },
      process: { state: terminated(137) },
      sidecar: { state: terminated(143) },
    },
    'ended',
    'its pod was evicted (Evicted: The node was low on resource: memory.); its StatefulSet makes another one',
  ],
  [
    'its node is lost',
    {
      isDeleting: true,
      status: { reason: 'NodeLost', message: 'Node node-1 which was running pod x is unresponsive' },
    },
    'deleting',
    'its node node-1 does not answer: Node node-1 which was running pod x is unresponsive; its pod is being deleted',
  ],
  ['being deleted', { isDeleting: true }, 'deleting', 'its pod is being deleted'],
  [
    'deleted by force, and seen before the object is gone',
    { isDeleting: true, graceS: 0 },
    'removed',
    'its pod was deleted by force',
  ],
  [
    'being deleted, the process has ended and the sidecar not yet',
    { isDeleting: true, process: { state: terminated(0, 'Completed') } },
    'deleting',
    'its pod is being deleted',
  ],
  [
    'being deleted, and everything has ended',
    {
      isDeleting: true,
      process: { state: terminated(0, 'Completed') },
      sidecar: { state: terminated(0, 'Completed') },
    },
    'ended',
    'its pod is being deleted',
  ],
  [
    'being deleted before the kubelet of its node has spoken',
    { isDeleting: true, status: { initContainerStatuses: [], containerStatuses: [] } },
    'deleting',
    'its pod is being deleted',
  ],
  [
    'no sidecar',
    { sidecar: 'none' },
    'running',
    'its pod has no sidecar (no container named baton): it cannot be commanded',
  ],
];

test.each(ROWS)('%s', (_, words, phase, sentence) => {
  expect(factsOf(aPod(words))).toMatchObject({ phase, sentence });
});

test('a pod that only looks unready is not judged by that', () => {
  const conditions = [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Ready', status: 'False', reason: 'NodeNotReady' },
  ];
  expect(factsOf(aPod({ status: { conditions } }))).toMatchObject({ phase: 'running', sentence: '' });
});

test('a pod that failed by the word of a controller has not ended by the word of its kubelet', () => {
  expect(factsOf(aPod({ phase: 'Failed' })).phase).toBe('running');
  expect(factsOf(aPod({ phase: 'Failed', isDeleting: true })).phase).toBe('deleting');
});

test('node and restarts', () => {
  const pod = aPod({ node: 'node-2', process: { restartCount: 4 } });
  expect(factsOf(pod)).toMatchObject({ node: 'node-2', restarts: 4 });
});

test('a sentence is cut to what may travel', () => {
  const state = waiting('CreateContainerError', 'x'.repeat(2_000));
  expect(factsOf(aPod({ process: { state } })).sentence).toHaveLength(500);
});
