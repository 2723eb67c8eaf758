// What a stranger in the cluster can do to Baton, and what Baton's own pods may do: looked at from inside the pods, and
// from one beside them, while data are taken.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  COORDINATOR_HTTP_PORT,
  SIDECAR_CONTAINER,
  SIDECAR_HTTP_PORT,
  SIDECAR_PORT,
} from '../../../coordinator/cluster/names.ts';
import { PROBES } from '../../../sidecar/probes/decide.ts';
import { failedProbes } from '../failedProbes.ts';
import { tokenOf } from '../install.ts';
import { type JudgedDaq, openJudgedDaq, PARTITION, PROCESS_CONTAINER, podOf } from '../judged.ts';
import { leaderOf } from '../leaders.ts';
import { type Neighbour, openNeighbour } from '../neighbour.ts';
import { type Runs, runsOf } from '../runs.ts';
import { type ContainerOf, pidOf } from '../trouble.ts';

const TARGET = 'readout-1';

/** How long everything is fuzzed, in seconds. */
const FUZZED_SECONDS = 60;

/** How long connections are held, in seconds: probes come every two, and two in vain make a pod unready. */
const HELD_SECONDS = 12;

/** What it may add to the memory of whoever is fuzzed, in MB: buffers and compiled code, and nothing that grows. */
const GROWTH_MB_MAX = 48;

let daq: JudgedDaq;
let runs: Runs;
let neighbour: Neighbour;
let sidecar: string;
let leader: ContainerOf;
let coordinator: string;

beforeAll(async () => {
  daq = await openJudgedDaq('hardening');
  runs = runsOf(daq);
  neighbour = await openNeighbour(daq.site);
  sidecar = await addressOf(podOf(TARGET));
  leader = await leaderOf(daq);
  coordinator = await addressOf(leader.pod);
});

afterAll(async () => daq?.[Symbol.asyncDispose]());

const addressOf = (pod: string) => daq.site.kubectl('get', 'pod', pod, '--output=jsonpath={.status.podIP}');

const insideSchema = z.object({
  status: z.record(z.string(), z.string()),
  root: z.string(),
  written: z.string(),
  serviceAccount: z.boolean(),
  environment: z.array(z.string()),
});
type Inside = z.infer<typeof insideSchema>;

/** The first process of a container as it sees itself. */
async function inside({ pod, container }: ContainerOf): Promise<Inside> {
  const script = `
    const fs = require('node:fs');
    const lines = fs.readFileSync('/proc/1/status', 'utf8').trim().split('\\n');
    const mounts = fs.readFileSync('/proc/1/mounts', 'utf8').split('\\n').map((line) => line.split(' '));
    let written = 'written';
    try { fs.writeFileSync('/baton-was-here', ''); } catch (error) { written = error.code; }
    console.log(JSON.stringify({
      status: Object.fromEntries(lines.map((line) => line.split(':\\t'))),
      root: mounts.find(([, place]) => place === '/')[3],
      written,
      serviceAccount: fs.existsSync('/var/run/secrets/kubernetes.io'),
      environment: fs.readFileSync('/proc/1/environ', 'utf8').split('\\0'),
    }));`;
  const said = await daq.site.kubectl('exec', pod, '--container', container, '--', 'node', '--eval', script);
  return insideSchema.parse(JSON.parse(said));
}

describe.each(['sidecar', 'process', 'coordinator'] as const)('inside the container of the %s', (which) => {
  let seen: Inside;

  beforeAll(async () => {
    const container = which === 'sidecar' ? SIDECAR_CONTAINER : PROCESS_CONTAINER;
    seen = await inside(which === 'coordinator' ? leader : { pod: podOf(TARGET), container });
  });

  test('it is not root', () => {
    const [uid] = (seen.status['Uid'] ?? '0').split('\t');
    expect(Number(uid)).toBeGreaterThan(0);
  });

  test('its root cannot be written', () => {
    expect(seen.root.split(',')).toContain('ro');
    expect(seen.written).toBe('EROFS');
  });

  test('it has no capability, and can get none', () => {
    const sets = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((name) => seen.status[name]);
    expect(sets).toEqual(Array.from({ length: 5 }, () => '0'.repeat(16)));
    expect(seen.status['NoNewPrivs']).toBe('1');
  });

  test('its system calls are filtered', () => {
    expect(seen.status['Seccomp']).toBe('2');
  });

  test.skipIf(which === 'coordinator')('it has no token for the API server', () => {
    expect(seen.serviceAccount).toBe(false);
  });

  test('its bill of materials is beside the program', async () => {
    if (which === 'process') return;
    const { pod, container } =
      which === 'coordinator' ? leader : { pod: podOf(TARGET), container: SIDECAR_CONTAINER };
    const script = "process.stdout.write(require('node:fs').readFileSync('/baton/sbom.json'))";
    const said = await daq.site.kubectl(
      'exec',
      pod,
      '--container',
      container,
      '--',
      'node',
      '--eval',
      script,
    );
    expect(JSON.parse(said)).toMatchObject({ bomFormat: 'CycloneDX' });
  });
});

test('the namespace takes no pod that is less than restricted', async () => {
  const container = { name: 'root', image: daq.site.image('node'), securityContext: { privileged: true } };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'root' },
    spec: { containers: [container] },
  };
  await expect(daq.site.apply(pod)).rejects.toThrow(/violates PodSecurity "restricted/);
});

test('a neighbour that calls the hook is refused, counted and told, and nobody leaves', async () => {
  const url = `http://${sidecar}:${SIDECAR_HTTP_PORT}/prestop`;
  const replies = await neighbour.ask(
    { url },
    { url, headers: { 'x-baton-prestop': '0' } },
    { url, method: 'DELETE', headers: { 'x-baton-prestop': '1' } },
    { url: url.replace('/prestop', '/metrics') },
  );
  expect(replies.map(({ status }) => status)).toEqual([403, 403, 405, 200]);
  const figures = replies.at(-1)?.body;
  expect(figures).toContain('baton_prestop_refused_total{why="header"} 2\n');
  expect(figures).toContain('baton_prestop_refused_total{why="method"} 1\n');
  const told = daq.logs
    .entries({ pod: podOf(TARGET), container: SIDECAR_CONTAINER })
    .filter(({ words }) => words === 'a call of /prestop was refused');
  expect(told.map(({ fields }) => fields)).toMatchObject([{ why: 'header', from: neighbour.address }]);
  const { targets } = await daq.eye.until('it is seen', ({ targets }) => targets.has(TARGET));
  expect(targets.get(TARGET)?.view.leaving).toBe(false);
});

test('probes and metrics tell a neighbour nothing secret', async () => {
  await runs.start();
  const paths = [...PROBES, '/metrics', '/', '/environment'];
  const asked = [
    ...paths.map((path) => `http://${sidecar}:${SIDECAR_HTTP_PORT}${path}`),
    ...['/livez', '/readyz', '/startupz', '/metrics', '/'].map(
      (path) => `http://${coordinator}:${COORDINATOR_HTTP_PORT}${path}`,
    ),
  ];
  const told = (await neighbour.ask(...asked.map((url) => ({ url })))).map(({ body }) => body).join('\n');
  expect(told).toContain('baton_state{state="running"} 1');
  expect(told).toContain('baton_coordinator_leader 1');
  // A token, an argument of the run, and whatever the pods were given by their environment that is no name of theirs.
  expect(told).not.toMatch(/eyJ|bearer|trigger_rate/i);
  const { environment } = await inside({ pod: podOf(TARGET), container: SIDECAR_CONTAINER });
  const values = environment
    .map((each) => each.split('=')[1] ?? '')
    .filter((value) => /^.{12,}$/.test(value));
  expect(values.length).toBeGreaterThan(2);
  expect(values.filter((value) => told.includes(value))).toEqual([]);
  await runs.stopClean();
});

test('a neighbour that holds all connections that it gets keeps no kubelet out', async () => {
  const before = await failedProbes(daq.site);
  const places = [`${sidecar}:${SIDECAR_HTTP_PORT}`, `${coordinator}:${COORDINATOR_HTTP_PORT}`];
  const tried = await neighbour.hold(places, HELD_SECONDS);
  process.stdout.write(`tried to hold ${tried} connections\n`);
  expect(await failedProbes(daq.site)).toEqual(before);
});

test('a neighbour that sends whatever it likes for a minute changes nothing', async () => {
  await runs.start();
  const fuzzed = [leader, { pod: podOf(TARGET), container: SIDECAR_CONTAINER }];
  const memory = () => Promise.all(fuzzed.map(async (which) => rssMb(await pidOf(daq.site, which))));
  const lives = () => {
    const ids =
      '{.items[*].status.containerStatuses[*].containerID} {.items[*].status.initContainerStatuses[*].containerID}';
    return daq.site.kubectl('get', 'pods', `--output=jsonpath=${ids}`);
  };
  const journal = () =>
    daq.site.kubectl('get', 'journal', PARTITION, '--output=jsonpath={.metadata.resourceVersion}');
  const before = { lives: await lives(), journal: await journal(), memory: await memory() };
  const { counts, findings } = await neighbour.fuzz({
    first: 1,
    seconds: FUZZED_SECONDS,
    token: await tokenOf(daq.site, 'viewer'),
    grpc: [
      { address: `${sidecar}:${SIDECAR_PORT}`, kind: 'sidecar' },
      { address: daq.address, kind: 'coordinator' },
    ],
    http: [`${sidecar}:${SIDECAR_HTTP_PORT}`, `${coordinator}:${COORDINATOR_HTTP_PORT}`],
  });
  const after = await memory();
  process.stdout.write(`fuzzed: ${JSON.stringify({ counts, before: before.memory, after })}\n`);
  expect(findings).toEqual([]);
  expect(await lives()).toBe(before.lives);
  expect(await journal()).toBe(before.journal);
  for (const [at, mb] of after.entries()) expect(mb - (before.memory[at] ?? 0)).toBeLessThan(GROWTH_MB_MAX);
  await runs.goOn();
  await runs.stopClean();
}, 150_000);

test('what happened keeps every promise', async () => {
  await daq.judged();
});

function rssMb(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024);
}
