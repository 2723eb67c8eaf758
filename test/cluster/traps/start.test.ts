// Pods of the charts that start, and stay, while nobody leads them: what their kubelet sees of them follows from what is
// in the pod alone.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SIDECAR_CONTAINER } from '../../../coordinator/cluster/names.ts';
import { condition } from '../../sidecar/condition.ts';
import { failedLiveness, failedProbes } from '../failedProbes.ts';
import { installKinds, installMinidaq } from '../install.ts';
import { openSite, type Site } from '../site.ts';
import { killContainer, pauseContainer, pidOf } from '../trouble.ts';

/** Its process is asked for liveness, too. */
const ASKED = 'daq-readout-0';

/** How often its sidecar is killed: its kubelet then waits 10 s, and 20 s, before it starts it again. */
const KILLS = 3;

/** In milliseconds: longer than a second, after which a probe gives up unless it is told otherwise. */
const STALL_MS = 1_500;

/** How long a sidecar is watched, in milliseconds, and which part of a processor six probes may cost it. */
const WATCHED_MS = 10_000;
const BUSY_MAX = 0.03;

let site: Site;
let data: string;

beforeAll(async () => {
  site = await openSite('traps');
  data = await site.volume('data');
  await installKinds(site);
  mkdirSync(join(data, 'faults'));
  await install();
});

afterAll(async () => site?.[Symbol.asyncDispose]());

function install(): Promise<void> {
  return installMinidaq(site, 'daq', {
    // Nobody is here who would issue what pods otherwise wait for.
    partition: { identity: { mode: 'none' }, pods: { readout: { liveness: { enabled: true } } } },
    values: { args: { writer: ['--faults=/data/faults/writer-$(BATON_ORDINAL).json'] } },
  });
}

const field = (object: string, path: string) => site.kubectl('get', object, `--output=jsonpath={${path}}`);
const ready = (pod: string) => field(`pod/${pod}`, '.status.conditions[?(@.type=="Ready")].status');
const started = (pod: string, kind: 'containerStatuses' | 'initContainerStatuses') =>
  field(`pod/${pod}`, `.status.${kind}[0].started}{.status.${kind}[0].restartCount`);

test('trap-1, trap-2, trap-3, trap-14, trap-29: without a coordinator, and beside a process that never attaches, all others are ready', async () => {
  writeFileSync(join(data, 'faults/writer-0.json'), '{"attach": {"kind": "refuse"}}');
  await site.kubectl('delete', 'pod', 'daq-writer-0');
  await site.kubectl('scale', 'statefulset/daq-writer', '--replicas=2');
  for (const pod of ['daq-trigger-0', ASKED, 'daq-builder-0', 'daq-writer-1']) {
    await condition(`${pod} is ready`, async () => (await ready(pod)) === 'True', 90_000);
    expect(await started(pod, 'containerStatuses')).toBe('true0');
  }
  // Its sidecar has started without its process, and its process with its sidecar.
  await condition('its process runs', async () => {
    return (await field('pod/daq-writer-0', '.status.containerStatuses[0].state.running.startedAt')) !== '';
  });
  expect(await started('daq-writer-0', 'initContainerStatuses')).toBe('true0');
  expect(await started('daq-writer-0', 'containerStatuses')).toBe('false0');
  expect(await ready('daq-writer-0')).toBe('False');
  rmSync(join(data, 'faults/writer-0.json'));
  await condition('it has attached', async () => (await ready('daq-writer-0')) === 'True');
  expect(await field('pods', '.items[*].spec.readinessGates')).toBe('');
});

test('seen-1.11: an upgrade by helm leaves the number of members that somebody has set', async () => {
  const number = () => field('statefulset/daq-writer', '.spec.replicas');
  expect(await number()).toBe('2');
  await install();
  expect(await number()).toBe('2');
});

test('trap-13: a sidecar that stands still for longer than a second fails no probe', async () => {
  const before = await failedProbes(site, 'daq-trigger-0');
  const goOn = await pauseContainer(site, { pod: 'daq-trigger-0', container: SIDECAR_CONTAINER });
  // It is the time itself that is asked for.
  await wait(STALL_MS);
  goOn();
  await condition('it answers again', async () => {
    const address = await field('pod/daq-trigger-0', '.status.podIP');
    return (await fetch(`http://${address}:7402/readyz`)).ok;
  });
  expect(await failedProbes(site, 'daq-trigger-0')).toEqual(before);
});

test('trap-16: the probes of a whole pod cost its sidecar next to nothing', async () => {
  const pid = await pidOf(site, { pod: 'daq-trigger-0', container: SIDECAR_CONTAINER });
  const before = cpuSeconds(pid);
  const sinceMs = performance.now();
  await wait(WATCHED_MS);
  const busy = (1_000 * (cpuSeconds(pid) - before)) / (performance.now() - sinceMs);
  process.stdout.write(`a sidecar at rest takes ${(100 * busy).toFixed(1)} % of a processor\n`);
  expect(busy).toBeLessThan(BUSY_MAX);
});

test('trap-8, seen-1.8: a sidecar that is killed again and again takes no process with it', async () => {
  const life = () => field(`pod/${ASKED}`, '.status.containerStatuses[0].containerID');
  const before = await life();
  for (let kills = 1; kills <= KILLS; kills += 1) {
    await killContainer(site, { pod: ASKED, container: SIDECAR_CONTAINER });
    await condition('the pod is not ready without it', async () => (await ready(ASKED)) === 'False');
    const isBack = async () => (await started(ASKED, 'initContainerStatuses')) === `true${kills}`;
    await condition(`its sidecar is back from death ${kills}`, isBack, 60_000);
    await condition('the pod is ready again', async () => (await ready(ASKED)) === 'True');
  }
  // The kubelet has asked it all the while, in vain.
  expect(await failedLiveness(site, ASKED)).not.toEqual([]);
  expect(await life()).toBe(before);
}, 150_000);

/** What a process has taken of its processors so far. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [, user, system] = /\) .(?: \S+){10} (\d+) (\d+)/.exec(stat) ?? [];
  return (Number(user) + Number(system)) / 100;
}
