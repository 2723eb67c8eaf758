// One pod with the sidecar's image under a real kubelet: start, memory, probes, restarts, and its end without a
// coordinator.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dune } from '../../../protos/machine/dune.ts';
import { machineHash } from '../../../protos/machine/hash.ts';
import { withOverrides } from '../../../protos/machine/overrides.ts';
import { destination } from '../../../protos/machine/table.ts';
import { endIn, HOOK_ANSWERED, hooksIn } from '../../e2e/fromLogs.ts';
import type { Entry } from '../../e2e/logs.ts';
import { cleanEnd } from '../../promises/targets.ts';
import { condition } from '../../sidecar/condition.ts';
import { TestCoordinator } from '../../sidecar/testCoordinator.ts';
import { NODES } from '../nodes.ts';
import { followPodLogs, type PodLogs } from '../podLogs.ts';
import { openSite, type Site } from '../site.ts';
import { killContainer, pauseContainer, pidOf } from '../trouble.ts';

const MACHINE = withOverrides(dune, { segments: ['writer'], orders: {}, timeouts: {} });
const HELLO = { partition: 'daq', target: 'writer-0', journalId: 'pod-test' };

/** Of the issue: memory of a sidecar in its pod, in MB. */
const RSS_MB_MAX = 80;

/** Of the issue 1 s, for a machine that others do not use; here it is told what it was. */
const LISTENS_MS_MAX = 10_000;

/** From the deletion on: its grace is 60 s, and a stop of the writer alone takes no time. */
const GONE_MS_MAX = 30_000;

let site: Site;
let logs: PodLogs;

beforeAll(async () => {
  site = await openSite('pod');
  logs = followPodLogs(NODES, [site.namespace]);
  await site.apply(configMap());
});
afterAll(async () => {
  logs?.[Symbol.dispose]();
  await site?.[Symbol.asyncDispose]();
});

test('it starts within its limits, and its probes tell the machine', async () => {
  await startPod('first');
  const pid = await pidOf(site, { pod: 'first', container: 'baton' });
  const said = logs.entries({ pod: 'first', container: 'baton' });
  const listens = said.find(({ words }) => words === 'sidecar listens');
  const startMs = Math.round((listens?.atMs ?? Number.POSITIVE_INFINITY) - bornMs(pid));
  const rssMb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
  process.stdout.write(`sidecar: listens after ${startMs} ms, ${rssMb.toFixed(1)} MB\n`);
  expect(rssMb).toBeLessThan(RSS_MB_MAX);
  expect(startMs).toBeLessThan(LISTENS_MS_MAX);
  await condition('initial counts as ready', () => isReady('first'));
  const goOn = await pauseContainer(site, { pod: 'first', container: 'writer' });
  await condition('a process that says nothing is not ready', async () => !(await isReady('first')));
  goOn();
  await condition('it is ready again', () => isReady('first'));
  using coordinator = await commanded('first', 1);
  await take(coordinator, 1, ['conf']);
});

test('a sidecar that is killed in a run goes on where it was, beside the same process', async () => {
  const before = await run('first', 2);
  await killContainer(site, { pod: 'first', container: 'baton' });
  await condition('it answers again', () => isAttached('first', 1));
  using coordinator = await commanded('first', 3);
  expect(await coordinator.incarnation()).toBe(before);
  expect(coordinator.state).toMatchObject({ state: 'running', inError: false });
});

test('a process that is killed is another incarnation, from the beginning', async () => {
  using coordinator = await commanded('first', 4);
  const before = await coordinator.incarnation();
  await killContainer(site, { pod: 'first', container: 'writer' });
  await coordinator.until('another life', () => {
    const { state } = coordinator;
    return state?.attached === true && state.incarnation !== before;
  });
  expect(coordinator.state).toMatchObject({ state: 'initial', inError: false });
});

test('P15: a deleted pod stops by itself when nobody leads it, and cleanly', async () => {
  await run('first', 5);
  const said = await deleted('first', []);
  expect(steps(said.writer)).toEqual(['disable_triggers', 'drain_dataflow', 'stop_trigger_sources', 'stop']);
  judge(said);
  expect(said.tookMs).toBeLessThan(GONE_MS_MAX);
});

test('P15: a pod deleted by force stops in the second that it has, or says that it did not', async () => {
  await startPod('second');
  await run('second', 1);
  const said = await deleted('second', ['--force', '--grace-period=0']);
  expect(said.answer).toBeDefined();
  judge(said);
});

type Said = {
  readonly writer: readonly Entry[];
  /** How the hook was answered; undefined when the sidecar was killed before. */
  readonly answer: { readonly clean: boolean; readonly sentence: string } | undefined;
  readonly tookMs: number;
};

/** Each step of the stop path once, and never "stopped" without the process's own word. */
function judge({ writer, answer }: Said): void {
  const oracle = cleanEnd();
  const context = { machine: MACHINE, journalId: HELLO.journalId, waveOf: () => 0 };
  for (const { event } of hooksIn('writer-0', writer, context)) oracle(event);
  for (const event of endIn(writer, answer?.clean === true ? '' : (answer?.sentence ?? 'killed'), MACHINE))
    oracle(event);
}

/** Deletes the pod, and waits until both containers have ended: with force it is not there any more long before. */
async function deleted(pod: string, words: readonly string[]): Promise<Said> {
  const log = (container: string) => logs.entries({ pod, container });
  const begunMs = performance.now();
  await site.kubectl('delete', 'pod', pod, '--wait=true', ...words);
  await condition('its containers have ended', () => {
    return ['writer', 'baton'].every((container) => log(container).at(-1)?.kind === 'ended');
  });
  const tookMs = performance.now() - begunMs;
  const [writer, baton] = [log('writer'), log('baton')];
  const fields = baton.findLast((entry) => entry.words === HOOK_ANSWERED)?.fields;
  const answer = fields && { clean: fields['clean'] === true, sentence: String(fields['sentence']) };
  process.stdout.write(
    `${pod} was deleted: ${JSON.stringify(answer)}, gone after ${Math.round(tookMs)} ms\n`,
  );
  return { writer, answer, tookMs };
}

/** The steps by which it came down, as the process tells. */
function steps(log: readonly Entry[]): readonly string[] {
  const ended = log.filter(
    ({ words, fields }) => words === 'a transition ended' && fields['outcome'] === 'executed',
  );
  const names = ended.map(({ fields }) => String(fields['transition']));
  return names.slice(names.lastIndexOf('enable_triggers') + 1);
}

/** Takes the process to `running`, from wherever it is; gives its incarnation. */
async function run(pod: string, epoch: number): Promise<string> {
  using coordinator = await commanded(pod, epoch);
  const incarnation = await coordinator.incarnation();
  const begins = coordinator.state?.state === 'initial' ? ['conf'] : [];
  await take(coordinator, 100 * epoch, [...begins, 'start', 'enable_triggers']);
  return incarnation;
}

/** One operation for each transition, each executed. */
async function take(coordinator: TestCoordinator, first: number, names: readonly string[]): Promise<void> {
  for (const [at, name] of names.entries()) {
    await coordinator.incarnation();
    const from = coordinator.state?.state ?? '';
    const to = destination(MACHINE, from, name) ?? '';
    const runNumber = name === 'conf' ? 0 : first;
    await coordinator.ask(first + at, name, { from, to, machineHash: machineHash(MACHINE), runNumber });
    await coordinator.untilAnswers(...names.slice(0, at + 1).map((_, done) => `${first + done}:executed`));
  }
}

/** A coordinator's stream to the pod; only its sidecar's port is reached. */
async function commanded(pod: string, epoch: number): Promise<TestCoordinator> {
  return TestCoordinator.welcomed(`${await field(pod, '{.status.podIP}')}:7401`, { ...HELLO, epoch });
}

async function startPod(name: string): Promise<void> {
  await site.apply(podOf(name));
  await condition(`${name} has a process that attached`, () => isAttached(name));
}

/** The kubelet itself has found the startup probes answered, of the sidecar after so many restarts. */
async function isAttached(pod: string, restarts = 0): Promise<boolean> {
  const process = '{.status.containerStatuses[0].started}';
  const sidecar =
    '{.status.initContainerStatuses[0].started} {.status.initContainerStatuses[0].restartCount}';
  return (await field(pod, `${process} ${sidecar}`)) === `true true ${restarts}`;
}

async function isReady(pod: string): Promise<boolean> {
  return (await field(pod, '{.status.conditions[?(@.type=="Ready")].status}')) === 'True';
}

function field(pod: string, path: string): Promise<string> {
  return site.kubectl('get', 'pod', pod, `--output=jsonpath=${path}`);
}

/** When a process of this machine began, in milliseconds since 1970, to the hundredth of a second. */
function bornMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  const bootS = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
  const uptimeMs = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1_000;
  // btime has whole seconds only; the uptime tells the rest.
  const bootMs = Date.now() - uptimeMs;
  return Math.abs(bootMs - bootS * 1_000) > 5_000 ? bootS * 1_000 + ticks * 10 : bootMs + ticks * 10;
}

function configMap() {
  const config = {
    ...{ partition: 'daq', segment: 'writer', ordinal: 0, machine: 'dune', segments: ['writer'] },
    adapter: { type: 'grpc', address: '127.0.0.1:5000' },
    listen: { grpc: '0.0.0.0:7401', probes: '0.0.0.0:7402' },
    ...{ stateFile: '/var/lib/baton/state', gracePeriod: '60s', margin: '5s', insecureListen: true },
  };
  const data = { 'sidecar.json': JSON.stringify(config) };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'sidecar' }, data };
}

const RESTRICTED = {
  ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
  capabilities: { drop: ['ALL'] },
};

function probe(path: string, failureThreshold: number) {
  return { httpGet: { path, port: 7402 }, periodSeconds: 1, timeoutSeconds: 3, failureThreshold };
}

function podOf(name: string) {
  const sidecar = {
    ...{
      name: 'baton',
      image: site.image('sidecar'),
      imagePullPolicy: 'IfNotPresent',
      restartPolicy: 'Always',
    },
    args: ['--config', '/etc/baton/sidecar.json'],
    env: [{ name: 'BATON_POD_UID', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } }],
    ...{
      securityContext: RESTRICTED,
      startupProbe: probe('/startupz', 60),
      readinessProbe: probe('/readyz', 2),
    },
    volumeMounts: [
      { name: 'config', mountPath: '/etc/baton' },
      { name: 'state', mountPath: '/var/lib/baton' },
    ],
  };
  const hook = { path: '/prestop', port: 7402, httpHeaders: [{ name: 'x-baton-prestop', value: '1' }] };
  const writer = {
    ...{ name: 'writer', image: site.image('daq'), imagePullPolicy: 'IfNotPresent' },
    args: ['writer', '--port=5000', '--data-dir=/data'],
    ...{ securityContext: RESTRICTED, startupProbe: probe('/process/startupz', 180) },
    ...{ readinessProbe: probe('/process/readyz', 2), lifecycle: { preStop: { httpGet: hook } } },
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
  };
  const security = { runAsNonRoot: true, fsGroup: 65532, seccompProfile: { type: 'RuntimeDefault' } };
  const spec = {
    ...{ terminationGracePeriodSeconds: 60, automountServiceAccountToken: false, securityContext: security },
    ...{ initContainers: [sidecar], containers: [writer] },
    volumes: [
      { name: 'config', configMap: { name: 'sidecar' } },
      { name: 'state', emptyDir: {} },
      { name: 'data', emptyDir: {} },
    ],
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec };
}
